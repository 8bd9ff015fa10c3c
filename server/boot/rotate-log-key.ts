import { join } from 'node:path';
import { InvariantError, ok, refuse, type Result } from '../../core/kernel/index.ts';
import { formatNoteKey, logKeyChangeText, parseLogKeyChange, type LogKeyChange } from '../../core/log/index.ts';
import { documentKeyId, type SignedDocument } from '../../core/signing/index.ts';
import { sha256 } from '../../eds/index.ts';
import { readNewestSigned, recordDocument } from '../accounts/index.ts';
import { SigningRefused, type SigningKey, type TokenKeyPlace } from '../keys/index.ts';
import { signerAcross } from '../log/index.ts';
import type { Desk } from '../platform/index.ts';
import { hold, isHeld, releaseHold } from '../store/index.ts';
import {
  ensureNextLogKeys,
  ensureNextTokenKey,
  installNextLogKeys,
  logKeysOf,
  readNextLogKeys,
  signerOf,
  type KeyRefusal,
  type LogKeys,
} from './key-folder.ts';
import { readLostLog } from './lost-log.ts';
import { folders, openDesk, type OpenDesk, type OpenRefusal, type PlatformPlace } from './open-desk.ts';
import { openPlatformLog, type LogRefusal } from './open-log.ts';

/** A rotation that is over. */
export type RotationReport = { readonly key: string; readonly mlDsa44Key: string; readonly fromSize: number };

export type RotateRefusal = OpenRefusal | LogRefusal | 'log-compromised' | 'log-key-token-unnamed';

/** Points at which a test ends the process: after each, the next start must find its way. */
export type RotationStep = 'keys-made' | 'change-recorded' | 'head-signed' | 'half-moved';
type AtStep = (step: RotationStep) => void;

async function newestChange(desk: Desk): Promise<LogKeyChange | undefined> {
  const text = await readNewestSigned(desk, 'log-key');
  const change = text === undefined ? undefined : parseLogKeyChange(text);
  return change?.ok === true ? change.value : undefined;
}

/** Signs the head that both keys sign, and lets the new ones take over. */
async function takeOver(
  place: PlatformPlace,
  opened: OpenDesk,
  options: { readonly next: LogKeys; readonly fromSize: number; readonly atStep: AtStep },
): Promise<Result<OpenDesk, LogRefusal>> {
  const { desk } = opened;
  const { logOrigin } = desk.identity;
  const signer = signerOf(options.next, logOrigin);
  const log = await openPlatformLog(place.directory, {
    ...opened,
    signer: signerAcross(opened.signer, signer, options.fromSize),
  });
  if (!log.ok) return log;
  const isSigned = log.value.gap() === undefined && log.value.checkpointSize() >= options.fromSize;
  await log.value.close();
  if (!isSigned) return refuse('log-behind');
  options.atStep('head-signed');
  installNextLogKeys(join(place.directory, folders.keys), () => options.atStep('half-moved'));
  return ok({ ...opened, desk: { ...desk, ...logKeysOf(options.next, logOrigin) }, logKeys: options.next, signer });
}

/**
 * Carries a rotation to its end that the log names already: whoever opens the log as its writer does this first. Keys that
 * the log does not name wait on. `platform-key-absent` where the log names keys that are not here: an older copy of the
 * keys signs nothing any more.
 */
export async function finishRotation(
  place: PlatformPlace,
  opened: OpenDesk,
  atStep: AtStep = () => undefined,
): Promise<Result<OpenDesk, KeyRefusal | LogRefusal>> {
  const change = await newestChange(opened.desk);
  if (change === undefined || change.key === formatNoteKey(opened.desk.logKey)) return ok(opened);
  const openers = { passphrase: place.passphrase, tokens: opened.tokens };
  const next = readNextLogKeys(join(place.directory, folders.keys), openers);
  if (!next.ok) return next;
  if (next.value === undefined) return refuse('platform-key-absent');
  const { logKey, logMlDsa44Key } = logKeysOf(next.value, opened.desk.identity.logOrigin);
  const isNamed = change.key === formatNoteKey(logKey) && change.mlDsa44Key === formatNoteKey(logMlDsa44Key);
  return isNamed
    ? takeOver(place, opened, { next: next.value, fromSize: change.fromSize, atStep })
    : refuse('platform-key-absent');
}

async function cosignatureOf(key: SigningKey, text: string): Promise<SignedDocument['signatures'][number]> {
  const signature = Buffer.from(await key.sign(text)).toString('base64');
  return { key: documentKeyId(sha256, key.publicKey), signature };
}

/** Records the change as the last leaf of the tree that both keys will sign; it counts on nobody else writing, and is not recorded otherwise. */
async function recordChange(opened: OpenDesk, next: LogKeys, size: number): Promise<LogKeyChange> {
  const { desk, logKeys } = opened;
  const { platform, profile, logOrigin } = desk.identity;
  const { logKey, logMlDsa44Key } = logKeysOf(next, logOrigin);
  const change: LogKeyChange = {
    form: 'qorgan.log-key/1',
    platform,
    profile,
    before: formatNoteKey(desk.logKey),
    key: formatNoteKey(logKey),
    mlDsa44Key: formatNoteKey(logMlDsa44Key),
    fromSize: size + 1,
    atMs: desk.surroundings.nowMs(),
  };
  const text = logKeyChangeText(change);
  const cosignatures = await Promise.all([logKeys.ed25519, next.ed25519].map((key) => cosignatureOf(key, text)));
  await recordDocument(desk, { kind: 'log-key', subject: 'platform', text, cosignatures, leafIndex: size });
  return change;
}

/** Brings what waits into the log under the present key; answers its size. */
async function settledSize(place: PlatformPlace, opened: OpenDesk): Promise<Result<number, LogRefusal>> {
  const log = await openPlatformLog(place.directory, opened);
  if (!log.ok) return log;
  while ((await log.value.sequence()) > 0);
  const size = log.value.gap() === undefined ? ok(log.value.checkpointSize()) : refuse('log-behind');
  await log.value.close();
  return size;
}

/** The platform whose key is replaced, and where its next Ed25519 key lies: in a file where no token is named. */
export type RotationPlace = PlatformPlace & { readonly logKeyToken?: TokenKeyPlace | undefined };

async function rotate(
  place: RotationPlace,
  found: OpenDesk,
  atStep: AtStep,
): Promise<Result<RotationReport, RotateRefusal>> {
  const opened = await finishRotation(place, found, atStep);
  if (!opened.ok) return opened;
  const isFinished = opened.value !== found;
  const change = isFinished ? await newestChange(found.desk) : undefined;
  if (change !== undefined) return ok(reportOf(change));
  const keyFolder = join(place.directory, folders.keys);
  const { passphrase, logKeyToken } = place;
  const { tokens } = found;
  // A key that never left a token is not replaced by one of a file because an option was forgotten.
  if (logKeyToken === undefined && opened.value.logKeys.ed25519.tokenLabel !== undefined)
    return refuse('log-key-token-unnamed');
  const named =
    logKeyToken === undefined
      ? ok(null)
      : await ensureNextTokenKey(keyFolder, passphrase, { place: logKeyToken, tokens });
  if (!named.ok) return named;
  ensureNextLogKeys(keyFolder, passphrase);
  atStep('keys-made');
  const next = readNextLogKeys(keyFolder, { passphrase, tokens });
  if (!next.ok) return next;
  if (next.value === undefined) throw new InvariantError('rotation: the next keys were made');
  const size = await settledSize(place, opened.value);
  if (!size.ok) return size;
  const recorded = await recordChange(opened.value, next.value, size.value);
  atStep('change-recorded');
  const finished = await finishRotation(place, opened.value, atStep);
  return finished.ok ? ok(reportOf(recorded)) : finished;
}

function reportOf({ key, mlDsa44Key, fromSize }: LogKeyChange): RotationReport {
  return { key, mlDsa44Key, fromSize };
}

/**
 * Replaces the keys of the log (docs/decisions/0010): a `policy` leaf under the old key names the new ones, the head whose
 * last leaf it is carries the lines of both, and the old keys are gone then. The server must not run. Durable on return;
 * after any crash the next start, or the next call, goes on where it ended, and answers for the rotation that was cut off.
 */
export async function rotateLogKey(
  place: RotationPlace,
  atStep: AtStep = () => undefined,
): Promise<Result<RotationReport, RotateRefusal>> {
  const holdFile = join(place.directory, 'server.json');
  if (isHeld(holdFile)) return refuse('server-running');
  if (readLostLog(place.directory) !== undefined) return refuse('log-compromised');
  const opened = await openDesk(place, undefined);
  if (!opened.ok) return opened;
  hold(holdFile);
  try {
    return await rotate(place, opened.value, atStep);
  } catch (error) {
    if (error instanceof SigningRefused) return { ok: false, refusal: error.refusal };
    throw error;
  } finally {
    await opened.value.store.close();
    releaseHold(holdFile);
  }
}

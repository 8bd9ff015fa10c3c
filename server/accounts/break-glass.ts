import type * as z from 'zod';
import {
  halfText,
  joinHalves,
  judgeFactors,
  parseHalf,
  sealedSecretSizeBytes,
  splitSecret,
  type FactorMethod,
} from '../../core/access/index.ts';
import {
  InvariantError,
  ok,
  refuse,
  Secret,
  type DeviceId,
  type Iin,
  type Result,
  type Sha256Hex,
} from '../../core/kernel/index.ts';
import { canonicalize } from '../../core/signing/index.ts';
import { breakGlassDocument } from '../../contracts/documents/index.ts';
import { sha256, sha256Hex } from '../../eds/index.ts';
import { isTagged, tagRow, type Desk } from '../platform/index.ts';
import {
  breakSeal,
  inTransaction,
  insertAlarm,
  readOpenSessions,
  readSeal,
  writeSeal,
  type Row,
} from '../store/index.ts';
import { beginAttempt, type Attempt } from './attempts.ts';
import { recordDocument } from './documents.ts';
import { isStretchedFrom, stretched, stretchNew, unmatched } from './passwords.ts';
import { endSession, personOf } from './sessions.ts';
import { readSignedDocuments } from './signed-documents.ts';
import { mayStretch } from './stretch.ts';
import { proveTotp, provisionTotp } from './totp.ts';

const account = 'break-glass';
/** Sessions are bounded by people and workstations; whoever ends everybody's must reach the last one. */
const sessionsMax = 100_000;

/** What is printed or carried away, each to a person of his own; shown this once. */
export type SealedSheets = { readonly sheets: readonly [string, string]; readonly otpauth: string };

/** Seals the account anew: halves and code of before open nothing any more. Durable on return. */
export async function sealBreakGlass(desk: Desk): Promise<Result<SealedSheets, 'server-busy'>> {
  const { database, keyring, surroundings } = desk;
  using secret = new Secret('password', surroundings.randomBytes(sealedSecretSizeBytes));
  const halves = secret.use((bytes) => splitSecret(bytes, surroundings.randomBytes(sealedSecretSizeBytes)));
  const made = await stretchNew(desk, secret);
  if (!made.ok) return made;
  const sealed = keyring.seal(account, JSON.stringify(made.value)).toString('base64');
  const row = tagRow(keyring, 'break_glass', { name: account, sealed });
  const otpauth = await inTransaction(database, async (session) => {
    await writeSeal(session, row);
    return provisionTotp(desk, account, session);
  });
  return ok({ sheets: [halfText(sha256, halves[0]), halfText(sha256, halves[1])], otpauth });
}

export type BreakGlassRequest = {
  /** What was typed off the two sheets. */
  readonly sheets: readonly [string, string];
  readonly code: string;
  /** IIN and name of the person who opens, and why. */
  readonly iin: string;
  readonly name: string;
  readonly reason: string;
  /** Whose sessions are ended: everybody's, one person's, or none. */
  readonly end: Iin | 'all' | undefined;
};

/** A session as whoever opened the account reads of it. */
export type SeenSession = {
  readonly iin: Iin;
  readonly device: DeviceId;
  readonly startedAtMs: number;
  readonly lastSeenMs: number;
  readonly methods: readonly FactorMethod[];
  readonly isEnded: boolean;
};

export type BreakGlassRefusal =
  | 'break-glass-half-malformed'
  | 'break-glass-refused'
  | 'document-malformed'
  | 'server-busy'
  | 'log-behind';

type Seal = { readonly row: Row<'break_glass'>; readonly hash: Sha256Hex; readonly kept: z.output<typeof stretched> };

async function holdSeal({ database, keyring }: Desk): Promise<Seal | undefined> {
  const row = await readSeal(database);
  if (row === undefined || !isTagged(keyring, 'break_glass', row)) return undefined;
  try {
    const opened = keyring.open(account, Buffer.from(row.sealed, 'base64')).toString();
    return { row, hash: sha256Hex(row.sealed), kept: stretched.parse(JSON.parse(opened)) };
  } catch (error) {
    if (error instanceof InvariantError) return undefined;
    throw error;
  }
}

/** Whether the log says that a seal was broken before, however its row came back; also where what it says cannot be read. */
async function wasBroken(desk: Desk, seal: Sha256Hex): Promise<boolean> {
  const { documents, rejected } = await readSignedDocuments(desk, 'break-glass');
  const seals = documents.map(({ signed }) => breakGlassDocument.safeParse(JSON.parse(signed.document)).data?.seal);
  return rejected > 0 || seals.some((known) => known === undefined || known === seal);
}

/** It goes by no policy: its day may be the one on which nobody is left to sign one. One pair for all: there is one account, at one place. */
function attempt(desk: Desk): Promise<Attempt> {
  const place = { person: account, holding: '', device: account as DeviceId, address: account };
  return beginAttempt({ platform: desk, registry: { policy: () => ({ policy: {} }) } }, place);
}

/** The seal that halves and code open; both are compared whatever becomes of the other, and failures count. */
async function openSeal(
  desk: Desk,
  typed: Secret<'password'>,
  code: string,
): Promise<Result<Seal, 'break-glass-refused' | 'server-busy'>> {
  // An attempt that could not be judged must not count as a failure.
  if (!mayStretch()) return refuse('server-busy');
  const begun = await attempt(desk);
  const seal = await holdSeal(desk);
  const same = await isStretchedFrom(typed, seal?.kept ?? unmatched);
  if (!same.ok) return same;
  const proven = await proveTotp(desk, account, code);
  const methods: readonly FactorMethod[] = [
    ...(same.value ? (['password'] as const) : []),
    ...(proven === undefined ? [] : (['totp'] as const)),
  ];
  const question = { realm: 'staff', purpose: 'break-glass', shown: { methods }, rules: undefined } as const;
  if (seal === undefined || !judgeFactors(question).ok || (await wasBroken(desk, seal.hash))) {
    await begun.failed();
    return refuse('break-glass-refused');
  }
  return (await begun.succeeded()) ? ok(seal) : refuse('break-glass-refused');
}

function joined(sheets: BreakGlassRequest['sheets']): Result<Secret<'password'>, 'break-glass-half-malformed'> {
  const [one, other] = sheets.map((text) => parseHalf(sha256, text));
  if (one?.ok !== true || other?.ok !== true) return refuse('break-glass-half-malformed');
  const secret = joinHalves(one.value, other.value);
  return secret.ok ? ok(new Secret('password', secret.value)) : secret;
}

class SealBroken extends Error {}

/** Breaks the seal, records the opening and raises the alarm, all in one transaction; false where another opening was first. */
async function recordOpening(desk: Desk, seal: Seal, document: z.output<typeof breakGlassDocument>): Promise<boolean> {
  const { keyring, surroundings } = desk;
  const subject = `break-glass:${keyring.tag('staff', document.iin)}`;
  const alarm = { alarm_id: surroundings.uuid(), kind: 'break-glass-opened', device: null, details: '{}' };
  try {
    await recordDocument(desk, { kind: 'break-glass', subject, text: canonicalize(document) }, async (session) => {
      if (!(await breakSeal(session, seal.row))) throw new SealBroken();
      await insertAlarm(session, tagRow(keyring, 'alarm', { ...alarm, at_ms: document.openedAtMs }));
    });
    return true;
  } catch (error) {
    if (error instanceof SealBroken) return false;
    throw error;
  }
}

async function endAndList(
  desk: Desk,
  { iin, reason }: { readonly iin: Iin; readonly reason: string },
  end: Iin | 'all' | undefined,
): Promise<readonly SeenSession[]> {
  const nowMs = desk.surroundings.nowMs();
  const rows = await readOpenSessions(desk.database, { who: undefined, nowMs, limit: sessionsMax });
  const seen: SeenSession[] = [];
  for (const row of rows) {
    const person = personOf(desk, row);
    if (person === undefined) continue;
    const isEnded = end === 'all' || person.iin === end;
    if (isEnded) await endSession(desk, row, { cause: 'officer', by: iin, reason });
    seen.push({
      ...{
        iin: person.iin,
        device: row.device as DeviceId,
        startedAtMs: row.started_at_ms,
        lastSeenMs: row.last_seen_ms,
      },
      ...{ methods: person.factors.map(({ method }) => method), isEnded },
    });
  }
  return seen;
}

/**
 * Opens the sealed account once: both halves, a code, a person and a reason. `settle` waits until the log holds what was recorded. It is asked
 * before anything is compared, and again for the leaf of the opening: before it answers that this is there, nothing is read or ended
 * (`log-behind`), and the seal is broken all the same. Answers the sessions that were open, and
 * which of them it ended; it grants nothing. Absent, wrong, broken before and held up are one refusal: `break-glass-refused`.
 */
export async function openBreakGlass(
  { desk, settle }: { readonly desk: Desk; readonly settle: () => Promise<boolean> },
  request: BreakGlassRequest,
): Promise<Result<readonly SeenSession[], BreakGlassRefusal>> {
  const { identity, surroundings } = desk;
  const { iin, name, reason, end } = request;
  const about = breakGlassDocument.omit({ seal: true }).safeParse({
    ...{ form: 'qorgan.break-glass/1', platform: identity.platform, profile: identity.profile, server: identity.url },
    ...{ iin, name, reason, openedAtMs: surroundings.nowMs() },
  });
  if (!about.success) return refuse('document-malformed');
  const typed = joined(request.sheets);
  if (!typed.ok) return typed;
  using secret = typed.value;
  // A log that stands still costs neither seal nor code; and whatever was opened before is in it.
  if (!(await settle())) return refuse('log-behind');
  const seal = await openSeal(desk, secret, request.code);
  if (!seal.ok) return seal;
  const document = { ...about.data, seal: seal.value.hash };
  if (!(await recordOpening(desk, seal.value, document))) return refuse('break-glass-refused');
  return (await settle()) ? ok(await endAndList(desk, document, end)) : refuse('log-behind');
}

import { ok, refuse, type JournalEpoch, type Result } from '../../core/kernel/index.ts';
import {
  canonicalize,
  verifyDocument,
  type HeadStatement,
  type Json,
  type SignedDocument,
} from '../../core/signing/index.ts';
import { parseHeadStatement, signedDocument } from '../../contracts/documents/index.ts';
import type { ChainHead, ContactRequest } from '../../contracts/http/index.ts';
import { sha256 } from '../../eds/index.ts';
import { verifyEd25519 } from '../keys/index.ts';
import { signDocument, tagRow, type Platform } from '../platform/index.ts';
import { advanceContact, insertAlarm, readActHead, readContact, type Row } from '../store/index.ts';
import type { RegisteredDevice } from './rights.ts';

export type HeldHeads = { readonly epoch: JournalEpoch; readonly acts: ChainHead; readonly entries: ChainHead };

/** What the server says at a contact: what it held before, and its signed word about what it holds now. */
export type ContactAnswer = { readonly held: HeldHeads; readonly statement: SignedDocument };

type Contact = { readonly platform: Platform; readonly device: RegisteredDevice; readonly atMs: number };

async function alarm({ platform, device, atMs }: Contact, kind: string, details: object): Promise<void> {
  const alarmId = platform.surroundings.uuid();
  const { device: id } = device.record;
  const text = JSON.stringify(details);
  const row = { alarm_id: alarmId, kind, device: id, details: text, at_ms: atMs };
  await insertAlarm(platform.database, tagRow(platform.keyring, 'alarm', row));
}

/** The statement that the server signed at the contact before; `undefined` where the row was edited since. */
function signedBefore({ platform, device }: Contact, row: Row<'device_contact'>): HeadStatement | undefined {
  const document = parseKept(row.statement);
  const { publicKey } = platform.documentKey;
  if (document === undefined || !verifyDocument({ document, publicKey, sha256, verifyEd25519 }).ok) return undefined;
  const stated = parseHeadStatement(document.document);
  const isKept =
    stated.ok &&
    stated.value.device === device.record.device &&
    stated.value.epoch === device.record.epoch &&
    stated.value.entries.sequence === row.entry_sequence &&
    stated.value.entries.hash === row.entry_hash;
  return isKept ? stated.value : undefined;
}

function parseKept(text: string): SignedDocument | undefined {
  try {
    const parsed = signedDocument.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

/** The head of the journal as the device stated it last; a row that is not what was signed is an alarm, and counts as it stands. */
async function entriesHeld(contact: Contact, start: ChainHead): Promise<ChainHead> {
  const { platform, device } = contact;
  const { device: id, epoch } = device.record;
  const row = await readContact(platform.database, id, epoch);
  if (row === undefined) return start;
  // A row of the version before has no statement.
  if (row.statement !== '' && signedBefore(contact, row) === undefined)
    await alarm(contact, 'contact-edited', { epoch, sequence: row.entry_sequence, hash: row.entry_hash });
  return { sequence: row.entry_sequence, hash: row.entry_hash as ChainHead['hash'] };
}

function sign(
  { platform, device, atMs }: Contact,
  heads: Pick<HeadStatement, 'acts' | 'entries' | 'entriesBefore'>,
): SignedDocument {
  const { platform: id, profile } = platform.identity;
  const { device: deviceId, epoch } = device.record;
  const statement: HeadStatement = {
    form: 'qorgan.journal-heads/1',
    ...{ platform: id, profile, device: deviceId, epoch, atMs },
    ...heads,
  };
  return signDocument(platform.documentKey, canonicalize(statement));
}

/**
 * What the server holds of a device's two chains, stated before the device's own words are believed; then its words are
 * kept, unless they are older, and the platform key signs what is held from now on. A device that states less than it
 * stated before was rolled back or cloned: an alarm.
 */
export async function contact(
  platform: Platform,
  device: RegisteredDevice,
  request: ContactRequest,
): Promise<Result<ContactAnswer, 'epoch-unknown'>> {
  const { database, surroundings } = platform;
  const { device: id, epoch } = device.record;
  if (request.epoch !== epoch) return refuse('epoch-unknown');
  const atMs = surroundings.nowMs();
  const made: Contact = { platform, device, atMs };
  const start: ChainHead = { sequence: 0, hash: device.hash };
  const actHead = await readActHead(database, id, epoch);
  const acts = actHead === undefined ? start : { sequence: actHead.sequence, hash: actHead.hash as ChainHead['hash'] };
  const entries = await entriesHeld(made, start);
  const { heads } = request;
  const isBehind = heads.entries.sequence < entries.sequence || heads.acts.sequence < acts.sequence;
  const differs = (stated: ChainHead, held: ChainHead): boolean =>
    stated.sequence === held.sequence && stated.hash !== held.hash;
  const isOther = differs(heads.entries, entries) || differs(heads.acts, acts);
  if (isBehind || isOther) {
    await alarm(made, 'journal-rolled-back', { epoch, stated: heads, held: { acts, entries } });
    return ok({ held: { epoch, acts, entries }, statement: sign(made, { acts, entries, entriesBefore: entries }) });
  }
  const statement = sign(made, { acts, entries: heads.entries, entriesBefore: entries });
  const row = {
    device: id,
    epoch,
    act_sequence: heads.acts.sequence,
    act_hash: heads.acts.hash,
    entry_sequence: heads.entries.sequence,
    entry_hash: heads.entries.hash,
    statement: canonicalize(statement as unknown as Json),
    at_ms: atMs,
  };
  await advanceContact(database, tagRow(platform.keyring, 'device_contact', row));
  return ok({ held: { epoch, acts, entries }, statement });
}

import { ok, refuse, type Result, type Sha256Hex } from '../../../core/kernel/index.ts';
import type { ChainHead, EntryOf, QuarantineReason } from '../../../core/journal/index.ts';
import type { HeadStatement } from '../../../core/signing/index.ts';
import type { VaultRequest, VaultOutput } from '../../../contracts/vault-host/index.ts';
import { sha256Hex } from '../hash.ts';
import { knownTree } from '../vault/cosigner.ts';
import { readCompromise, readStatement } from './proofs.ts';
import type { Bound } from '../vault/opened.ts';

/** The last link of both chains, to be said at each contact. */
export function headsOf(bound: Bound): VaultOutput<'heads'> {
  const { acts, entries } = bound.journal.state;
  const { size, root, note } = knownTree(bound);
  return { acts, entries, epoch: bound.journal.identity.epoch, tree: { size, root, note } };
}

function actHashAt(bound: Bound, sequence: number): Sha256Hex | undefined {
  return bound.journal.acts.rowAt(sequence)?.hash;
}

function entryHashAt(bound: Bound, sequence: number): Sha256Hex | undefined {
  const row = bound.journal.store.get<{ header: string }>('select header from entries where sequence = ?', sequence);
  return row === undefined ? undefined : sha256Hex(row.header);
}

/** What the server holds of one chain, against this journal. */
function compare(
  held: ChainHead,
  own: { readonly start: Sha256Hex; readonly hashAt: (sequence: number) => Sha256Hex | undefined },
): QuarantineReason | undefined {
  const hash = held.sequence === 0 ? own.start : own.hashAt(held.sequence);
  if (hash === undefined) return 'journal-rolled-back';
  return hash === held.hash ? undefined : 'journal-diverged';
}

function judge(bound: Bound, held: VaultRequest<'contact.check'>['held']): QuarantineReason | undefined {
  if (held.epoch !== bound.journal.identity.epoch) return 'journal-epoch-unknown';
  return judgeHeads(bound, held);
}

function judgeHeads(
  bound: Bound,
  held: { readonly acts: ChainHead; readonly entries: ChainHead },
): QuarantineReason | undefined {
  const { start } = bound.journal.identity;
  return (
    compare(held.acts, { start, hashAt: (sequence) => actHashAt(bound, sequence) }) ??
    compare(held.entries, { start, hashAt: (sequence) => entryHashAt(bound, sequence) })
  );
}

function judgeStatement(bound: Bound, { acts, entries, entriesBefore }: HeadStatement): QuarantineReason | undefined {
  return judgeHeads(bound, { acts, entries: entriesBefore }) ?? judgeHeads(bound, { acts, entries });
}

/** How often at the most a statement is kept that tells of no act. */
const statementEveryMs = 10 * 60_000;

type Check = VaultRequest<'contact.check'>;

/** The entry that keeps a statement; none where the journal holds one that says as much. */
function toKeep(bound: Bound, { statement, atMs }: Check, stated: HeadStatement): EntryOf | undefined {
  const { stated: kept } = bound.journal.state;
  const { acts, entries } = stated;
  if (kept !== null && kept.acts === acts.sequence && atMs - kept.atMs < statementEveryMs) return undefined;
  return { kind: 'contact', body: { statement, entries, acts } };
}

/**
 * Compares what the server holds of this device, and signed, with what stands here. A journal that lacks it was put back
 * from a copy or lives twice: it notes that and records no act any more. A server that holds less than it once signed is
 * `statement-forgotten`. Durable before it returns.
 */
export function checkContact(
  bound: Bound,
  input: Check,
  announce: (reason: QuarantineReason) => void,
): Result<null, QuarantineReason | 'statement-invalid' | 'statement-forgotten' | 'log-distrusted'> {
  const { state } = bound.journal;
  if (state.quarantine !== null) return refuse(state.quarantine);
  if (state.standing.length > 0) return refuse('log-distrusted');
  const stated = readStatement(bound.enrolment, input.statement);
  const reason = judge(bound, input.held) ?? (stated.ok ? judgeStatement(bound, stated.value) : undefined);
  if (reason !== undefined) return quarantine(bound, input, { reason, announce, isSigned: stated.ok });
  if (!stated.ok) return stated;
  const { acts, entriesBefore } = stated.value;
  const isForgotten =
    state.stated !== null && (acts.sequence < state.stated.acts || entriesBefore.sequence < state.stated.entries);
  if (isForgotten) return refuse('statement-forgotten', { stated: state.stated.entries, held: entriesBefore.sequence });
  const entry = toKeep(bound, input, stated.value);
  if (entry !== undefined) bound.journal.append([{ entry }], input.atMs);
  return ok(null);
}

/** Believes that the key of the log was stolen where the pinned platform key says so: it stops, and nothing is believed in its place. */
export function takeCompromise(
  { enrolment, journal }: Bound,
  { statement, atMs }: VaultRequest<'log.compromised'>,
  announce: (reason: QuarantineReason) => void,
): Result<null, 'log-compromise-invalid'> {
  const read = readCompromise(enrolment, statement);
  if (!read.ok) return read;
  const code = 'log-compromised';
  if (!journal.state.standing.some((known) => known.code === code))
    journal.append([{ entry: { kind: 'alarm', body: { code, statement } } }], atMs);
  announce(code);
  return ok(null);
}

function quarantine(
  bound: Bound,
  input: Check,
  found: {
    readonly reason: QuarantineReason;
    readonly isSigned: boolean;
    readonly announce: (reason: QuarantineReason) => void;
  },
): Result<never, QuarantineReason> {
  const { state } = bound.journal;
  const { reason } = found;
  const details = {
    heldActs: input.held.acts.sequence,
    heldEntries: input.held.entries.sequence,
    ownActs: state.acts.sequence,
    ownEntries: state.entries.sequence,
  };
  const proof = found.isSigned ? { statement: input.statement } : {};
  bound.journal.append([{ entry: { kind: 'alarm', body: { code: reason, details, ...proof } } }], input.atMs);
  found.announce(reason);
  return refuse(reason, details);
}

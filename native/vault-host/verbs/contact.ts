import { ok, refuse, type Result, type Sha256Hex } from '../../../core/kernel/index.ts';
import type { ChainHead, QuarantineReason } from '../../../core/journal/index.ts';
import type { VaultRequest, VaultOutput } from '../../../contracts/vault-host/index.ts';
import { sha256Hex } from '../hash.ts';
import type { Bound } from '../vault/opened.ts';

/** The last link of both chains, to be said at each contact. */
export function headsOf(bound: Bound): VaultOutput<'heads'> {
  const { acts, entries } = bound.journal.state;
  return { acts, entries, epoch: bound.journal.identity.epoch };
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
  const { epoch, start } = bound.journal.identity;
  if (held.epoch !== epoch) return 'journal-epoch-unknown';
  const acts = held.acts as ChainHead;
  const entries = held.entries as ChainHead;
  return (
    compare(acts, { start, hashAt: (sequence) => actHashAt(bound, sequence) }) ??
    compare(entries, { start, hashAt: (sequence) => entryHashAt(bound, sequence) })
  );
}

/**
 * Compares what the server holds of this device with what stands here. A journal that lacks it was put back from a copy
 * or lives twice: it notes that and records no act any more. Durable before it returns.
 */
export function checkContact(
  bound: Bound,
  input: VaultRequest<'contact.check'>,
  announce: (reason: QuarantineReason) => void,
): Result<null, QuarantineReason> {
  const { state } = bound.journal;
  if (state.quarantine !== null) return refuse(state.quarantine);
  const reason = judge(bound, input.held);
  if (reason === undefined) return ok(null);
  const details = {
    heldActs: input.held.acts.sequence,
    heldEntries: input.held.entries.sequence,
    ownActs: state.acts.sequence,
    ownEntries: state.entries.sequence,
  };
  bound.journal.append([{ entry: { kind: 'alarm', body: { code: reason, details } } }], input.atMs);
  announce(reason);
  return refuse(reason, details);
}

import {
  foldJournal,
  type EntryOf,
  type JournalEvidence,
  type JournalAct,
  type JournalIdentity,
  type JournalState,
} from '../../../core/journal/index.ts';
import { ok, refuse, type ActionId, type Result, type Sha256Hex } from '../../../core/kernel/index.ts';
import { canonicalize, type Json } from '../../../core/signing/index.ts';
import { sha256 } from '../hash.ts';
import { evidenceOfRow, type EvidenceRow } from './evidence-table.ts';
import { actOfRow, hasRow, type ActRow, type EntryRow } from './rows.ts';
import type { Store } from './store.ts';

/** Looks closer at one entry and names what is wrong with it. */
export type Inspect = (entry: EntryOf, acts: ReadonlyMap<ActionId, JournalAct>) => string | undefined;

export type JournalReport = {
  readonly state: JournalState;
  readonly entries: number;
  readonly acts: number;
  readonly told: ReadonlyMap<ActionId, JournalAct>;
  readonly evidence: ReadonlyMap<Sha256Hex, JournalEvidence>;
};

/** `where` names what was found; `sequence` the entry, act or case revision at which. */
export type JournalDamage = Result<never, 'journal-damaged'>;

function damaged(where: string, sequence: number): JournalDamage {
  return refuse('journal-damaged', { where, sequence });
}

/**
 * Reads every entry: both chains from first to last, every body against its header, and the views of acts and outbox
 * against the fold. `inspect` looks closer at each entry (signatures, receipts) and names what it finds.
 */
export function checkEntries(
  store: Store,
  identity: JournalIdentity,
  inspect: Inspect = () => undefined,
): Result<JournalReport, 'journal-damaged'> {
  const fold = foldJournal(sha256, identity);
  for (const row of store.iterate<EntryRow>(
    'select sequence, kind, at_ms, header, body from entries order by sequence',
  )) {
    const entry = fold.take(row);
    if (!entry.ok) return damaged(entry.refusal.code, row.sequence);
    const header = JSON.parse(row.header) as { readonly sequence: number; readonly atMs: number };
    const isSame = row.sequence === header.sequence && row.kind === entry.value.kind && row.at_ms === header.atMs;
    if (!isSame) return damaged('columns-differ', row.sequence);
    const fault = inspect(entry.value, fold.acts());
    if (fault !== undefined) return damaged(fault, row.sequence);
  }
  const state = fold.state();
  const acts = fold.acts();
  let count = 0;
  for (const row of store.iterate<ActRow>('select * from acts order by sequence')) {
    const told = acts.get(row.action_id);
    if (told === undefined || !hasRow(told) || !isSame(told, actOfRow(row)))
      return damaged('act-view-differs', row.sequence);
    count += 1;
  }
  const expected = [...acts.values()].filter(hasRow).length;
  if (count !== expected) return damaged('act-view-short', count);
  const evidence = fold.evidence();
  const fault = findEvidenceFault(store, evidence);
  if (fault !== undefined) return damaged(fault, state.entries.sequence);
  return ok({ state, entries: state.entries.sequence, acts: acts.size, told: acts, evidence });
}

function findEvidenceFault(store: Store, evidence: ReadonlyMap<Sha256Hex, JournalEvidence>): string | undefined {
  let count = 0;
  for (const row of store.iterate<EvidenceRow>('select * from evidence')) {
    const told = evidence.get(row.sha256);
    if (told === undefined || !isSame(told, evidenceOfRow(row))) return 'evidence-view-differs';
    // A key may go only after the log was proven to hold the piece.
    if ((row.file === null) !== (row.key === null) || (row.file === null && row.receipt_entry === null))
      return 'evidence-file-forgotten';
    count += 1;
  }
  return count === evidence.size ? undefined : 'evidence-view-short';
}

function isSame<T extends JournalAct | JournalEvidence>(told: T, kept: T): boolean {
  return canonicalize(told as unknown as Json) === canonicalize(kept as unknown as Json);
}

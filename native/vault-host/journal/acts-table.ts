import { assert, type ActionId } from '../../../core/kernel/index.ts';
import { moveOutbox, type ActMove, type EntryHeader, type JournalAct } from '../../../core/journal/index.ts';
import { actOfRow, hasRow, outboxOf, rowOf, type ActRow } from './rows.ts';
import type { Store } from './store.ts';

const upsertAct = `insert into acts (sequence, action_id, entry_sequence, hash, type, case_id, case_number, iin, certificate,
  recorded_at_ms, state, is_done, refusal, commitment, promised_at_ms, deadline_ms, proven_at_ms, log_index, promise_entry, receipt_entry)
  values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict (sequence) do update set state = excluded.state,
  is_done = excluded.is_done, refusal = excluded.refusal, commitment = excluded.commitment, promised_at_ms = excluded.promised_at_ms,
  deadline_ms = excluded.deadline_ms, proven_at_ms = excluded.proven_at_ms, log_index = excluded.log_index,
  promise_entry = excluded.promise_entry, receipt_entry = excluded.receipt_entry`;

/** What an append did to an act; told to `committed` once it is durable. */
export type ActChange =
  | { readonly kind: 'recorded'; readonly act: JournalAct }
  | { readonly kind: 'moved'; readonly sequence: number; readonly isDone: boolean };

/**
 * The view of acts and outbox. An act that was recorded and of which nothing was heard yet needs no row of its own: its
 * entry says all of it, in the same row and transaction. The first answer gives it a row. Which act has which sequence,
 * and which are not done, is kept in memory: an index in the file would cost a page more at every append.
 */
export class ActsTable {
  readonly #store: Store;
  readonly #sequences = new Map<ActionId, number>();
  readonly #waiting = new Set<number>();
  /** Recorded and without a row. */
  readonly #fresh = new Map<number, JournalAct>();

  constructor(store: Store, acts: Iterable<JournalAct>) {
    this.#store = store;
    for (const act of acts) {
      this.#sequences.set(act.actionId, act.sequence);
      if (!act.outbox.isDone) this.#waiting.add(act.sequence);
      if (!hasRow(act)) this.#fresh.set(act.sequence, act);
    }
  }

  /** The same view over another connection to the same journal. */
  over(store: Store): ActsTable {
    const table = new ActsTable(store, this.#fresh.values());
    for (const [actionId, sequence] of this.#sequences) table.#sequences.set(actionId, sequence);
    for (const sequence of this.#waiting) table.#waiting.add(sequence);
    return table;
  }

  row(actionId: ActionId): ActRow | undefined {
    const sequence = this.#sequences.get(actionId);
    return sequence === undefined ? undefined : this.rowAt(sequence);
  }

  rowAt(sequence: number): ActRow | undefined {
    const fresh = this.#fresh.get(sequence);
    return fresh === undefined
      ? this.#store.get<ActRow>('select * from acts where sequence = ?', sequence)
      : rowOf(fresh);
  }

  /** Acts without a verified receipt, oldest first. */
  waiting(): readonly ActRow[] {
    const sequences = [...this.#waiting].toSorted((a, b) => a - b);
    return sequences.map((sequence) => this.rowAt(sequence)).filter((row) => row !== undefined);
  }

  /** Inside the transaction of the entry that says something of an act. */
  move(entry: ActMove, header: EntryHeader): ActChange | undefined {
    const { actionId } = entry.body;
    if (actionId === undefined) return undefined;
    const row = this.row(actionId);
    assert(row !== undefined, 'journal: the act that an entry names was looked up before');
    const outbox = moveOutbox(outboxOf(row), entry, header.atMs);
    const act = { ...actOfRow(row), outbox };
    // An alarm may name an act without moving it.
    if (!hasRow(act)) return undefined;
    const moved: ActRow = {
      ...rowOf(act),
      promise_entry: row.promise_entry ?? (entry.kind === 'promise' ? header.sequence : null),
      receipt_entry: row.receipt_entry ?? (entry.kind === 'receipt' ? header.sequence : null),
    };
    this.#store.run(upsertAct, ...Object.values(moved));
    return { kind: 'moved', sequence: row.sequence, isDone: outbox.isDone };
  }

  /** Memory follows the file, never the other way round. */
  committed(changes: readonly ActChange[]): void {
    for (const change of changes) {
      if (change.kind === 'recorded') {
        const { actionId, sequence } = change.act;
        this.#sequences.set(actionId, sequence);
        this.#waiting.add(sequence);
        this.#fresh.set(sequence, change.act);
      } else {
        this.#fresh.delete(change.sequence);
        if (change.isDone) this.#waiting.delete(change.sequence);
      }
    }
  }
}

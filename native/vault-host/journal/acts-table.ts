import { assert, type ActionId } from '../../../core/kernel/index.ts';
import { moveOutbox, type ActMove, type EntryHeader, type JournalAct } from '../../../core/journal/index.ts';
import { outboxOf, type ActRow } from './rows.ts';
import type { Store } from './store.ts';

const insertAct = `insert into acts (sequence, action_id, entry_sequence, hash, type, case_id, case_number, iin, certificate,
  recorded_at_ms, state, is_done) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'recorded', 0)`;
const updateAct = `update acts set state = ?, is_done = ?, refusal = ?, commitment = ?, promised_at_ms = ?, deadline_ms = ?,
  proven_at_ms = ?, log_index = ?, promise_entry = coalesce(promise_entry, ?), receipt_entry = coalesce(receipt_entry, ?) where sequence = ?`;

/** What an append did to an act; told to `committed` once it is durable. */
export type ActChange = { readonly actionId: ActionId; readonly sequence: number; readonly isDone: boolean };

/**
 * The view of acts and outbox. Which act has which sequence, and which are not done, is kept in memory: an index in the
 * file would cost a page more at every append, and opening reads all acts anyway.
 */
export class ActsTable {
  readonly #store: Store;
  readonly #sequences = new Map<ActionId, number>();
  readonly #waiting = new Set<number>();

  constructor(store: Store, acts: Iterable<JournalAct>) {
    this.#store = store;
    for (const { actionId, sequence, outbox } of acts) this.committed([{ actionId, sequence, isDone: outbox.isDone }]);
  }

  /** The same view over another connection to the same journal. */
  over(store: Store): ActsTable {
    const table = new ActsTable(store, []);
    for (const [actionId, sequence] of this.#sequences)
      table.committed([{ actionId, sequence, isDone: !this.#waiting.has(sequence) }]);
    return table;
  }

  row(actionId: ActionId): ActRow | undefined {
    const sequence = this.#sequences.get(actionId);
    return sequence === undefined ? undefined : this.#rowAt(sequence);
  }

  #rowAt(sequence: number): ActRow | undefined {
    return this.#store.get<ActRow>('select * from acts where sequence = ?', sequence);
  }

  /** Acts without a verified receipt, oldest first. */
  waiting(): readonly ActRow[] {
    const sequences = [...this.#waiting].toSorted((a, b) => a - b);
    return sequences.map((sequence) => this.#rowAt(sequence)).filter((row) => row !== undefined);
  }

  /** Inside the transaction of its entry. */
  insert(act: JournalAct): ActChange {
    const { sequence, actionId, entrySequence, hash, type, caseId, caseNumber, iin, certificate, recordedAtMs } = act;
    this.#store.run(
      insertAct,
      sequence,
      actionId,
      entrySequence,
      hash,
      type,
      caseId,
      caseNumber,
      iin,
      certificate,
      recordedAtMs,
    );
    return { actionId, sequence, isDone: false };
  }

  /** Inside the transaction of the entry that says something of an act. */
  move(entry: ActMove, header: EntryHeader): ActChange | undefined {
    const { actionId } = entry.body;
    if (actionId === undefined) return undefined;
    const row = this.row(actionId);
    assert(row !== undefined, 'journal: the act that an entry names was looked up before');
    const item = moveOutbox(outboxOf(row), entry, header.atMs);
    const { state, isDone, refusal, commitment, promisedAtMs, deadlineMs, provenAtMs, logIndex } = item;
    const promiseEntry = entry.kind === 'promise' ? header.sequence : null;
    const receiptEntry = entry.kind === 'receipt' ? header.sequence : null;
    this.#store.run(
      updateAct,
      ...[state, isDone ? 1 : 0, refusal, commitment, promisedAtMs, deadlineMs, provenAtMs, logIndex],
      ...[promiseEntry, receiptEntry, row.sequence],
    );
    return { actionId, sequence: row.sequence, isDone };
  }

  /** Memory follows the file, never the other way round. */
  committed(changes: readonly ActChange[]): void {
    for (const { actionId, sequence, isDone } of changes) {
      this.#sequences.set(actionId, sequence);
      if (isDone) this.#waiting.delete(sequence);
      else this.#waiting.add(sequence);
    }
  }
}

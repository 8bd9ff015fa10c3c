import { assert, type ActionId } from '../../../core/kernel/index.ts';
import { isHigherLevel, type DeskLevel } from '../../../core/log/index.ts';
import type { OutboxItem } from '../../../core/sync/index.ts';
import type { Attestation } from '../../../contracts/vault-host/index.ts';
import { moveOutbox, type ActMove, type EntryHeader, type JournalAct } from '../../../core/journal/index.ts';
import { actOfRow, hasRow, outboxOf, rowOf, type ActRow } from './rows.ts';
import type { Store } from './store.ts';

const upsertAct = `insert into acts (sequence, action_id, entry_sequence, hash, type, case_id, case_number, iin, certificate,
  recorded_at_ms, state, is_done, refusal, commitment, promised_at_ms, deadline_ms, proven_at_ms, log_index, promise_entry, receipt_entry, level)
  values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict (sequence) do update set state = excluded.state,
  is_done = excluded.is_done, refusal = excluded.refusal, commitment = excluded.commitment, promised_at_ms = excluded.promised_at_ms,
  deadline_ms = excluded.deadline_ms, proven_at_ms = excluded.proven_at_ms, log_index = excluded.log_index,
  promise_entry = excluded.promise_entry, receipt_entry = excluded.receipt_entry, level = excluded.level`;

/** What an append did to an act; told to `committed` once it is durable. */
export type ActChange =
  | { readonly kind: 'recorded'; readonly act: JournalAct }
  | { readonly kind: 'moved'; readonly sequence: number; readonly outbox: OutboxItem };

/**
 * The view of acts and outbox. An act that was recorded and of which nothing was heard yet needs no row of its own: its
 * entry says all of it, in the same row and transaction. The first answer gives it a row. Which act has which sequence,
 * and which are not done, is kept in memory: an index in the file would cost a page more at every append.
 */
export class ActsTable {
  readonly #store: Store;
  readonly #sequences = new Map<ActionId, number>();
  readonly #waiting = new Set<number>();
  /** With a receipt whose level is below what the pinned policy asks for. */
  readonly #unwitnessed = new Set<number>();
  readonly #wanted: DeskLevel;
  /** Recorded and without a row. */
  readonly #fresh = new Map<number, JournalAct>();

  /** `wanted` is the level that the pinned policy asks for. */
  constructor(store: Store, acts: Iterable<JournalAct>, wanted: DeskLevel) {
    this.#store = store;
    this.#wanted = wanted;
    for (const act of acts) {
      this.#sequences.set(act.actionId, act.sequence);
      this.#note(act.sequence, act.outbox);
      if (!hasRow(act)) this.#fresh.set(act.sequence, act);
    }
  }

  /** The same view over another connection to the same journal. */
  over(store: Store): ActsTable {
    const table = new ActsTable(store, this.#fresh.values(), this.#wanted);
    for (const [actionId, sequence] of this.#sequences) table.#sequences.set(actionId, sequence);
    for (const sequence of this.#waiting) table.#waiting.add(sequence);
    for (const sequence of this.#unwitnessed) table.#unwitnessed.add(sequence);
    return table;
  }

  #note(sequence: number, { isDone, level }: OutboxItem): void {
    if (isDone) this.#waiting.delete(sequence);
    else this.#waiting.add(sequence);
    if (level !== null && isHigherLevel(this.#wanted, level)) this.#unwitnessed.add(sequence);
    else this.#unwitnessed.delete(sequence);
  }

  row(actionId: ActionId): ActRow | undefined {
    const sequence = this.#sequences.get(actionId);
    return sequence === undefined ? undefined : this.rowAt(sequence);
  }

  /**
   * The own act that a change of the feed is. None where this journal has it refused after a block: two people let it in since, and of what it came to then
   * the feed alone speaks.
   */
  told(actionId: ActionId): ActRow | undefined {
    const row = this.row(actionId);
    const isLate = row?.refusal === 'actor-blocked' || row?.refusal === 'actor-dismissed';
    return row?.state === 'refused' && isLate ? undefined : row;
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

  /** Acts after this one whose receipt has fewer witnesses than the pinned policy asks for, oldest first. */
  unwitnessed(after: number, limit: number): readonly ActRow[] {
    const sequences = [...this.#unwitnessed].filter((sequence) => sequence > after).toSorted((a, b) => a - b);
    return sequences
      .slice(0, limit)
      .map((sequence) => this.rowAt(sequence))
      .filter((row) => row !== undefined);
  }

  /** Who vouches for the receipt of an act, and whether the pinned policy asks for more; `null` without a receipt. */
  attestation({ level }: ActRow): Attestation | null {
    return level === null ? null : { level, isExternalAwaited: isHigherLevel(this.#wanted, level) };
  }

  /** Inside the transaction of the entry that says something of an act. */
  move(entry: ActMove, header: EntryHeader): ActChange | undefined {
    const { actionId } = entry.body;
    if (actionId === undefined) return undefined;
    const row = this.row(actionId);
    assert(row !== undefined, 'journal: the act that an entry names was looked up before');
    const before = outboxOf(row);
    const outbox = moveOutbox(before, entry, header.atMs);
    const act = { ...actOfRow(row), outbox };
    // An alarm may name an act without moving it.
    if (!hasRow(act)) return undefined;
    const moved: ActRow = {
      ...rowOf(act),
      promise_entry: row.promise_entry ?? (entry.kind === 'promise' ? header.sequence : null),
      // A receipt that moves nothing is no better than the one before.
      receipt_entry: entry.kind === 'receipt' && outbox !== before ? header.sequence : row.receipt_entry,
    };
    this.#store.run(upsertAct, ...Object.values(moved));
    return { kind: 'moved', sequence: row.sequence, outbox };
  }

  /** Memory follows the file, never the other way round. */
  committed(changes: readonly ActChange[]): void {
    for (const change of changes) {
      if (change.kind === 'recorded') {
        const { actionId, sequence } = change.act;
        this.#sequences.set(actionId, sequence);
        this.#note(sequence, change.act.outbox);
        this.#fresh.set(sequence, change.act);
      } else {
        this.#fresh.delete(change.sequence);
        this.#note(change.sequence, change.outbox);
      }
    }
  }
}

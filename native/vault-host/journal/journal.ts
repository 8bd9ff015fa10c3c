import { assert, type Sha256Hex } from '../../../core/kernel/index.ts';
import {
  actOf,
  advanceJournal,
  movesAct,
  moveOutbox,
  type ActMove,
  type ChainHead,
  type EntryHeader,
  type EntryOf,
  type JournalAct,
  type JournalIdentity,
  type JournalState,
} from '../../../core/journal/index.ts';
import { canonicalize, type ActEnvelope, type Json } from '../../../core/signing/index.ts';
import { sha256Hex } from '../hash.ts';
import { outboxOf, type ActRow } from './rows.ts';
import type { Store } from './store.ts';

/** One entry to write; of an act with the envelope that its text was parsed to. */
export type Draft = { readonly entry: EntryOf; readonly envelope?: ActEnvelope };

export type Appended = { readonly sequence: number; readonly hash: Sha256Hex };

const insertEntry = 'insert into entries (sequence, kind, at_ms, header, body) values (?, ?, ?, ?, ?)';
const insertAct = `insert into acts (sequence, action_id, entry_sequence, hash, type, case_id, case_number, iin, certificate,
  recorded_at_ms, state, is_done) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'recorded', 0)`;
const updateAct = `update acts set state = ?, is_done = ?, refusal = ?, commitment = ?, promised_at_ms = ?, deadline_ms = ?,
  proven_at_ms = ?, log_index = ?, promise_entry = coalesce(promise_entry, ?), receipt_entry = coalesce(receipt_entry, ?) where action_id = ?`;

/** The journal of a bound vault: appends to both chains and keeps the views beside them. */
export class Journal {
  readonly #store: Store;
  readonly identity: JournalIdentity;
  #state: JournalState;

  constructor(store: Store, identity: JournalIdentity, state: JournalState) {
    this.#store = store;
    this.identity = identity;
    this.#state = state;
  }

  get state(): JournalState {
    return this.#state;
  }

  get store(): Store {
    return this.#store;
  }

  /**
   * Appends in one transaction; durable when it returns. What is kept in memory changes after the commit only. `beside`
   * writes in the same transaction.
   */
  append(drafts: readonly Draft[], atMs: number, beside?: () => void): readonly Appended[] {
    let state = this.#state;
    const appended: Appended[] = [];
    this.#store.write(() => {
      for (const draft of drafts) {
        state = this.#write(state, draft, atMs);
        appended.push(state.entries);
      }
      beside?.();
    });
    this.#state = state;
    return appended;
  }

  #write(state: JournalState, { entry, envelope }: Draft, atMs: number): JournalState {
    const body = canonicalize(entry.body as unknown as Json);
    const { start: _start, ...identity } = this.identity;
    const { sequence, hash: previous } = state.entries;
    const header: EntryHeader = {
      form: 'qorgan.entry/1',
      ...identity,
      sequence: sequence + 1,
      previous,
      kind: entry.kind,
      atMs,
      body: sha256Hex(body),
    };
    const text = canonicalize(header);
    this.#store.run(insertEntry, header.sequence, entry.kind, atMs, text, body);
    const step = { entry, header, hash: sha256Hex(text) };
    if (entry.kind === 'act') {
      assert(envelope !== undefined, 'journal: an act comes with its parsed envelope');
      const act = actOf(envelope, { hash: sha256Hex(entry.body.envelope), header });
      this.#insertAct(act);
      return advanceJournal(state, { ...step, act: { sequence: act.sequence, hash: act.hash } satisfies ChainHead });
    }
    if (movesAct(entry)) this.#moveAct(entry, header);
    return advanceJournal(state, step);
  }

  #insertAct(act: JournalAct): void {
    const { sequence, actionId, entrySequence, hash, type, caseId, caseNumber, iin, certificate, recordedAtMs } = act;
    this.#store.run(insertAct, sequence, actionId, entrySequence, hash, type, caseId, caseNumber, iin, certificate, recordedAtMs);
  }

  #moveAct(entry: ActMove, header: EntryHeader): void {
    const { actionId } = entry.body;
    if (actionId === undefined) return;
    const row = this.#store.get<ActRow>('select * from acts where action_id = ?', actionId);
    assert(row !== undefined, 'journal: the act that an entry names was looked up before');
    const item = moveOutbox(outboxOf(row), entry, header.atMs);
    const { state, isDone, refusal, commitment, promisedAtMs, deadlineMs, provenAtMs, logIndex } = item;
    const promiseEntry = entry.kind === 'promise' ? header.sequence : null;
    const receiptEntry = entry.kind === 'receipt' ? header.sequence : null;
    this.#store.run(
      updateAct,
      ...[state, isDone ? 1 : 0, refusal, commitment, promisedAtMs, deadlineMs, provenAtMs, logIndex],
      ...[promiseEntry, receiptEntry, actionId],
    );
  }
}

import { assert, type Sha256Hex } from '../../../core/kernel/index.ts';
import {
  actOf,
  advanceJournal,
  entryText,
  movesAct,
  type ChainHead,
  type EntryHeader,
  type EntryOf,
  type JournalIdentity,
  type JournalState,
} from '../../../core/journal/index.ts';
import { canonicalize, type ActEnvelope, type Json } from '../../../core/signing/index.ts';
import { sha256Hex } from '../hash.ts';
import type { ActsTable, ActChange } from './acts-table.ts';
import type { EvidenceFile, EvidenceTable } from './evidence-table.ts';
import type { Store } from './store.ts';

/** One entry to write; of an act with the envelope that its text was parsed to, and the hash of that text; of evidence with its file. */
export type Draft = {
  readonly entry: EntryOf;
  readonly act?: { readonly envelope: ActEnvelope; readonly hash: Sha256Hex };
  readonly file?: EvidenceFile;
};

/** What an append did; told to the views once it is durable. */
type Changes = { readonly acts: ActChange[]; readonly recorded: Sha256Hex[]; readonly named: Sha256Hex[] };

export type Appended = { readonly sequence: number; readonly hash: Sha256Hex };

const insertEntry = 'insert into entries (sequence, kind, at_ms, header, body) values (?, ?, ?, ?, ?)';
/** Canonical text of a body. Both texts of an act were checked to be well-formed, so the quick way gives the same bytes. */
function bodyText(entry: EntryOf): string {
  if (entry.kind !== 'act') return canonicalize(entry.body as unknown as Json);
  return `{"cms":${JSON.stringify(entry.body.cms)},"envelope":${JSON.stringify(entry.body.envelope)}}`;
}

/** The journal of a bound vault: appends to both chains and keeps the views beside them. */
export class Journal {
  readonly #store: Store;
  readonly identity: JournalIdentity;
  readonly acts: ActsTable;
  readonly evidence: EvidenceTable;
  #state: JournalState;

  constructor(
    store: Store,
    identity: JournalIdentity,
    content: { readonly state: JournalState; readonly acts: ActsTable; readonly evidence: EvidenceTable },
  ) {
    this.#store = store;
    this.identity = identity;
    this.#state = content.state;
    this.acts = content.acts;
    this.evidence = content.evidence;
  }

  /** The same journal over another connection to it. */
  over(store: Store): Journal {
    return new Journal(store, this.identity, {
      state: this.#state,
      acts: this.acts.over(store),
      evidence: this.evidence.over(store),
    });
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
    const changes: Changes = { acts: [], recorded: [], named: [] };
    this.#store.write(() => {
      for (const draft of drafts) {
        state = this.#write(state, draft, { atMs, changes });
        appended.push(state.entries);
      }
      beside?.();
    });
    this.#state = state;
    this.acts.committed(changes.acts);
    this.evidence.committed(changes);
    return appended;
  }

  #write(
    state: JournalState,
    { entry, act: draft, file }: Draft,
    to: { readonly atMs: number; readonly changes: Changes },
  ): JournalState {
    const { atMs, changes } = to;
    const body = bodyText(entry);
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
    const text = entryText(header);
    this.#store.run(insertEntry, header.sequence, entry.kind, atMs, text, body);
    const step = { entry, header, hash: sha256Hex(text) };
    if (entry.kind === 'act') {
      assert(draft !== undefined, 'journal: an act comes with its parsed envelope');
      const act = actOf(draft.envelope, { hash: draft.hash, header });
      changes.acts.push({ kind: 'recorded', act });
      changes.named.push(...this.evidence.name(draft.envelope));
      return advanceJournal(state, { ...step, act: { sequence: act.sequence, hash: act.hash } satisfies ChainHead });
    }
    const change = movesAct(entry) ? this.acts.move(entry, header) : undefined;
    if (change !== undefined) changes.acts.push(change);
    if (entry.kind === 'evidence') {
      assert(file !== undefined, 'journal: evidence comes with its file');
      this.evidence.insert(entry.body, header, file);
      changes.recorded.push(entry.body.descriptor.sha256);
    } else if (entry.kind === 'evidence-receipt') this.evidence.prove(entry.body, header);
    return advanceJournal(state, step);
  }
}

import type { EvidenceDocument, EvidenceState } from '../../../core/evidence/index.ts';
import type { EntryBodies, EntryHeader, JournalEvidence } from '../../../core/journal/index.ts';
import { assert, type ActionId, type CaseId, type Sha256Hex } from '../../../core/kernel/index.ts';
import type { ActEnvelope } from '../../../core/signing/index.ts';
import type { Store } from './store.ts';

export type EvidenceRow = {
  readonly sha256: Sha256Hex;
  readonly entry_sequence: number;
  readonly case_id: CaseId | null;
  readonly size_bytes: number;
  readonly named_by: ActionId | null;
  readonly receipt_entry: number | null;
  readonly verdict: EvidenceDocument['verdict'] | null;
  readonly log_index: number | null;
  /** Name of the encrypted file; `null` once it was dropped, and its key with it. */
  readonly file: string | null;
  /** Base64. */
  readonly key: string | null;
  readonly is_paused: 0 | 1;
  /** What the server said last; its word only. */
  readonly told_state: EvidenceState | null;
  readonly told_refusal: string | null;
};

/** Where the bytes of a piece are and what opens them. */
export type EvidenceFile = { readonly file: string; readonly key: string };

/** The piece of a row, as the fold of the journal must tell it too. */
export function evidenceOfRow(row: EvidenceRow): JournalEvidence {
  return {
    sha256: row.sha256,
    entrySequence: row.entry_sequence,
    caseId: row.case_id,
    sizeBytes: row.size_bytes,
    namedBy: row.named_by,
    receiptEntry: row.receipt_entry,
    verdict: row.verdict,
    logIndex: row.log_index,
  };
}

/** The view of evidence. Which pieces no act has named yet is kept in memory, so that an act that names none costs nothing. */
export class EvidenceTable {
  readonly #store: Store;
  readonly #unnamed: Set<Sha256Hex>;

  constructor(store: Store, unnamed: Iterable<Sha256Hex>) {
    this.#store = store;
    this.#unnamed = new Set(unnamed);
  }

  over(store: Store): EvidenceTable {
    return new EvidenceTable(store, this.#unnamed);
  }

  row(sha256: Sha256Hex): EvidenceRow | undefined {
    return this.#store.get<EvidenceRow>('select * from evidence where sha256 = ?', sha256);
  }

  /** Inside the transaction of its entry. */
  insert({ descriptor }: EntryBodies['evidence'], header: EntryHeader, { file, key }: EvidenceFile): void {
    const { sha256, sizeBytes } = descriptor;
    this.#store.run(
      'insert into evidence (sha256, entry_sequence, case_id, size_bytes, file, key, is_paused) values (?, ?, ?, ?, ?, ?, 0)',
      sha256,
      header.sequence,
      descriptor.case,
      sizeBytes,
      file,
      key,
    );
  }

  /** Inside the transaction of its entry. */
  prove({ sha256, verdict, index }: EntryBodies['evidence-receipt'], header: EntryHeader): void {
    this.#store.run(
      'update evidence set receipt_entry = ?, verdict = ?, log_index = ? where sha256 = ?',
      header.sequence,
      verdict,
      index,
      sha256,
    );
  }

  /** Inside the transaction of the act. */
  name({ id, evidence }: ActEnvelope): readonly Sha256Hex[] {
    const named = evidence.filter((sha256) => this.#unnamed.has(sha256));
    for (const sha256 of named) this.#store.run('update evidence set named_by = ? where sha256 = ?', id, sha256);
    return named;
  }

  /** Memory follows the file, never the other way round. */
  committed(change: { readonly recorded: readonly Sha256Hex[]; readonly named: readonly Sha256Hex[] }): void {
    for (const sha256 of change.recorded) this.#unnamed.add(sha256);
    for (const sha256 of change.named) this.#unnamed.delete(sha256);
  }

  /** A wish of the person, durable like everything: a pause outlives a restart. */
  setPaused(sha256: Sha256Hex, isPaused: boolean): void {
    this.#store.write(() =>
      this.#store.run('update evidence set is_paused = ? where sha256 = ?', isPaused ? 1 : 0, sha256),
    );
  }

  setTold(sha256: Sha256Hex, state: EvidenceState, refusal: string | null): void {
    const sql = 'update evidence set told_state = ?, told_refusal = ? where sha256 = ?';
    this.#store.write(() => this.#store.run(sql, state, refusal, sha256));
  }

  /** Forgets file and key: from then on nothing here opens the bytes. */
  forgetFile(row: EvidenceRow): void {
    assert(row.receipt_entry !== null, 'evidence: only what the log holds is let go');
    this.#store.write(() =>
      this.#store.run('update evidence set file = null, key = null where sha256 = ?', row.sha256),
    );
  }

  /** Names of all files that are still needed. */
  files(): ReadonlySet<string> {
    const rows = this.#store.all<{ file: string }>('select file from evidence where file is not null');
    return new Set(rows.map(({ file }) => file));
  }
}

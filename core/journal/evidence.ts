import { refuse, ok, type ActionId, type CaseId, type Result, type Sha256Hex } from '../kernel/index.ts';
import type { EvidenceDocument } from '../evidence/index.ts';
import type { ActEnvelope } from '../signing/index.ts';
import type { EntryBodies } from './bodies.ts';
import type { EntryHeader } from './chain.ts';

/** A piece of evidence as the journal tells it. */
export type JournalEvidence = {
  readonly sha256: Sha256Hex;
  readonly entrySequence: number;
  readonly caseId: CaseId | null;
  readonly sizeBytes: number;
  /** The first act that named it, so that a card vouches for it. */
  readonly namedBy: ActionId | null;
  readonly receiptEntry: number | null;
  /** What the server's antivirus made of it, by a verified receipt. */
  readonly verdict: EvidenceDocument['verdict'] | null;
  readonly logIndex: number | null;
};

export type EvidenceFault = 'evidence-twice' | 'evidence-never-recorded';

/** All evidence of a journal by hash, kept up entry by entry. */
export class EvidenceFold {
  readonly #pieces = new Map<Sha256Hex, JournalEvidence>();

  get pieces(): ReadonlyMap<Sha256Hex, JournalEvidence> {
    return this.#pieces;
  }

  record({ descriptor }: EntryBodies['evidence'], header: EntryHeader): Result<null, EvidenceFault> {
    if (this.#pieces.has(descriptor.sha256)) return refuse('evidence-twice');
    this.#pieces.set(descriptor.sha256, evidenceOf(descriptor, header.sequence));
    return ok(null);
  }

  prove({ sha256, verdict, index }: EntryBodies['evidence-receipt'], header: EntryHeader): Result<null, EvidenceFault> {
    const piece = this.#pieces.get(sha256);
    if (piece === undefined) return refuse('evidence-never-recorded');
    this.#pieces.set(sha256, { ...piece, verdict, logIndex: index, receiptEntry: header.sequence });
    return ok(null);
  }

  /** Hashes that are no evidence of this journal are documents of the act's own form. */
  name({ id, evidence }: ActEnvelope): void {
    for (const sha256 of evidence) {
      const piece = this.#pieces.get(sha256);
      if (piece?.namedBy === null) this.#pieces.set(sha256, { ...piece, namedBy: id });
    }
  }
}

/** A piece that was just recorded. */
export function evidenceOf(
  { sha256, case: caseId, sizeBytes }: EntryBodies['evidence']['descriptor'],
  entrySequence: number,
): JournalEvidence {
  const nothing = { namedBy: null, receiptEntry: null, verdict: null, logIndex: null };
  return { sha256, entrySequence, caseId, sizeBytes, ...nothing };
}

import type { EvidenceItem } from '../../contracts/ipc/index.ts';
import { nextBySequence, sequenceRows, usePages, type SequenceRows } from './pages.ts';

export type EvidenceRows = SequenceRows<EvidenceItem>;

const pageSize = 100;

/** Evidence of this workstation from the newest backwards. */
export function useEvidence(): EvidenceRows {
  return sequenceRows(
    usePages({
      verb: 'evidence.list',
      key: { caseId: null },
      inputOf: (before) => ({ before, limit: pageSize, caseId: null }),
      next: (page) => nextBySequence(page, pageSize),
    }),
  );
}

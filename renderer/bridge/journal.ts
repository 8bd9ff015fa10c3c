import type { JournalItem } from '../../contracts/ipc/index.ts';
import { nextBySequence, sequenceRows, usePages, type SequenceRows } from './pages.ts';

export type JournalRows = SequenceRows<JournalItem>;

const pageSize = 200;

/** Entries of the journal from the newest backwards. */
export function useJournal(onlyActs: boolean): JournalRows {
  return sequenceRows(
    usePages({
      verb: 'journal.list',
      key: { onlyActs },
      inputOf: (before) => ({ before, limit: pageSize, onlyActs }),
      next: (page) => nextBySequence(page, pageSize),
    }),
  );
}

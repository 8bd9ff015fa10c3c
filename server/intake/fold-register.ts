import { sha256 } from '../../eds/index.ts';
import type { Row } from '../store/index.ts';

/** Short enough for a hundred bytes a case, long enough that nobody finds a second row with the same print. */
const printSizeBytes = 16;

function printOf(row: Row<'case_state'>): string {
  const { case_id: id, revision, hash, sealed } = row;
  return Buffer.from(sha256(`${id} ${revision} ${hash} `, sealed)).toString('latin1', 0, printSizeBytes);
}

/**
 * What this process knows of the rows that only repeat what the log says: a print of each case's state and who holds each
 * number. A row that is read back must be the one that was replayed or written, so that an older one, put back beside us,
 * decides nothing. In memory on purpose: whoever owns the database does not own it.
 */
export type FoldRegister = {
  /** Takes a row as the state of its case. */
  readonly keep: (row: Row<'case_state'>) => void;
  /** Says before a transaction which rows it writes: where its outcome stays unknown, the next reading settles it. */
  readonly expect: (rows: readonly Row<'case_state'>[]) => void;
  /** True where this row, or none, is what stands for the case. */
  readonly admits: (caseId: string, row: Row<'case_state'> | undefined) => boolean;
  readonly takeNumber: (number: string, caseId: string) => void;
  readonly holderOf: (number: string) => string | undefined;
  readonly cases: () => number;
  readonly numbers: () => number;
};

/** Makes an empty register. */
export function createFoldRegister(): FoldRegister {
  const known = new Map<string, string>();
  const expected = new Map<string, string>();
  const holders = new Map<string, string>();
  const keep = (row: Row<'case_state'>): void => {
    known.set(row.case_id, printOf(row));
    expected.delete(row.case_id);
  };
  return {
    keep,
    expect: (rows) => {
      for (const row of rows) expected.set(row.case_id, printOf(row));
    },
    admits: (caseId, row) => {
      const print = row === undefined ? undefined : printOf(row);
      if (print === known.get(caseId)) return true;
      if (row === undefined || print !== expected.get(caseId)) return false;
      // A commit whose answer was lost did happen.
      keep(row);
      return true;
    },
    takeNumber: (number, caseId) => holders.set(number, caseId),
    holderOf: (number) => holders.get(number),
    cases: () => known.size,
    numbers: () => holders.size,
  };
}

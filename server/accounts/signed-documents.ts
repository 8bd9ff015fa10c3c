import type { Desk } from '../platform/index.ts';
import { readLoggedDocuments } from '../store/index.ts';
import { openSigned, type DocumentKind, type LoggedDocument } from './documents.ts';

/**
 * Documents of a kind that the platform signed and a leaf of the database commits to, in the order of the log, for a process beside the
 * running server. That the leaves are those of the log is the caller's to check; rows that were edited are counted in `rejected`.
 */
export async function readSignedDocuments(
  desk: Desk,
  kind: DocumentKind,
): Promise<{ readonly documents: readonly LoggedDocument[]; readonly rejected: number }> {
  const rows = await readLoggedDocuments(desk.database, kind);
  const keys = await desk.subjectKeys.known(rows.map((row) => row.subject));
  const documents = rows.flatMap((row) => {
    const key = keys.get(row.subject);
    const opened = key === undefined ? undefined : openSigned(desk, row, key);
    return opened === undefined ? [] : [opened];
  });
  return { documents, rejected: rows.length - documents.length };
}

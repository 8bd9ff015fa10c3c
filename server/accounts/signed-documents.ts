import { InvariantError } from '../../core/kernel/index.ts';
import type { Desk } from '../platform/index.ts';
import { readLoggedDocuments } from '../store/index.ts';
import { openSigned, type DocumentKind, type LoggedDocument } from './documents.ts';
import { revocationDocument, type RevocationDocument } from './revocation.ts';
import { trustDocument, type TrustDocument } from './trust.ts';

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

/** What such a text counts by: the version that it says, or the size of the log that a change of keys says. */
function orderOf(text: string): number {
  const { version, fromSize } = JSON.parse(text) as { readonly version?: unknown; readonly fromSize?: unknown };
  return Number(version ?? fromSize ?? 0);
}

/**
 * The newest document of a kind whose signature is the platform's, for a process beside the running server: that one
 * holds the log, and checks the leaf before anything counts. Newest by what was signed, and not by where a row of the database stands.
 * Throws where a document of the kind was edited or added: what is built on it would carry the platform's own signature.
 */
export async function readNewestSigned(desk: Desk, kind: DocumentKind): Promise<string | undefined> {
  const { documents, rejected } = await readSignedDocuments(desk, kind);
  if (rejected > 0) throw new InvariantError(`accounts: each document of the kind ${kind} is what was signed`);
  const texts = documents.map(({ signed }) => signed.document);
  return texts.toSorted((one, other) => orderOf(one) - orderOf(other)).at(-1);
}

/** The newest trust document as a process beside the server reads it. */
export async function newestTrustDocument(desk: Desk): Promise<TrustDocument | undefined> {
  const text = await readNewestSigned(desk, 'trust');
  const parsed = text === undefined ? undefined : trustDocument.safeParse(JSON.parse(text));
  return parsed?.success === true ? parsed.data : undefined;
}

/** The newest document of revocation lists as a process beside the server reads it. */
export async function newestRevocationDocument(desk: Desk): Promise<RevocationDocument | undefined> {
  const text = await readNewestSigned(desk, 'revocation');
  const parsed = text === undefined ? undefined : revocationDocument.safeParse(JSON.parse(text));
  return parsed?.success === true ? parsed.data : undefined;
}

import { verifyDocument } from '../../core/signing/index.ts';
import { signedDocument as signedDocumentSchema } from '../../contracts/documents/index.ts';
import { sha256 } from '../../eds/index.ts';
import { verifyEd25519 } from '../keys/index.ts';
import type { Desk } from '../platform/index.ts';
import { readLoggedDocuments } from '../store/index.ts';
import { documentPurpose, openSigned, type DocumentKind, type LoggedDocument } from './documents.ts';
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

/**
 * The newest document of a kind whose signature is the platform's, for a process beside the running server: that one
 * holds the log, and checks the leaf before anything counts.
 */
export async function readNewestSigned(desk: Desk, kind: DocumentKind): Promise<string | undefined> {
  const row = (await readLoggedDocuments(desk.database, kind)).at(-1);
  const key = row === undefined ? undefined : (await desk.subjectKeys.ensure([row.subject])).get(row.subject);
  if (row === undefined || key === undefined) return undefined;
  const parsed = signedDocumentSchema.safeParse(JSON.parse(key.open(documentPurpose, row.sealed).toString()));
  if (!parsed.success) return undefined;
  const signed = verifyDocument({
    document: parsed.data,
    publicKey: desk.documentKey.publicKey,
    sha256,
    verifyEd25519,
  });
  return signed.ok ? signed.value : undefined;
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

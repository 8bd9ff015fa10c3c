import { fromHex, type Sha256Hex } from '../../core/kernel/index.ts';
import { commitment, leafHash, leafText, parseLeaf, saltSizeBytes, type LeafKind } from '../../core/log/index.ts';
import { canonicalize, verifyDocument, type Json, type SignedDocument } from '../../core/signing/index.ts';
import { signedDocument as signedDocumentSchema } from '../../contracts/documents/index.ts';
import { sha256, sha256Hex } from '../../eds/index.ts';
import { verifyEd25519, type DataKey } from '../keys/index.ts';
import { signaturesHash, signDocument, uuidV7, type Desk, type Platform } from '../platform/index.ts';
import {
  inTransaction,
  insertDocument,
  insertLeaves,
  readLoggedDocuments,
  type DocumentRow,
  type Session,
} from '../store/index.ts';

/** Kinds of documents in the store; `trust` and `revocation` go into the log as policies: they say whom the server believes. */
export const documentKinds = ['platform', 'policy', 'trust', 'revocation', 'staff', 'device'] as const;
export type DocumentKind = (typeof documentKinds)[number];

const leafKindOf: Readonly<Record<DocumentKind, LeafKind>> = {
  platform: 'platform',
  policy: 'policy',
  trust: 'policy',
  revocation: 'policy',
  staff: 'staff',
  device: 'device',
};
const documentPurpose = 'document';
const openingPurpose = 'leaf-opening';

function commitmentOf(salt: Uint8Array, document: SignedDocument): Sha256Hex {
  const cmsHash = fromHex(signaturesHash(document));
  if (!cmsHash.ok) throw new Error('accounts: a hash is hexadecimal');
  return commitment({ sha256, salt, envelopeHash: sha256(document.document), cmsHash: cmsHash.value });
}

export type NewDocument = {
  readonly kind: DocumentKind;
  /** Whose data key seals it: `platform`, `device:…`, `staff:…`. */
  readonly subject: string;
  readonly version: number;
  /** Canonical text. */
  readonly text: string;
};

/**
 * Signs a document by the platform key and stores it with its leaf, in one transaction together with `beside`. It counts
 * only once the log holds the leaf.
 */
export async function recordDocument(
  platform: Desk,
  document: NewDocument,
  beside: (session: Session) => Promise<void> = async () => undefined,
): Promise<SignedDocument> {
  const { kind, subject, version, text } = document;
  const { database, documentKey, identity, subjectKeys, surroundings } = platform;
  const signed = signDocument(documentKey, text);
  const salt = surroundings.randomBytes(saltSizeBytes);
  const atMs = surroundings.nowMs();
  const actionId = uuidV7(surroundings);
  const body = leafText({
    v: 1,
    platform: identity.platform,
    kind: leafKindOf[kind],
    actionId,
    device: null,
    epoch: null,
    sequence: 0,
    commitment: commitmentOf(salt, signed),
    validation: null,
    outcome: 'accepted',
    receivedAtMs: atMs,
  });
  await inTransaction(database, async (session) => {
    // First of all: where it refuses, not even a data key is left behind.
    await beside(session);
    const key = (await subjectKeys.ensure([subject])).get(subject);
    if (key === undefined) throw new Error('accounts: a subject has a key');
    const opening = key.seal(openingPurpose, salt);
    await insertLeaves(session, [
      { leaf_id: actionId, body, subject, opening, received_at_ms: atMs, ordinal: platform.nextOrdinal() },
    ]);
    const sealed = key.seal(documentPurpose, canonicalize(signed as unknown as Json));
    await insertDocument(session, {
      document_hash: sha256Hex(text),
      kind,
      subject,
      version,
      sealed,
      leaf_id: actionId,
      at_ms: atMs,
    });
  });
  return signed;
}

export type LoggedDocument = {
  readonly signed: SignedDocument;
  readonly hash: Sha256Hex;
  readonly leafIndex: number;
  readonly version: number;
};

function openRow(platform: Platform, row: DocumentRow, key: DataKey): LoggedDocument | undefined {
  const { log, documentKey } = platform;
  const parsed = signedDocumentSchema.safeParse(JSON.parse(key.open(documentPurpose, row.sealed).toString()));
  const leaf = parseLeaf(row.body);
  if (!parsed.success || !leaf.ok || row.leaf_index >= log.size()) return undefined;
  const isLeaf = Buffer.from(leafHash(sha256, row.body)).equals(log.readHashes(0, row.leaf_index, 1));
  const isCommitted = commitmentOf(key.open(openingPurpose, row.opening), parsed.data) === leaf.value.commitment;
  const isSigned = verifyDocument({
    document: parsed.data,
    publicKey: documentKey.publicKey,
    sha256,
    verifyEd25519,
  }).ok;
  if (!isLeaf || !isCommitted || !isSigned) return undefined;
  return {
    signed: parsed.data,
    hash: sha256Hex(parsed.data.document),
    leafIndex: row.leaf_index,
    version: row.version,
  };
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

/**
 * Documents of a kind that count: signed by the platform key and opening the leaf that the log holds, in the order of
 * the log. A row that somebody edited, or that never was a leaf, is left out and counted in `rejected`.
 */
export async function readDocuments(
  platform: Platform,
  kind: DocumentKind,
): Promise<{ readonly documents: readonly LoggedDocument[]; readonly rejected: number }> {
  const rows = await readLoggedDocuments(platform.database, kind);
  const keys = await platform.subjectKeys.ensure(rows.map((row) => row.subject));
  const documents: LoggedDocument[] = [];
  for (const row of rows) {
    const key = keys.get(row.subject);
    const opened = key === undefined ? undefined : tryOpen(platform, row, key);
    if (opened !== undefined) documents.push(opened);
  }
  return { documents, rejected: rows.length - documents.length };
}

/** A record that does not unseal was edited: it must not count, and must not keep the server from starting either. */
function tryOpen(platform: Platform, row: DocumentRow, key: DataKey): LoggedDocument | undefined {
  try {
    return openRow(platform, row, key);
  } catch {
    return undefined;
  }
}

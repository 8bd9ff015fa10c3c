import { fromHex, InvariantError, toBase64, type Sha256Hex } from '../../core/kernel/index.ts';
import {
  commitment,
  leafText,
  parseLeaf,
  saltSizeBytes,
  type Leaf,
  type LeafKind,
  type Opening,
} from '../../core/log/index.ts';
import { canonicalize, verifyDocument, type Json, type SignedDocument } from '../../core/signing/index.ts';
import { signedDocument as signedDocumentSchema } from '../../contracts/documents/index.ts';
import { sha256, sha256Hex } from '../../eds/index.ts';
import { verifyEd25519, type DataKey } from '../keys/index.ts';
import { makeReceipt } from '../log/index.ts';
import {
  leafTags,
  signaturesHash,
  signDocument,
  tagLeaf,
  uuidV7,
  type Desk,
  type Platform,
  type ReadPlatform,
} from '../platform/index.ts';
import {
  insertDocument,
  insertLeaves,
  placeLeaf,
  readDocumentOf,
  readLoggedDocuments,
  type DocumentRow,
  type Session,
} from '../store/index.ts';
import { oneByOne } from './one-by-one.ts';

/** Kinds of documents in the store; `trust`, `revocation` and `log-key` go into the log as policies: they say whom and what to believe; `evidence` as what the platform itself says. */
export const documentKinds = [
  'platform',
  'policy',
  'trust',
  'revocation',
  'log-key',
  'staff',
  'device',
  'founding',
  'evidence',
  'retention',
  'legal-hold',
  'archive-segment',
  'destruction',
  'break-glass',
  'break-glass-seal',
] as const;
export type DocumentKind = (typeof documentKinds)[number];

const leafKindOf: Readonly<Record<DocumentKind, LeafKind>> = {
  platform: 'platform',
  policy: 'policy',
  trust: 'policy',
  revocation: 'policy',
  'log-key': 'policy',
  staff: 'staff',
  device: 'device',
  founding: 'platform',
  evidence: 'platform',
  retention: 'platform',
  'legal-hold': 'platform',
  'archive-segment': 'platform',
  destruction: 'platform',
  'break-glass': 'break-glass',
  'break-glass-seal': 'break-glass',
};
/** What the text of such a document says of itself; a record of the platform says anything else. */
const formOf: Readonly<Partial<Record<DocumentKind, string>>> = {
  policy: 'qorgan.policy/1',
  trust: 'qorgan.trust/1',
  revocation: 'qorgan.revocation/1',
  'log-key': 'qorgan.log-key/1',
  staff: 'qorgan.staff/1',
  device: 'qorgan.device/1',
  founding: 'qorgan.founding/1',
  evidence: 'qorgan.evidence/1',
  retention: 'qorgan.retention/1',
  'legal-hold': 'qorgan.legal-hold/1',
  'archive-segment': 'qorgan.archive-segment/1',
  destruction: 'qorgan.destruction/1',
  'break-glass': 'qorgan.break-glass/1',
  'break-glass-seal': 'qorgan.break-glass-seal/1',
};
/** What the key of its subject seals a document for. */
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
  /** As the text says it; absent where the text says none: then the time of the record orders them. */
  readonly version?: number;
  /** Canonical text. */
  readonly text: string;
  /** Signatures of other keys beside that of the platform key. */
  readonly cosignatures?: SignedDocument['signatures'];
  /** The only index in the log that will do; the leaf gets it in the same transaction, or nothing is recorded. */
  readonly leafIndex?: number;
};

/**
 * Signs a document by the platform key and stores it with its leaf, in one transaction together with `beside`. It counts
 * only once the log holds the leaf.
 */
export async function recordDocument(
  platform: Desk,
  document: NewDocument,
  beside: (session: Session, leafId: string) => Promise<void> = async () => undefined,
): Promise<SignedDocument> {
  const { kind, subject, text, cosignatures = [], leafIndex } = document;
  const { database, documentKey, identity, keyring, subjectKeys, surroundings } = platform;
  const own = signDocument(documentKey, text);
  const signed = { ...own, signatures: [...own.signatures, ...cosignatures] };
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
  await oneByOne(database, async (session) => {
    // First of all: where it refuses, not even a data key is left behind.
    await beside(session, actionId);
    const key = (await subjectKeys.ensure([subject])).get(subject);
    if (key === undefined) throw new Error('accounts: a subject has a key');
    const leaf = { leaf_id: actionId, body, subject, opening: key.seal(openingPurpose, salt), received_at_ms: atMs };
    await insertLeaves(session, [tagLeaf(keyring, { ...leaf, ordinal: platform.nextOrdinal() })]);
    const sealed = key.seal(documentPurpose, canonicalize(signed as unknown as Json));
    await insertDocument(session, {
      document_hash: sha256Hex(text),
      kind,
      subject,
      version: document.version ?? atMs,
      sealed,
      leaf_id: actionId,
      at_ms: atMs,
    });
    if (leafIndex === undefined) return;
    const place = { leaf_index: leafIndex, leaf_id: actionId };
    const tag = leafTags(keyring).ofPlace({ ...place, body });
    if (!(await placeLeaf(session, { ...place, tag })))
      throw new InvariantError('accounts: the log has the length that the document counts on');
  });
  return signed;
}

export type LoggedDocument = {
  readonly signed: SignedDocument;
  readonly hash: Sha256Hex;
  readonly leafIndex: number;
  readonly version: number;
  /** What opens its leaf, for a receipt. */
  readonly opening: Opening;
};

/** The first column of a document that is not what leaf and sealed record say, and by what it is judged. */
export type DocumentFault = {
  readonly column: 'sealed' | 'opening' | 'document_hash' | 'kind';
  readonly by: 'sealed-record' | 'commitment' | 'document-signature' | 'text-hash' | 'document-kind';
};

/** A document with the leaf that it must open. */
export type StoredDocument = {
  readonly row: Pick<DocumentRow, 'kind' | 'document_hash' | 'sealed'>;
  readonly opening: Buffer;
  readonly leaf: Leaf;
  readonly key: DataKey;
  /** The platform's, raw. */
  readonly publicKey: Uint8Array;
};

function open(key: DataKey, purpose: string, sealed: Buffer): Buffer | undefined {
  try {
    return key.open(purpose, sealed);
  } catch {
    // A record that does not unseal was edited.
    return undefined;
  }
}

function isOfKind(kind: DocumentKind, text: string): boolean {
  const { form } = JSON.parse(text) as { readonly form?: unknown };
  const wanted = formOf[kind];
  return wanted === undefined ? !Object.values(formOf).some((other) => other === form) : form === wanted;
}

/** Judges a stored document: it must open its leaf, be signed by the platform, and be of the kind that the leaf says. */
export function judgeDocument(
  stored: StoredDocument,
): { readonly signed: SignedDocument; readonly salt: Uint8Array } | { readonly fault: DocumentFault } {
  const { row, opening, leaf, key, publicKey } = stored;
  const kind = documentKinds.find((known) => known === row.kind);
  if (kind === undefined || leafKindOf[kind] !== leaf.kind) return { fault: { column: 'kind', by: 'document-kind' } };
  const salt = open(key, openingPurpose, opening);
  if (salt === undefined) return { fault: { column: 'opening', by: 'sealed-record' } };
  const text = open(key, documentPurpose, row.sealed);
  const parsed = text === undefined ? undefined : signedDocumentSchema.safeParse(JSON.parse(text.toString()));
  if (parsed?.success !== true) return { fault: { column: 'sealed', by: 'sealed-record' } };
  const document = parsed.data;
  if (commitmentOf(salt, document) !== leaf.commitment) return { fault: { column: 'sealed', by: 'commitment' } };
  if (!verifyDocument({ document, publicKey, sha256, verifyEd25519 }).ok)
    return { fault: { column: 'sealed', by: 'document-signature' } };
  if (!isOfKind(kind, document.document)) return { fault: { column: 'kind', by: 'document-kind' } };
  return sha256Hex(document.document) === row.document_hash
    ? { signed: document, salt }
    : { fault: { column: 'document_hash', by: 'text-hash' } };
}

function openRow(platform: ReadPlatform, row: DocumentRow, key: DataKey): LoggedDocument | undefined {
  // A leaf that stands in the log a second time counts where it stood first.
  return platform.log.indexOf(row.body) === row.leaf_index ? openSigned(platform, row, key) : undefined;
}

/** The document of a row that the platform signed and that opens its leaf row; whether that is the log's leaf is another question. */
export function openSigned({ documentKey }: Desk, row: DocumentRow, key: DataKey): LoggedDocument | undefined {
  const leaf = parseLeaf(row.body);
  // A copy under an id of its own is no leaf of the platform's making.
  if (!leaf.ok || leaf.value.actionId !== row.leaf_id) return undefined;
  const { body, leaf_index: leafIndex, version } = row;
  const stored = { row, opening: row.opening, leaf: leaf.value, key, publicKey: documentKey.publicKey };
  const judged = judgeDocument(stored);
  if ('fault' in judged) return undefined;
  const { signed, salt } = judged;
  const hash = sha256Hex(signed.document);
  return {
    signed,
    hash,
    leafIndex,
    version,
    opening: { leaf: body, salt, envelope: hash, cms: signaturesHash(signed) },
  };
}

/** The document of a leaf with its receipt, which is `null` until the published tree holds the leaf; `undefined` where it or its key is gone. */
export async function readProvenDocument(
  platform: Platform,
  leafId: string,
  subject: string,
): Promise<{ readonly signed: SignedDocument; readonly receipt: string | null } | undefined> {
  const row = await readDocumentOf(platform.database, leafId);
  const key = (await platform.subjectKeys.known([subject])).get(subject);
  if (row === undefined || key === undefined) return undefined;
  const signed = signedDocumentSchema.parse(JSON.parse(key.open(documentPurpose, row.sealed).toString()));
  if (row.leaf_index === null) return { signed, receipt: null };
  const opening = {
    leaf: row.body,
    salt: key.open(openingPurpose, row.opening),
    envelope: sha256Hex(signed.document),
    cms: signaturesHash(signed) as Sha256Hex,
  };
  return { signed, receipt: makeReceipt(platform.log.provenFor(row.leaf_index), row.leaf_index, opening) ?? null };
}

/**
 * Documents of a kind that count: signed by the platform key and opening the leaf that the log holds, in the order of
 * the log. A row that somebody edited, or that never was a leaf, is left out and counted in `rejected`.
 */
export async function readDocuments(
  platform: ReadPlatform,
  kind: DocumentKind,
): Promise<{ readonly documents: readonly LoggedDocument[]; readonly rejected: number }> {
  const rows = await readLoggedDocuments(platform.database, kind);
  // A key that is gone is not made anew: its records were destroyed by the rule.
  const keys = await platform.subjectKeys.known(rows.map((row) => row.subject));
  const documents: LoggedDocument[] = [];
  const seen = new Set<string>();
  for (const row of rows) {
    const key = keys.get(row.subject);
    const opened = key === undefined ? undefined : openRow(platform, row, key);
    if (opened === undefined) continue;
    // A salt is drawn once: a second leaf of the same one is a copy, and an old record does not become the newest by it.
    const salt = toBase64(opened.opening.salt);
    if (seen.size === seen.add(salt).size) continue;
    documents.push(opened);
  }
  return { documents, rejected: rows.length - documents.length };
}

import type { KeyObject } from 'node:crypto';
import type { Sha256Hex } from '../../core/kernel/index.ts';
import {
  canonicalize,
  documentKeyId,
  signedDocument,
  type Json,
  type SignedDocument,
} from '../../core/signing/index.ts';
import { sha256, sha256Hex } from '../../eds/index.ts';
import { rawPublicKey, signText, signTextAside } from '../keys/index.ts';
import type { DocumentKey } from './context.ts';

/** The document key of a private key. */
export function documentKeyOf(privateKey: KeyObject): DocumentKey {
  const publicKey = rawPublicKey(privateKey);
  return { privateKey, publicKey, id: documentKeyId(sha256, publicKey) };
}

/** Signs a canonical text as a document. Deterministic: the same text gives the same bytes. */
export function signDocument(key: DocumentKey, document: string): SignedDocument {
  return signedDocument(document, key.id, signText(key.privateKey, document));
}

/** As `signDocument`, on a thread of the pool. */
export async function signDocumentAside(key: DocumentKey, document: string): Promise<SignedDocument> {
  return signedDocument(document, key.id, await signTextAside(key.privateKey, document));
}

/** What a document's leaf commits to beside the text: the hash of its signatures. */
export function signaturesHash(document: SignedDocument): Sha256Hex {
  return sha256Hex(canonicalize(document.signatures as unknown as Json));
}

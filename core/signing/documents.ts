import {
  fromBase64,
  toBase64,
  toHex,
  ok,
  refuse,
  type DeviceId,
  type Iin,
  type JournalEpoch,
  type PlatformId,
  type Result,
  type Sha256,
  type Sha256Hex,
  type VerifyEd25519,
} from '../kernel/index.ts';
import type { ClientKind, Role } from '../access/index.ts';
import type { Profile } from './envelope.ts';

/** A canonical text with Ed25519 signatures over its UTF-8 bytes; the `form` inside says what it is. */
export type SignedDocument = {
  readonly document: string;
  readonly signatures: readonly { readonly key: string; readonly signature: string }[];
};

/** What a server keeps and a workstation is bound to; its hash starts the act chain of the device. */
export type DeviceRecord = {
  readonly form: 'qorgan.device/1';
  readonly platform: PlatformId;
  readonly profile: Profile;
  readonly device: DeviceId;
  readonly name: string;
  readonly kind: ClientKind;
  /** Base64 of the 32-byte Ed25519 public key that the vault made. */
  readonly publicKey: string;
  readonly epoch: JournalEpoch;
  readonly enrolledAtMs: number;
};

/** One natural person of the operator's staff and the certificates that act for him. */
export type StaffRecord = {
  readonly form: 'qorgan.staff/1';
  readonly platform: PlatformId;
  readonly profile: Profile;
  readonly iin: Iin;
  readonly name: string;
  readonly roles: readonly Role[];
  readonly certificates: readonly Sha256Hex[];
  readonly validFromMs: number;
  readonly validUntilMs: number;
  /** The order or contract that the grant stands on. */
  readonly basis: string;
};

/** Everything that a workstation pins on its first day. */
export type EnrolmentBundle = {
  readonly form: 'qorgan.enrolment/1';
  readonly platform: PlatformId;
  readonly profile: Profile;
  readonly operatorName: string;
  /** C2SP vkey texts of the log: `key` is the Ed25519 key that signs every head, `mlDsa44Key` the one whose line stands beside. */
  readonly log: { readonly origin: string; readonly key: string; readonly mlDsa44Key?: string | undefined };
  /** Base64 of the 32-byte Ed25519 key that signs documents. */
  readonly platformKey: string;
  /** `spki` is the SHA-256 of the server's public key (hex); `certificate` base64 DER. */
  readonly server: { readonly url: string; readonly spki: Sha256Hex; readonly certificate: string };
  /** Signed note. */
  readonly checkpoint: string;
  /** Base64 DER. */
  readonly anchors: readonly string[];
  readonly intermediates: readonly string[];
  readonly policy: SignedDocument;
  readonly witnesses: { readonly threshold: number; readonly keys: readonly string[] };
  readonly device: SignedDocument;
};

/** Short name of a document key: first 16 hexadecimal digits of SHA-256 over the key. */
export function documentKeyId(sha256: Sha256, publicKey: Uint8Array): string {
  return toHex(sha256(publicKey)).slice(0, 16);
}

/** True for a document that the given key signed; other keys' signatures beside it do not matter. */
export function verifyDocument(options: {
  readonly document: SignedDocument;
  readonly publicKey: Uint8Array;
  readonly sha256: Sha256;
  readonly verifyEd25519: VerifyEd25519;
}): Result<string, 'document-signature-invalid'> {
  const { document, publicKey, sha256, verifyEd25519 } = options;
  const keyId = documentKeyId(sha256, publicKey);
  for (const { key, signature } of document.signatures) {
    const bytes = fromBase64(signature);
    if (key === keyId && bytes.ok && verifyEd25519(publicKey, document.document, bytes.value))
      return ok(document.document);
  }
  return refuse('document-signature-invalid');
}

/** Puts one signature beside a document. */
export function signedDocument(document: string, keyId: string, signature: Uint8Array): SignedDocument {
  return { document, signatures: [{ key: keyId, signature: toBase64(signature) }] };
}

import { createPublicKey } from 'node:crypto';
import pkcs11js from 'pkcs11js';
import type { SoftHsmSession } from './token-store.ts';

export type KeyKind = 'rsa-2048' | 'rsa-3072' | 'rsa-4096' | 'p256' | 'p384';
export type KeyPurpose = 'sign' | 'decrypt' | 'agree';

export type KeyRequest = {
  /** CKA_ID, hexadecimal; the certificate is stored under the same one. */
  readonly keyId: string;
  readonly label: string;
  readonly kind: KeyKind;
  readonly purpose: KeyPurpose;
  /** CKA_ALWAYS_AUTHENTICATE: the PIN is wanted for every use. */
  readonly isAlwaysAuthenticating?: boolean;
};

/** DER of the curve's object identifier. */
const curves = { p256: '06082a8648ce3d030107', p384: '06052b81040022' } as const;
const namedCurves = { p256: 'P-256', p384: 'P-384' } as const;

const isElliptic = (kind: KeyKind): kind is 'p256' | 'p384' => kind === 'p256' || kind === 'p384';

function publicTemplate(request: KeyRequest): pkcs11js.Template {
  const shape = isElliptic(request.kind)
    ? [{ type: pkcs11js.CKA_EC_PARAMS, value: Buffer.from(curves[request.kind], 'hex') }]
    : [
        { type: pkcs11js.CKA_MODULUS_BITS, value: Number(request.kind.slice(4)) },
        { type: pkcs11js.CKA_PUBLIC_EXPONENT, value: Buffer.from([1, 0, 1]) },
      ];
  return [
    { type: pkcs11js.CKA_CLASS, value: pkcs11js.CKO_PUBLIC_KEY },
    { type: pkcs11js.CKA_TOKEN, value: true },
    { type: pkcs11js.CKA_PRIVATE, value: false },
    { type: pkcs11js.CKA_ID, value: Buffer.from(request.keyId, 'hex') },
    { type: pkcs11js.CKA_LABEL, value: request.label },
    { type: pkcs11js.CKA_VERIFY, value: request.purpose === 'sign' },
    { type: pkcs11js.CKA_ENCRYPT, value: request.purpose === 'decrypt' },
    { type: pkcs11js.CKA_DERIVE, value: request.purpose === 'agree' },
    ...shape,
  ];
}

function privateTemplate(request: KeyRequest): pkcs11js.Template {
  return [
    { type: pkcs11js.CKA_CLASS, value: pkcs11js.CKO_PRIVATE_KEY },
    { type: pkcs11js.CKA_TOKEN, value: true },
    { type: pkcs11js.CKA_PRIVATE, value: true },
    { type: pkcs11js.CKA_SENSITIVE, value: true },
    { type: pkcs11js.CKA_EXTRACTABLE, value: false },
    { type: pkcs11js.CKA_ID, value: Buffer.from(request.keyId, 'hex') },
    { type: pkcs11js.CKA_LABEL, value: request.label },
    { type: pkcs11js.CKA_SIGN, value: request.purpose === 'sign' },
    { type: pkcs11js.CKA_DECRYPT, value: request.purpose === 'decrypt' },
    { type: pkcs11js.CKA_DERIVE, value: request.purpose === 'agree' },
    { type: pkcs11js.CKA_ALWAYS_AUTHENTICATE, value: request.isAlwaysAuthenticating ?? false },
  ];
}

function valueOf({ api, session }: SoftHsmSession, object: Buffer, type: number): Buffer {
  const value = api.C_GetAttributeValue(session, object, [{ type }])[0]?.value;
  if (!Buffer.isBuffer(value)) throw new Error('SoftHSM shows no such attribute');
  return value;
}

function spkiOf(token: SoftHsmSession, kind: KeyKind, publicKey: Buffer): Uint8Array {
  const jwk = isElliptic(kind)
    ? jwkOfPoint(namedCurves[kind], valueOf(token, publicKey, pkcs11js.CKA_EC_POINT))
    : {
        kty: 'RSA',
        n: valueOf(token, publicKey, pkcs11js.CKA_MODULUS).toString('base64url'),
        e: valueOf(token, publicKey, pkcs11js.CKA_PUBLIC_EXPONENT).toString('base64url'),
      };
  return createPublicKey({ key: jwk, format: 'jwk' }).export({ type: 'spki', format: 'der' });
}

/** CKA_EC_POINT is an OCTET STRING around the uncompressed point; 48-byte coordinates still fit a one-byte length. */
function jwkOfPoint(crv: string, octetString: Buffer): { kty: string; crv: string; x: string; y: string } {
  const point = octetString.subarray(3);
  const width = point.length / 2;
  return {
    kty: 'EC',
    crv,
    x: point.subarray(0, width).toString('base64url'),
    y: point.subarray(width).toString('base64url'),
  };
}

/** Makes a key pair inside the token; returns the public key, DER of SubjectPublicKeyInfo, for a certification authority. */
export function generateKey(token: SoftHsmSession, request: KeyRequest): Uint8Array {
  const mechanism = isElliptic(request.kind) ? pkcs11js.CKM_EC_KEY_PAIR_GEN : pkcs11js.CKM_RSA_PKCS_KEY_PAIR_GEN;
  const { publicKey } = token.api.C_GenerateKeyPair(
    token.session,
    { mechanism },
    publicTemplate(request),
    privateTemplate(request),
  );
  return spkiOf(token, request.kind, publicKey);
}

/** The end of the DER element at `at`, and where its content begins; lengths up to 64 KB, as certificates have. */
function element(der: Buffer, at: number): { readonly start: number; readonly end: number } {
  const first = der.readUInt8(at + 1);
  const lengthBytes = first < 0x80 ? 0 : first - 0x80;
  const start = at + 2 + lengthBytes;
  return { start, end: start + (lengthBytes === 0 ? first : der.readUIntBE(at + 2, lengthBytes)) };
}

/** The subject name of a certificate, DER: after version, serial number, algorithm, issuer and validity (RFC 5280 §4.1). */
function subjectOf(der: Buffer): Buffer {
  let at = element(der, element(der, 0).start).start;
  for (let i = 0; i < 5; i += 1) at = element(der, at).end;
  return der.subarray(at, element(der, at).end);
}

/** Stores a certificate beside its key. */
export function importCertificate(
  token: SoftHsmSession,
  certificate: { readonly keyId: string; readonly label: string; readonly der: Uint8Array },
): void {
  token.api.C_CreateObject(token.session, [
    { type: pkcs11js.CKA_CLASS, value: pkcs11js.CKO_CERTIFICATE },
    { type: pkcs11js.CKA_CERTIFICATE_TYPE, value: pkcs11js.CKC_X_509 },
    { type: pkcs11js.CKA_TOKEN, value: true },
    { type: pkcs11js.CKA_PRIVATE, value: false },
    { type: pkcs11js.CKA_ID, value: Buffer.from(certificate.keyId, 'hex') },
    { type: pkcs11js.CKA_LABEL, value: certificate.label },
    { type: pkcs11js.CKA_SUBJECT, value: subjectOf(Buffer.from(certificate.der)) },
    { type: pkcs11js.CKA_VALUE, value: Buffer.from(certificate.der) },
  ]);
}

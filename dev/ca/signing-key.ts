import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { nullValue, objectIdentifier, oids, sequence } from '../../eds/der/index.ts';

/** Kinds of keys that the test authority can hold or make. */
export type KeyKind = 'rsa-1024' | 'rsa-2048' | 'rsa-3072' | 'rsa-4096' | 'ec-p256' | 'ec-p384';

export type SignatureKind = 'sha256' | 'sha384' | 'sha1';

/** A private key of the test authority with its public half. */
export type SigningKey = {
  readonly privateKey: KeyObject;
  /** SubjectPublicKeyInfo, DER. */
  readonly subjectPublicKeyInfo: Uint8Array;
};

/** Makes a key pair from the platform's randomness. */
export function makeKey(kind: KeyKind): SigningKey {
  const pair =
    kind === 'ec-p256' || kind === 'ec-p384'
      ? generateKeyPairSync('ec', { namedCurve: kind === 'ec-p256' ? 'prime256v1' : 'secp384r1' })
      : generateKeyPairSync('rsa', { modulusLength: Number(kind.slice(4)) });
  return keyOf(pair.privateKey);
}

/** Reads a PKCS#8 key in PEM. */
export function readKey(pem: string): SigningKey {
  return keyOf(createPrivateKey(pem));
}

export function writeKey(key: SigningKey): string {
  return key.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
}

function keyOf(privateKey: KeyObject): SigningKey {
  return { privateKey, subjectPublicKeyInfo: createPublicKey(privateKey).export({ format: 'der', type: 'spki' }) };
}

const rsaOids = { sha256: oids.sha256WithRsa, sha384: oids.sha384WithRsa, sha1: oids.sha1WithRsa } as const;
const ecdsaOids = { sha256: oids.ecdsaWithSha256, sha384: oids.ecdsaWithSha384, sha1: oids.ecdsaWithSha1 } as const;

/** AlgorithmIdentifier of the signatures that this key makes with this digest. */
export function signatureAlgorithm(key: SigningKey, digest: SignatureKind): Uint8Array {
  const isRsa = key.privateKey.asymmetricKeyType === 'rsa';
  return isRsa
    ? sequence(objectIdentifier(rsaOids[digest]), nullValue())
    : sequence(objectIdentifier(ecdsaOids[digest]));
}

/** PKCS#1 v1.5, or ECDSA in DER. */
export function signOctets(key: SigningKey, digest: SignatureKind, octets: Uint8Array): Uint8Array {
  return sign(digest, octets, key.privateKey);
}

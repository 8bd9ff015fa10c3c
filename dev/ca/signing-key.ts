import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { nullValue, objectIdentifier, oids, sequence } from '../../eds/der/index.ts';
import { nationalProfiles } from '../../eds/gost/index.ts';
import { signNational, type NationalKey } from './national-key.ts';

/** Kinds of keys that the test authority can hold or make. */
export type KeyKind = 'rsa-1024' | 'rsa-2048' | 'rsa-3072' | 'rsa-4096' | 'ec-p256' | 'ec-p384';

export type SignatureKind = 'sha256' | 'sha384' | 'sha1';

/** A private key of the test authority with its public half. */
export type SigningKey = {
  readonly privateKey: KeyObject;
  /** SubjectPublicKeyInfo, DER. */
  readonly subjectPublicKeyInfo: Uint8Array;
};

/** Whatever signs certificates and lists here. A key of a national standard has its own digest, and the one that is asked for is not looked at. */
export type WritingKey = SigningKey | NationalKey;

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
export function signatureAlgorithm(key: WritingKey, digest: SignatureKind): Uint8Array {
  if ('family' in key) return sequence(objectIdentifier(nationalProfiles[key.family].signatureOid), nullValue());
  const isRsa = key.privateKey.asymmetricKeyType === 'rsa';
  return isRsa
    ? sequence(objectIdentifier(rsaOids[digest]), nullValue())
    : sequence(objectIdentifier(ecdsaOids[digest]));
}

/** PKCS#1 v1.5, ECDSA in DER, or the national form. */
export function signOctets(key: WritingKey, digest: SignatureKind, octets: Uint8Array): Uint8Array {
  return 'family' in key ? signNational(key, octets) : sign(digest, octets, key.privateKey);
}

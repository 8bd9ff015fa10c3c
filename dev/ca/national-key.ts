import { randomBytes } from 'node:crypto';
import { bitString, concat, objectIdentifier, octetString, sequence } from '../../eds/der/index.ts';
import {
  digestNumber,
  multiplyGenerator,
  nationalProfiles,
  numberOf,
  octetsOf,
  streebog512,
  type NationalFamily,
} from '../../eds/gost/index.ts';

/** A private key of a national standard with its public half, for development and tests. */
export type NationalKey = {
  readonly family: NationalFamily;
  readonly scalar: bigint;
  /** SubjectPublicKeyInfo, DER. */
  readonly subjectPublicKeyInfo: Uint8Array;
};

/** Makes a key from the platform's randomness, or from the octets of a PKCS#8 key (the lowest first). Throws when they are no scalar of the curve. */
export function makeNationalKey(family: NationalFamily, octets: Uint8Array = randomBytes(72)): NationalKey {
  const profile = nationalProfiles[family];
  const { curve, coordinateBytes: size } = profile;
  const isGiven = octets.length === size;
  const scalar = isGiven ? numberOf(octets) : (numberOf(octets) % (curve.order - 1n)) + 1n;
  const point = scalar < curve.order ? multiplyGenerator(curve, scalar) : undefined;
  if (point === undefined) throw new Error('a private key lies between zero and the order of its curve');
  const parameters = [profile.curveOid, profile.digestParametersOid].map(objectIdentifier);
  const subjectPublicKeyInfo = sequence(
    sequence(objectIdentifier(profile.keyOid), sequence(...parameters)),
    bitString(octetString(concat([octetsOf(point.x, size), octetsOf(point.y, size)]))),
  );
  return { family, scalar, subjectPublicKeyInfo };
}

/**
 * Signs octets (RFC 7091 §6.1), r || s with the lowest octets first. Without a nonce the nonce follows from key and digest, as in RFC 6979 but over
 * HMAC with Streebog. The time it takes depends on key and nonce, which is why it lives here and no product code can reach it.
 * Throws for a nonce that gives no signature.
 */
export function signNational(key: NationalKey, message: Uint8Array, nonce?: bigint): Uint8Array {
  const { curve, coordinateBytes: size, digest } = nationalProfiles[key.family];
  const octets = digest(message);
  const number = digestNumber(curve, numberOf(octets));
  const k = nonce ?? nonceOf(key, octets);
  const r = (multiplyGenerator(curve, k % curve.order)?.x ?? 0n) % curve.order;
  const s = (r * key.scalar + k * number) % curve.order;
  if (r === 0n || s === 0n) throw new Error('this nonce gives no signature');
  return concat([octetsOf(r, size), octetsOf(s, size)]);
}

/** 1024 bits modulo the order, so that no nonce is likelier than another. */
function nonceOf(key: NationalKey, digest: Uint8Array): bigint {
  const secret = octetsOf(key.scalar, 64);
  const wide = concat([0, 1].map((part) => hmac(secret, concat([digest, Uint8Array.of(part)]))));
  return (numberOf(wide) % (nationalProfiles[key.family].curve.order - 1n)) + 1n;
}

/** HMAC (RFC 2104) with Streebog-512 and a key of one block. */
function hmac(key: Uint8Array, message: Uint8Array): Uint8Array {
  const inner = streebog512(concat([key.map((octet) => octet ^ 0x36), message]));
  return streebog512(concat([key.map((octet) => octet ^ 0x5c), inner]));
}

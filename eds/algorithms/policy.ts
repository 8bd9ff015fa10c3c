import { oids } from '../der/index.ts';

/**
 * One algorithm that may carry a VALID verdict: always, or, with `acceptedUntilMs`, only for what a verified time-stamp proves to have existed
 * no later than that.
 */
export type AcceptedAlgorithm = { readonly name: string; readonly acceptedUntilMs?: number };

/** Which keys, schemes and digests may carry a VALID verdict, as data: a regulator's list changes more often than code. What is not listed never does. */
export type AlgorithmPolicy = {
  /** Name of the policy with its version, for reports. */
  readonly name: string;
  /** Families of keys, each from a least size; a family may be listed again with a smaller size and a window. */
  readonly keys: readonly (AcceptedAlgorithm & { readonly sizeMinBits: number })[];
  /** Names of signature schemes. */
  readonly schemes: readonly AcceptedAlgorithm[];
  /** Digests by OID: of content, of time-stamped signatures, and of the binding of the signing certificate. */
  readonly digests: readonly AcceptedAlgorithm[];
};

/** End of the time in which SHA-1 and RSA from 1024 bits could sign anew (NIST SP 800-131A). */
const weakUntilMs = Date.UTC(2014, 0, 1);
/** When the national authority's last certificate with a key of GOST 34.310-2004 expired. */
const gost2004UntilMs = Date.UTC(2025, 5, 25);

/**
 * The default. Always: SHA-2 and Streebog, RSA from 2048 bits, the two common curves and those of ST RK GOST R 34.10-2015. Only in signatures that a
 * verified time-stamp puts before its end: SHA-1, RSA from 1024 bits and GOST 34.310-2004. MD5 and shorter keys can be recognised and verified but are in no list, so they never give VALID.
 */
export const defaultAlgorithmPolicy: AlgorithmPolicy = {
  name: 'qorgan-2026-2',
  keys: [
    { name: 'rsa', sizeMinBits: 2048 },
    { name: 'rsa', sizeMinBits: 1024, acceptedUntilMs: weakUntilMs },
    { name: 'ec-p256', sizeMinBits: 256 },
    { name: 'ec-p384', sizeMinBits: 384 },
    { name: 'gost-2015-256', sizeMinBits: 256 },
    { name: 'gost-2015-512', sizeMinBits: 512 },
    { name: 'gost-2004', sizeMinBits: 256, acceptedUntilMs: gost2004UntilMs },
  ],
  schemes: [
    { name: 'rsa-pkcs1-sha256' },
    { name: 'rsa-pkcs1-sha384' },
    { name: 'rsa-pkcs1-sha512' },
    { name: 'rsa-pss-sha256' },
    { name: 'rsa-pss-sha384' },
    { name: 'rsa-pss-sha512' },
    { name: 'ecdsa-sha256' },
    { name: 'ecdsa-sha384' },
    { name: 'ecdsa-sha512' },
    { name: 'gost-34.10-2015-256' },
    { name: 'gost-34.10-2015-512' },
    { name: 'gost-34.310-2004', acceptedUntilMs: gost2004UntilMs },
    { name: 'rsa-pkcs1-sha1', acceptedUntilMs: weakUntilMs },
    { name: 'ecdsa-sha1', acceptedUntilMs: weakUntilMs },
  ],
  digests: [
    { name: oids.sha256 },
    { name: oids.sha384 },
    { name: oids.sha512 },
    { name: oids.gost2015Digest256 },
    { name: oids.gost2015Digest512 },
    { name: oids.sha1, acceptedUntilMs: weakUntilMs },
    { name: oids.gost95Digest, acceptedUntilMs: gost2004UntilMs },
  ],
};

// In all three `provenMs` is the time at which a verified time-stamp proves what is judged to have existed; without one no window is open.

export function allowsKey(
  policy: AlgorithmPolicy,
  key: { readonly family: string; readonly sizeBits: number },
  provenMs?: number,
): boolean {
  return policy.keys.some((one) => one.name === key.family && key.sizeBits >= one.sizeMinBits && isOpen(one, provenMs));
}

export function allowsScheme(policy: AlgorithmPolicy, schemeName: string, provenMs?: number): boolean {
  return policy.schemes.some((one) => one.name === schemeName && isOpen(one, provenMs));
}

export function allowsDigest(policy: AlgorithmPolicy, digestOid: string, provenMs?: number): boolean {
  return policy.digests.some((one) => one.name === digestOid && isOpen(one, provenMs));
}

function isOpen({ acceptedUntilMs }: AcceptedAlgorithm, provenMs: number | undefined): boolean {
  return acceptedUntilMs === undefined || (provenMs !== undefined && provenMs <= acceptedUntilMs);
}

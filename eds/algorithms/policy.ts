/** Which keys and schemes may carry a VALID verdict, as data: a regulator's list changes more often than code. */
export type AlgorithmPolicy = {
  /** Name of the policy with its version, for reports. */
  readonly name: string;
  /** Least size in bits for each family of keys; a family that is not listed is refused. */
  readonly keySizeMinBits: Readonly<Record<string, number>>;
  /** Names of signature schemes that are accepted. */
  readonly schemes: readonly string[];
  /** OIDs of digests accepted for content and for the binding of the signing certificate. */
  readonly digests: readonly string[];
};

/**
 * The default: SHA-2 and Streebog only, RSA from 2048 bits, the two common curves and those of ST RK GOST R 34.10-2015. SHA-1, MD5, shorter
 * RSA keys and GOST 34.310-2004 can be recognised and verified but are in no list, so they never give VALID.
 */
export const defaultAlgorithmPolicy: AlgorithmPolicy = {
  name: 'qorgan-2026-2',
  keySizeMinBits: { rsa: 2048, 'ec-p256': 256, 'ec-p384': 384, 'gost-2015-256': 256, 'gost-2015-512': 512 },
  schemes: [
    'rsa-pkcs1-sha256',
    'rsa-pkcs1-sha384',
    'rsa-pkcs1-sha512',
    'rsa-pss-sha256',
    'rsa-pss-sha384',
    'rsa-pss-sha512',
    'ecdsa-sha256',
    'ecdsa-sha384',
    'ecdsa-sha512',
    'gost-34.10-2015-256',
    'gost-34.10-2015-512',
  ],
  digests: [
    '2.16.840.1.101.3.4.2.1',
    '2.16.840.1.101.3.4.2.2',
    '2.16.840.1.101.3.4.2.3',
    '1.2.398.3.10.1.3.2',
    '1.2.398.3.10.1.3.3',
  ],
};

export function allowsKey(
  policy: AlgorithmPolicy,
  key: { readonly family: string; readonly sizeBits: number },
): boolean {
  const minimum = policy.keySizeMinBits[key.family];
  return minimum !== undefined && key.sizeBits >= minimum;
}

export function allowsScheme(policy: AlgorithmPolicy, schemeName: string): boolean {
  return policy.schemes.includes(schemeName);
}

export function allowsDigest(policy: AlgorithmPolicy, digestOid: string): boolean {
  return policy.digests.includes(digestOid);
}

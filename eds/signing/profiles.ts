import { nullValue, integer, objectIdentifier, oids, sequence, tagged } from '../der/index.ts';

/**
 * Signature algorithms that can be made. The key must fit: RSA from 2048 bits, the named curve, or the national
 * parameter set.
 */
export type SigningAlgorithm =
  | 'rsa-pkcs1-sha256'
  | 'rsa-pss-sha256'
  | 'ecdsa-p256-sha256'
  | 'ecdsa-p384-sha384'
  | 'gost-2015-256'
  | 'gost-2015-512'
  | 'gost-2004';

/** How one algorithm is written in a CAdES-BES. */
export type SigningProfile = {
  readonly digestOid: string;
  /** AlgorithmIdentifier of the digest, DER. */
  readonly digestAlgorithm: Uint8Array;
  /** AlgorithmIdentifier of the signature, DER. */
  readonly signatureAlgorithm: Uint8Array;
  /** Key family that is demanded; absent where the signature algorithm itself fits one family only. */
  readonly keyFamily?: string;
  readonly keySizeMinBits?: number;
  /** Octets of one coordinate, where a token's `r || s` is written as DER. */
  readonly coordinateBytes?: number;
  /** Digest of the signing-certificate attribute, and whether issuer and serial stand beside it. */
  readonly binding: { readonly digestOid: string; readonly hasIssuerSerial: boolean };
};

const rsa = { keyFamily: 'rsa', keySizeMinBits: 2048 } as const;
const named = (digestOid: string) => ({ digestOid, digestAlgorithm: sequence(objectIdentifier(digestOid)) });
const bound = (digestOid: string) => ({ binding: { digestOid, hasIssuerSerial: true } });

/** RSASSA-PSS with one hash everywhere and a salt of its length (RFC 4055 §3.1). */
function pssAlgorithm(digestOid: string, saltBytes: number): Uint8Array {
  const digest = sequence(objectIdentifier(digestOid), nullValue());
  const mask = sequence(objectIdentifier(oids.mgf1), digest);
  const parameters = sequence(tagged(0, digest), tagged(1, mask), tagged(2, integer(saltBytes)));
  return sequence(objectIdentifier(oids.rsaPss), parameters);
}

/**
 * As the signatures of the national tools are written: NULL beside both algorithms, the certificate bound by its SHA-256 alone. Of
 * GOST 34.310-2004 only the certificates show the identifier of the signature: an older signature has that of the key in its place.
 */
function national(digestOid: string, signatureOid: string): SigningProfile {
  return {
    digestOid,
    digestAlgorithm: sequence(objectIdentifier(digestOid), nullValue()),
    signatureAlgorithm: sequence(objectIdentifier(signatureOid), nullValue()),
    binding: { digestOid: oids.sha256, hasIssuerSerial: false },
  };
}

export const signingProfiles: Readonly<Record<SigningAlgorithm, SigningProfile>> = {
  // CMS names the key for RSA PKCS#1 v1.5 (RFC 3370 §3.2), as the national samples do.
  'rsa-pkcs1-sha256': {
    ...named(oids.sha256),
    ...bound(oids.sha256),
    ...rsa,
    signatureAlgorithm: sequence(objectIdentifier(oids.rsaEncryption), nullValue()),
  },
  'rsa-pss-sha256': {
    ...named(oids.sha256),
    ...bound(oids.sha256),
    ...rsa,
    signatureAlgorithm: pssAlgorithm(oids.sha256, 32),
  },
  'ecdsa-p256-sha256': {
    ...named(oids.sha256),
    ...bound(oids.sha256),
    keyFamily: 'ec-p256',
    signatureAlgorithm: sequence(objectIdentifier(oids.ecdsaWithSha256)),
    coordinateBytes: 32,
  },
  'ecdsa-p384-sha384': {
    ...named(oids.sha384),
    ...bound(oids.sha384),
    keyFamily: 'ec-p384',
    signatureAlgorithm: sequence(objectIdentifier(oids.ecdsaWithSha384)),
    coordinateBytes: 48,
  },
  'gost-2015-256': national(oids.gost2015Digest256, oids.gost2015Signature256),
  'gost-2015-512': national(oids.gost2015Digest512, oids.gost2015Signature512),
  'gost-2004': national(oids.gost95Digest, oids.gost2004Signature),
};

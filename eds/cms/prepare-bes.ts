import { createHash } from 'node:crypto';
import { assert, ok, refuse, type Result } from '../../core/kernel/index.ts';
import { nodeSuite, type VerifyingKey } from '../algorithms/index.ts';
import {
  contextTag,
  element,
  integer,
  integerFromHex,
  nullValue,
  objectIdentifier,
  octetString,
  oids,
  retagged,
  sequence,
  setOf,
  tagged,
  tags,
  time,
} from '../der/index.ts';
import { parseCertificate, type Certificate } from '../x509/index.ts';
import { parseSignedAttributes } from './attributes.ts';
import { ecdsaSignatureDer } from './ecdsa-signature.ts';

/** Signature algorithms that can be made. The key must fit: RSA from 2048 bits, or the named curve. */
export type SigningAlgorithm = 'rsa-pkcs1-sha256' | 'ecdsa-p256-sha256' | 'ecdsa-p384-sha384';

type Profile = {
  readonly digest: 'sha256' | 'sha384';
  readonly digestOid: string;
  readonly signatureOid: string;
  readonly family: string;
  /** Octets of one coordinate of the curve; `undefined` for RSA. */
  readonly coordinateBytes: number | undefined;
};

const sha2 = {
  sha256: { digest: 'sha256', digestOid: oids.sha256 },
  sha384: { digest: 'sha384', digestOid: oids.sha384 },
} as const;

const profiles: Readonly<Record<SigningAlgorithm, Profile>> = {
  // CMS names the key for RSA PKCS#1 v1.5 (RFC 3370 §3.2), as the national samples do.
  'rsa-pkcs1-sha256': { ...sha2.sha256, signatureOid: oids.rsaEncryption, family: 'rsa', coordinateBytes: undefined },
  'ecdsa-p256-sha256': { ...sha2.sha256, signatureOid: oids.ecdsaWithSha256, family: 'ec-p256', coordinateBytes: 32 },
  'ecdsa-p384-sha384': { ...sha2.sha384, signatureOid: oids.ecdsaWithSha384, family: 'ec-p384', coordinateBytes: 48 },
};

export type BesRequest = {
  /** The octets to be signed, or their digest by the algorithm's own hash when they are kept elsewhere. */
  readonly content: Uint8Array | { readonly digest: Uint8Array };
  /** The signer's certificate, DER. */
  readonly certificate: Uint8Array;
  /** Certificates to carry along, DER: intermediate authorities, never needed for our own verifier. */
  readonly chain?: readonly Uint8Array[];
  readonly signingTimeMs: number;
  readonly algorithm: SigningAlgorithm;
  /** `attached` carries the content inside; it then must be given as octets. Detached is the default and what envelopes use. */
  readonly form?: 'detached' | 'attached';
};

export type PreparedBes = {
  /** DER SET OF signed attributes: exactly what the card signs (it hashes, or the caller hashes with `digest`). */
  readonly signedAttributes: Uint8Array;
  /** Name of the hash inside the signature, for tokens that sign a ready digest. */
  readonly digest: 'sha256' | 'sha384';
  /**
   * Puts the signature in place: RSA as it comes from the token; ECDSA as `r || s` (PKCS#11) or DER. The signature is verified
   * against the certificate first. Refuses `signature-malformed` for a wrong shape and `signature-not-by-certificate` when the key that
   * signed is not the certificate's: nothing unverifiable leaves this function.
   */
  readonly finish: (
    signature: Uint8Array,
  ) => Result<Uint8Array, 'signature-malformed' | 'signature-not-by-certificate'>;
};

/**
 * Prepares a CAdES-BES signature (ETSI EN 319 122-1, baseline B): content type, message digest, claimed time and signing-certificate-v2.
 * Reads no clock and holds no key. Refuses `certificate-malformed`, and `key-algorithm-differs` when the certificate's key is not of the algorithm.
 */
export function prepareBes(
  request: BesRequest,
): Result<PreparedBes, 'certificate-malformed' | 'key-algorithm-differs'> {
  const profile = profiles[request.algorithm];
  const certificate = parseCertificate(request.certificate);
  if (!certificate.ok) return certificate;
  const key = nodeSuite.loadKey(certificate.value.subjectPublicKeyInfo);
  const isFit = key?.family === profile.family && (key.family !== 'rsa' || key.sizeBits >= 2048);
  if (key === undefined || !isFit) return refuse('key-algorithm-differs');
  const signedAttributes = setOf(...attributes(request, profile, certificate.value));
  assert(
    parseSignedAttributes(signedAttributes)?.signingCertificate !== undefined,
    'signed attributes read back as written',
  );
  const finish: PreparedBes['finish'] = (signature) => {
    const value =
      profile.coordinateBytes === undefined ? signature : ecdsaSignatureDer(signature, profile.coordinateBytes);
    if (value === undefined || value.length === 0) return refuse('signature-malformed');
    if (!isSignedBy(key, profile, signedAttributes, value)) return refuse('signature-not-by-certificate');
    return ok(assemble({ request, profile, certificate: certificate.value, signedAttributes, signature: value }));
  };
  return ok({ signedAttributes, digest: profile.digest, finish });
}

function isSignedBy(key: VerifyingKey, profile: Profile, message: Uint8Array, signature: Uint8Array): boolean {
  const algorithm = { oid: profile.signatureOid, parameters: undefined, der: new Uint8Array(0) };
  return key.scheme(algorithm, profile.digestOid)?.verify(message, signature) ?? false;
}

function attributes(request: BesRequest, profile: Profile, certificate: Certificate): readonly Uint8Array[] {
  const contentDigest = digestOf(request, profile);
  const isDefaultHash = profile.digestOid === oids.sha256;
  // RFC 5035 §4: SHA-256 is the default and DER forbids writing a default.
  const hashAlgorithm = isDefaultHash ? [] : [sequence(objectIdentifier(profile.digestOid))];
  const certificateDigest = createHash(profile.digest).update(certificate.der).digest();
  const issuerSerial = sequence(
    sequence(element(contextTag(4), certificate.issuer.der)),
    integerFromHex(certificate.serial),
  );
  const binding = sequence(...hashAlgorithm, octetString(certificateDigest), issuerSerial);
  return [
    attribute(oids.contentType, objectIdentifier(oids.data)),
    attribute(oids.signingTime, time(request.signingTimeMs)),
    attribute(oids.messageDigest, octetString(contentDigest)),
    attribute(oids.signingCertificateV2, sequence(sequence(binding))),
  ];
}

function digestOf(request: BesRequest, profile: Profile): Uint8Array {
  if (request.content instanceof Uint8Array) return createHash(profile.digest).update(request.content).digest();
  const expectedBytes = profile.digest === 'sha256' ? 32 : 48;
  assert(request.content.digest.length === expectedBytes, 'a ready digest has the length of the algorithm');
  return request.content.digest;
}

function attribute(oid: string, value: Uint8Array): Uint8Array {
  return sequence(objectIdentifier(oid), setOf(value));
}

type Parts = {
  readonly request: BesRequest;
  readonly profile: Profile;
  readonly certificate: Certificate;
  readonly signedAttributes: Uint8Array;
  readonly signature: Uint8Array;
};

function assemble({ request, profile, certificate, signedAttributes, signature }: Parts): Uint8Array {
  const digestAlgorithm = sequence(objectIdentifier(profile.digestOid));
  const isRsa = profile.coordinateBytes === undefined;
  const signatureAlgorithm = sequence(objectIdentifier(profile.signatureOid), ...(isRsa ? [nullValue()] : []));
  const signer = sequence(
    integer(1),
    sequence(certificate.issuer.der, integerFromHex(certificate.serial)),
    digestAlgorithm,
    retagged(contextTag(0), signedAttributes),
    signatureAlgorithm,
    octetString(signature),
  );
  const certificates = retagged(contextTag(0), setOf(certificate.der, ...(request.chain ?? [])));
  const encapsulated = sequence(objectIdentifier(oids.data), ...attachedContent(request));
  const body = sequence(
    integer(1),
    element(tags.set, digestAlgorithm),
    encapsulated,
    certificates,
    element(tags.set, signer),
  );
  return sequence(objectIdentifier(oids.signedData), tagged(0, body));
}

function attachedContent(request: BesRequest): readonly Uint8Array[] {
  if (request.form !== 'attached') return [];
  assert(request.content instanceof Uint8Array, 'an attached signature has its content');
  return [tagged(0, octetString(request.content))];
}

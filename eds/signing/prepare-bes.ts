import { assert, ok, refuse, type Result } from '../../core/kernel/index.ts';
import { readAlgorithm, type AlgorithmSuite, type SignatureScheme } from '../algorithms/index.ts';
import { parseSignedAttributes } from '../cms/index.ts';
import {
  certificateLimits,
  contextTag,
  element,
  integer,
  integerFromHex,
  objectIdentifier,
  octetString,
  oids,
  openDer,
  retagged,
  sequence,
  setOf,
  tagged,
  time,
} from '../der/index.ts';
import { defaultSuite } from '../gost/index.ts';
import { parseCertificate, type Certificate } from '../x509/index.ts';
import { ecdsaSignatureDer } from './ecdsa-signature.ts';
import { signingProfiles, type SigningAlgorithm, type SigningProfile } from './profiles.ts';
import { attribute, writeSignedData } from './signed-data-parts.ts';

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
  /** What hashes here and verifies the signature before it is let out; by default everything that is known here. */
  readonly suite?: AlgorithmSuite;
};

export type PreparedBes = {
  /** DER SET OF signed attributes: exactly what the card signs. */
  readonly signedAttributes: Uint8Array;
  /** Digest of the signed attributes by the algorithm's hash, for tokens that sign a ready digest. */
  readonly digest: Uint8Array;
  /**
   * Puts the signature in place: RSA and GOST as they are written in CMS; ECDSA as `r || s` (PKCS#11) or DER. The signature is verified
   * against the certificate first. Refuses `signature-malformed` for a wrong shape and `signature-not-by-certificate` when the key that
   * signed is not the certificate's: nothing unverifiable leaves this function.
   */
  readonly finish: (
    signature: Uint8Array,
  ) => Result<Uint8Array, 'signature-malformed' | 'signature-not-by-certificate'>;
};

export type PreparationRefusal = 'certificate-malformed' | 'key-algorithm-differs';

/**
 * Prepares a CAdES-BES signature (ETSI EN 319 122-1, baseline B): content type, message digest, claimed time and signing-certificate-v2.
 * Reads no clock and holds no key. Refuses `certificate-malformed`, and `key-algorithm-differs` when the certificate's key is not of the
 * algorithm or the suite does not know it.
 */
export function prepareBes(request: BesRequest): Result<PreparedBes, PreparationRefusal> {
  const profile = signingProfiles[request.algorithm];
  const { suite = defaultSuite } = request;
  const parsed = parseCertificate(request.certificate);
  if (!parsed.ok) return parsed;
  const certificate = parsed.value;
  const scheme = schemeOf(certificate, profile, suite);
  if (scheme === undefined) return refuse('key-algorithm-differs');
  const signedAttributes = setOf(...attributes(request, { profile, certificate, suite }));
  assert(
    parseSignedAttributes(signedAttributes)?.signingCertificate !== undefined,
    'signed attributes read back as written',
  );
  const finish: PreparedBes['finish'] = (signature) => {
    const { coordinateBytes } = profile;
    const value = coordinateBytes === undefined ? signature : ecdsaSignatureDer(signature, coordinateBytes);
    if (value === undefined || value.length === 0) return refuse('signature-malformed');
    if (!scheme.verify(signedAttributes, value)) return refuse('signature-not-by-certificate');
    return ok(assemble({ request, profile, certificate, signedAttributes, signature: value }));
  };
  return ok({ signedAttributes, digest: digestBy(suite, profile.digestOid, signedAttributes), finish });
}

/** The scheme by which the certificate's key verifies what it signs by this profile; `undefined` where the two do not fit. */
function schemeOf(
  certificate: Certificate,
  profile: SigningProfile,
  suite: AlgorithmSuite,
): SignatureScheme | undefined {
  const key = suite.loadKey(certificate.subjectPublicKeyInfo);
  const { keyFamily, keySizeMinBits = 0 } = profile;
  if (key === undefined || key.sizeBits < keySizeMinBits) return undefined;
  if (keyFamily !== undefined && key.family !== keyFamily) return undefined;
  const algorithm = readAlgorithm(openDer(profile.signatureAlgorithm, certificateLimits));
  return key.scheme(algorithm, profile.digestOid);
}

function digestBy(suite: AlgorithmSuite, digestOid: string, octets: Uint8Array): Uint8Array {
  const digest = suite.digest(digestOid, octets);
  assert(digest !== undefined, 'a suite that knows a scheme knows its digests');
  return digest;
}

type Making = { readonly profile: SigningProfile; readonly certificate: Certificate; readonly suite: AlgorithmSuite };

function attributes(request: BesRequest, making: Making): readonly Uint8Array[] {
  return [
    attribute(oids.contentType, objectIdentifier(oids.data)),
    attribute(oids.signingTime, time(request.signingTimeMs)),
    attribute(oids.messageDigest, octetString(contentDigest(request, making))),
    attribute(oids.signingCertificateV2, sequence(sequence(binding(making)))),
  ];
}

/** ESSCertIDv2 (RFC 5035 §4): SHA-256 is the default and DER forbids writing a default. */
function binding({ profile, certificate, suite }: Making): Uint8Array {
  const { digestOid, hasIssuerSerial } = profile.binding;
  const digest = digestBy(suite, digestOid, certificate.der);
  return sequence(
    ...(digestOid === oids.sha256 ? [] : [sequence(objectIdentifier(digestOid))]),
    octetString(digest),
    ...(hasIssuerSerial ? [issuerSerial(certificate)] : []),
  );
}

function issuerSerial(certificate: Certificate): Uint8Array {
  const names = sequence(element(contextTag(4), certificate.issuer.der));
  return sequence(names, integerFromHex(certificate.serial));
}

function contentDigest({ content }: BesRequest, { profile, suite }: Making): Uint8Array {
  if (content instanceof Uint8Array) return digestBy(suite, profile.digestOid, content);
  const sizeBytes = digestBy(suite, profile.digestOid, new Uint8Array(0)).length;
  assert(content.digest.length === sizeBytes, 'a ready digest has the length of the algorithm');
  return content.digest;
}

type Parts = {
  readonly request: BesRequest;
  readonly profile: SigningProfile;
  readonly certificate: Certificate;
  readonly signedAttributes: Uint8Array;
  readonly signature: Uint8Array;
};

function assemble({ request, profile, certificate, signedAttributes, signature }: Parts): Uint8Array {
  const signer = sequence(
    integer(1),
    sequence(certificate.issuer.der, integerFromHex(certificate.serial)),
    profile.digestAlgorithm,
    retagged(contextTag(0), signedAttributes),
    profile.signatureAlgorithm,
    octetString(signature),
  );
  return writeSignedData({
    version: 1,
    digestAlgorithms: [profile.digestAlgorithm],
    encapsulated: sequence(objectIdentifier(oids.data), ...attachedContent(request)),
    certificates: [certificate.der, ...(request.chain ?? [])],
    revocationData: undefined,
    signers: [signer],
  });
}

function attachedContent(request: BesRequest): readonly Uint8Array[] {
  if (request.form !== 'attached') return [];
  assert(request.content instanceof Uint8Array, 'an attached signature has its content');
  return [tagged(0, octetString(request.content))];
}

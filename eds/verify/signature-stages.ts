import { equalBytes, toHex } from '../../core/kernel/index.ts';
import { allowsDigest, allowsKey, allowsScheme } from '../algorithms/index.ts';
import type { SignedData, SignerInfo } from '../cms/index.ts';
import { oids } from '../der/index.ts';
import { isSameName, type Certificate } from '../x509/index.ts';
import type { CertificateMemory } from './certificate-memory.ts';
import { stageOf, type Stage } from './reasons.ts';
import type { TrustConfiguration } from './trust.ts';

/** Judges what the file may be at all: a signature over plain data without parts that nothing here could judge. */
export function judgeForm(signedData: SignedData): Stage {
  if (signedData.contentType !== oids.data) return stageOf('cms-content-type-unexpected');
  return stageOf(signedData.carriesRevocationData ? 'cms-carries-revocation-data' : 'cms-read');
}

/** Compares the content with the digest that the signer signed. */
export function judgeDigest(
  signer: SignerInfo,
  signedData: SignedData,
  content: Uint8Array | undefined,
  trust: TrustConfiguration,
): Stage {
  const attached = signedData.content;
  if (attached !== undefined && content !== undefined && !equalBytes(attached, content))
    return stageOf('content-differs');
  const octets = content ?? attached;
  if (octets === undefined) return stageOf('content-missing');
  const claimed = signer.signedAttributes?.messageDigest;
  if (claimed === undefined)
    return stageOf(signer.signedAttributes === undefined ? 'content-missing' : 'message-digest-missing');
  const digest = trust.suite.digest(signer.digestOid, octets);
  if (digest === undefined) return stageOf('digest-unsupported');
  if (!equalBytes(digest, claimed)) return stageOf('content-differs');
  return stageOf(allowsDigest(trust.algorithmPolicy, signer.digestOid) ? 'content-agrees' : 'digest-weak');
}

/** Verifies the signature over the signed attributes by the key of the certificate. */
export function judgeSignature(
  signer: SignerInfo,
  signedData: SignedData,
  certificate: Certificate,
  trust: TrustConfiguration,
  memory: CertificateMemory,
): { readonly stage: Stage; readonly algorithm: string | undefined } {
  const attributes = signer.signedAttributes;
  if (attributes === undefined) return { stage: stageOf('signed-attributes-missing'), algorithm: undefined };
  const key = memory.keyOf(certificate);
  const scheme = key?.scheme(signer.signatureAlgorithm, signer.digestOid);
  if (key === undefined || scheme === undefined)
    return { stage: stageOf('signature-algorithm-unsupported'), algorithm: undefined };
  const algorithm = scheme.name;
  const isConsistent =
    attributes.contentType === signedData.contentType && signedData.digestOids.includes(signer.digestOid);
  if (!isConsistent) return { stage: stageOf('signed-attributes-inconsistent'), algorithm };
  if (!scheme.verify(attributes.signedOctets, signer.signature))
    return { stage: stageOf('signature-wrong'), algorithm };
  const isStrong = allowsKey(trust.algorithmPolicy, key) && allowsScheme(trust.algorithmPolicy, scheme.name);
  return { stage: stageOf(isStrong ? 'signature-right' : 'signature-algorithm-weak'), algorithm };
}

/** Checks that the signer meant this certificate (signing-certificate-v2), so that nobody can put another one with the same key in its place. */
export function judgeSigningCertificate(
  signer: SignerInfo,
  certificate: Certificate,
  trust: TrustConfiguration,
): Stage {
  const binding = signer.signedAttributes?.signingCertificate;
  if (binding === undefined) return stageOf('signing-certificate-not-named');
  const isSha256 = binding.digestOid === oids.sha256;
  const digest = isSha256 ? undefined : trust.suite.digest(binding.digestOid, certificate.der);
  if (!isSha256 && digest === undefined) return stageOf('signing-certificate-digest-weak');
  const expected = digest === undefined ? certificate.sha256 : toHex(digest);
  if (toHex(binding.certificateDigest) !== expected) return stageOf('signing-certificate-differs');
  const { issuerSerial } = binding;
  if (issuerSerial !== undefined) {
    const isSame = issuerSerial.serial === certificate.serial && isSameName(issuerSerial.issuer, certificate.issuer);
    if (!isSame) return stageOf('signing-certificate-differs');
  }
  const isStrong = allowsDigest(trust.algorithmPolicy, binding.digestOid);
  return stageOf(isStrong ? 'signing-certificate-bound' : 'signing-certificate-digest-weak');
}

/** The certificate that a signer names, among those that the file carries: identified exactly, and where two fit, the one whose digest was signed. */
export function findSignerCertificate(signer: SignerInfo, carried: readonly Certificate[]): Certificate | undefined {
  const { identifier } = signer;
  const fitting = carried.filter((certificate) =>
    identifier.kind === 'key'
      ? certificate.extensions.subjectKeyIdentifier === identifier.keyIdentifier
      : certificate.serial === identifier.serial && equalBytes(certificate.issuer.der, identifier.issuer.der),
  );
  const named = signer.signedAttributes?.signingCertificate;
  const digest = named === undefined ? undefined : toHex(named.certificateDigest);
  return fitting.find((certificate) => certificate.sha256 === digest) ?? fitting[0];
}

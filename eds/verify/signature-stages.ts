import { equalBytes, toHex } from '../../core/kernel/index.ts';
import { allowsDigest, allowsKey, allowsScheme, type AlgorithmSuite } from '../algorithms/index.ts';
import type { SignedData, SignerInfo, SigningCertificateBinding } from '../cms/index.ts';
import { oids } from '../der/index.ts';
import { isSameName, type Certificate } from '../x509/index.ts';
import type { CertificateMemory } from './certificate-memory.ts';
import { stageOf, type Stage } from './reasons.ts';
import type { TrustConfiguration } from './trust.ts';

/** One signature in its file. */
export type SignatureTask = {
  readonly signer: SignerInfo;
  readonly signedData: SignedData;
  /** When a verified time-stamp proves it to have existed; opens the windows of the algorithm policy. */
  readonly provenMs?: number | undefined;
};

/** Judges what the file may be at all: a signature over plain data without parts that nothing here could judge. */
export function judgeForm({ signer, signedData }: SignatureTask): Stage {
  if (signedData.contentType !== oids.data) return stageOf('cms-content-type-unexpected');
  // What cannot be judged must not ride on a VALID.
  const isKnown = signer.unsignedAttributes.every(({ oid }) => oid === oids.signatureTimeStamp);
  if (!isKnown) return stageOf('unsigned-attribute-unsupported');
  if (!areDigestsUsed(signedData)) return stageOf('cms-digest-unused');
  // EN 319 102-1 §5.2.4: what the signer demands of its own signature is not known here.
  if (signer.signedAttributes?.namesPolicy === true) return stageOf('signature-policy-unsupported');
  return stageOf(signedData.carriesRevocationData ? 'cms-carries-revocation-data' : 'cms-read');
}

/** No signature covers the list of digests of a file, so that each must be some signer's. */
export function areDigestsUsed({ digestOids, signers }: SignedData): boolean {
  return digestOids.every((oid) => signers.some(({ digestOid }) => digestOid === oid));
}

type DigestTrust = Pick<TrustConfiguration, 'algorithmPolicy'> & Pick<AlgorithmSuite, 'digest'>;

/** Compares the content with the digest that the signer signed. */
export function judgeDigest(
  { signer, signedData, provenMs, content }: SignatureTask & { readonly content: Uint8Array | undefined },
  { algorithmPolicy, digest: digestBy }: DigestTrust,
): Stage {
  const attached = signedData.content;
  if (attached !== undefined && content !== undefined && !equalBytes(attached, content))
    return stageOf('content-differs');
  const octets = content ?? attached;
  if (octets === undefined) return stageOf('content-missing');
  // The content is here, but there is nothing to compare it with: the stage of the signature says why.
  if (signer.signedAttributes === undefined) return { name: 'digest', outcome: 'UNKNOWN', reason: 'not-checked' };
  const claimed = signer.signedAttributes.messageDigest;
  if (claimed === undefined) return stageOf('message-digest-missing');
  const digest = digestBy(signer.digestOid, octets);
  if (digest === undefined) return stageOf('digest-unsupported');
  if (!equalBytes(digest, claimed)) return stageOf('content-differs');
  return stageOf(allowsDigest(algorithmPolicy, signer.digestOid, provenMs) ? 'content-agrees' : 'digest-weak');
}

/** Verifies the signature over the signed attributes by the key of the certificate. */
export function judgeSignature(
  { signer, signedData, provenMs, certificate }: SignatureTask & { readonly certificate: Certificate },
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
  const { algorithmPolicy } = trust;
  const isStrong = allowsKey(algorithmPolicy, key, provenMs) && allowsScheme(algorithmPolicy, scheme.name, provenMs);
  return { stage: stageOf(isStrong ? 'signature-right' : 'signature-algorithm-weak'), algorithm };
}

type BindingBench = { readonly trust: TrustConfiguration; readonly memory: CertificateMemory };

export type BindingTask = {
  readonly signer: SignerInfo;
  readonly certificate: Certificate;
  /** A time-stamp may name its certificate by SHA-1: RFC 3161 §2.4.2 prescribed it, and there the digest only identifies (RFC 5816 §4). */
  readonly isTimeStamp?: boolean;
  readonly provenMs?: number | undefined;
};

/**
 * Checks that the signer meant this certificate (signing-certificate in both versions), so that nobody can put another one with the same key in its place.
 * All that are present must agree; one of an accepted digest is enough.
 */
export function judgeSigningCertificate(task: BindingTask, { trust, memory }: BindingBench): Stage {
  const { signer, certificate, isTimeStamp = false, provenMs } = task;
  const bindings = bindingsOf(signer);
  if (bindings.length === 0) return stageOf('signing-certificate-not-named');
  const answers = bindings.map((binding) => isBoundTo(binding, certificate, memory));
  if (answers.includes(false)) return stageOf('signing-certificate-differs');
  const isStrong = bindings.some(
    ({ digestOid }, i) =>
      answers[i] === true &&
      ((isTimeStamp && digestOid === oids.sha1) || allowsDigest(trust.algorithmPolicy, digestOid, provenMs)),
  );
  return stageOf(isStrong ? 'signing-certificate-bound' : 'signing-certificate-digest-weak');
}

function bindingsOf({ signedAttributes }: SignerInfo): readonly SigningCertificateBinding[] {
  const both = [signedAttributes?.signingCertificate, signedAttributes?.signingCertificateV1];
  return both.filter((binding) => binding !== undefined);
}

/** `undefined` where the digest is not known. */
function isBoundTo(
  { digestOid, certificateDigest, issuerSerial }: SigningCertificateBinding,
  certificate: Certificate,
  memory: CertificateMemory,
): boolean | undefined {
  const digest = memory.digestOf(certificate, digestOid);
  if (digest === undefined) return undefined;
  if (toHex(certificateDigest) !== digest) return false;
  const { serial, issuer } = issuerSerial ?? certificate;
  return serial === certificate.serial && isSameName(issuer, certificate.issuer);
}

/** The certificate that a signer names, among those at hand: identified exactly, and where two fit, the one whose digest was signed. */
export function findSignerCertificate(
  signer: SignerInfo,
  atHand: readonly Certificate[],
  { memory }: Pick<BindingBench, 'memory'>,
): Certificate | undefined {
  const { identifier } = signer;
  const fitting = atHand.filter((certificate) =>
    identifier.kind === 'key'
      ? certificate.extensions.subjectKeyIdentifier === identifier.keyIdentifier
      : certificate.serial === identifier.serial && equalBytes(certificate.issuer.der, identifier.issuer.der),
  );
  if (fitting.length < 2) return fitting[0];
  const bindings = bindingsOf(signer);
  const isNamed = (one: Certificate): boolean => bindings.some((binding) => isBoundTo(binding, one, memory) === true);
  return fitting.find(isNamed) ?? fitting[0];
}

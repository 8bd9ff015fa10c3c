import { allowsKey, allowsScheme } from '../algorithms/index.ts';
import { isSameName, type Certificate } from '../x509/index.ts';
import { oids } from '../der/index.ts';
import type { Bench } from './bench.ts';
import { stageOf, weightiest, type Stage } from './reasons.ts';
import type { TrustConfiguration } from './trust.ts';

type Reason = Parameters<typeof stageOf>[0];

/** What a path must be good for. */
export type PathDemand = {
  readonly purpose: 'signing' | 'time-stamping' | 'certification';
  /** When a verified time-stamp proves the signature to have existed; opens the windows of the algorithm policy. */
  readonly provenMs: number | undefined;
};

/** Judges what a path says about itself (RFC 5280 §6.1 without time and revocation). `path` runs from the signer to the anchor. */
export function judgePath(path: readonly Certificate[], bench: Bench, { purpose, provenMs }: PathDemand): Stage {
  const reasons: Reason[] = [];
  path.forEach((certificate, depth) => {
    // A stamped signature names the signer's certificate by digest and so proves its age; an authority that only the file carries may be younger.
    const memberProvenMs = depth === 0 || bench.isKnown(certificate) ? provenMs : undefined;
    reasons.push(...judgeMember(certificate, bench, memberProvenMs));
    if (depth > 0) reasons.push(...judgeAuthority(certificate, depth));
    const issuer = path[depth + 1];
    if (issuer !== undefined) reasons.push(...judgeLink(certificate, issuer, bench, memberProvenMs));
  });
  const [signer] = path;
  if (signer === undefined) return weightiest(reasons.map(stageOf), stageOf('issuer-unknown'));
  if (purpose === 'certification') reasons.push(...judgeAuthority(signer, 0));
  else reasons.push(...judgeKeyUsage(signer), ...judgePurpose(signer, purpose, bench.trust));
  return weightiest(reasons.map(stageOf), stageOf('chain-trusted'));
}

function judgeMember(
  certificate: Certificate,
  { trust, memory }: Bench,
  provenMs: number | undefined,
): readonly Reason[] {
  const reasons: Reason[] = [];
  const { unknownCritical, policies } = certificate.extensions;
  if (unknownCritical.length > 0) reasons.push('critical-extension-unknown');
  if (policies?.some((policy) => trust.refusedPolicies.includes(policy)) === true) reasons.push('policy-refused');
  const key = memory.keyOf(certificate);
  if (key === undefined) reasons.push('certificate-algorithm-unsupported');
  else if (!allowsKey(trust.algorithmPolicy, key, provenMs)) reasons.push('certificate-algorithm-weak');
  return reasons;
}

/** `depth` counts from the signer at 0, so an authority at depth d has d - 1 authorities below it. */
function judgeAuthority(certificate: Certificate, depth: number): readonly Reason[] {
  const { basicConstraints, keyUsage } = certificate.extensions;
  if (basicConstraints?.isAuthority !== true) return ['issuer-not-authority'];
  const reasons: Reason[] = [];
  if (basicConstraints.pathLengthMax !== undefined && depth - 1 > basicConstraints.pathLengthMax)
    reasons.push('path-length-exceeded');
  if (keyUsage === undefined) reasons.push('key-usage-missing');
  else if (!keyUsage.includes('keyCertSign')) reasons.push('issuer-key-usage-wrong');
  return reasons;
}

function judgeLink(
  certificate: Certificate,
  issuer: Certificate,
  { trust, memory }: Bench,
  provenMs: number | undefined,
): readonly Reason[] {
  const reasons: Reason[] = [];
  const link = memory.link(certificate, issuer);
  if (link.kind !== 'right') return ['certificate-signature-wrong'];
  if (!allowsScheme(trust.algorithmPolicy, link.schemeName, provenMs)) reasons.push('certificate-algorithm-weak');
  if (!isSameName(certificate.issuer, issuer.subjectName)) reasons.push('issuer-name-differs');
  return reasons;
}

function judgeKeyUsage(signer: Certificate): readonly Reason[] {
  const { keyUsage } = signer.extensions;
  if (keyUsage === undefined) return ['key-usage-missing'];
  return keyUsage.includes('digitalSignature') || keyUsage.includes('nonRepudiation') ? [] : ['key-usage-wrong'];
}

function judgePurpose(
  signer: Certificate,
  purpose: 'signing' | 'time-stamping',
  { purposes }: TrustConfiguration,
): readonly Reason[] {
  const { extendedKeyUsage = [], isExtendedKeyUsageCritical } = signer.extensions;
  const isFor = (listed: readonly string[]): boolean => extendedKeyUsage.some((oid) => listed.includes(oid));
  // RFC 3161 §2.3: time-stamping alone, and critical.
  const isOnlyStamping = extendedKeyUsage.length === 1 && isFor([oids.timeStamping]) && isExtendedKeyUsageCritical;
  const isSigning = isFor(purposes.accepted) && !isFor(purposes.refused);
  return (purpose === 'time-stamping' ? isOnlyStamping : isSigning) ? [] : ['purpose-wrong'];
}

/** Judges the validity periods of a path at one time. */
export function judgeTime(path: readonly Certificate[], atMs: number): Stage {
  const [signer, ...authorities] = path;
  if (signer === undefined) return stageOf('issuer-out-of-validity');
  // Written so that a time that is not a number is outside every period.
  if (!(atMs >= signer.notBeforeMs)) return stageOf('certificate-not-yet-valid');
  if (!(atMs <= signer.notAfterMs)) return stageOf('certificate-expired');
  const areInForce = authorities.every((one) => atMs >= one.notBeforeMs && atMs <= one.notAfterMs);
  return stageOf(areInForce ? 'time-in-validity' : 'issuer-out-of-validity');
}

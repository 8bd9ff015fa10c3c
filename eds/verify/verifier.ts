import { parseSignedData, type SignedData, type SignerInfo } from '../cms/index.ts';
import type { Certificate, SignerRole } from '../x509/index.ts';
import { createCertificateMemory, type CertificateMemory } from './certificate-memory.ts';
import { describeHolder, judgeCarrier, judgeRole } from './holder-stages.ts';
import { judgePath, judgeTime } from './path-rules.ts';
import { findPath, poolOf, type CertificatePool, type PathSearch } from './path.ts';
import { stageOf, type Stage } from './reasons.ts';
import {
  concludeSigners,
  concludeStages,
  noEvidence,
  type Evidence,
  type SignerVerdict,
  type VerificationReport,
} from './report.ts';
import { createRevocationJudge, type RevocationJudge } from './revocation.ts';
import {
  findSignerCertificate,
  judgeDigest,
  judgeForm,
  judgeSignature,
  judgeSigningCertificate,
} from './signature-stages.ts';
import type { TrustConfiguration } from './trust.ts';

export type VerificationRequest = {
  /** CMS SignedData, DER. */
  readonly cms: Uint8Array;
  /** The signed octets of a detached signature. With an attached one it may be left out; when given, it must be the same. */
  readonly content?: Uint8Array;
  /** A time vouched for by the caller, usually the moment of receipt: everything is judged at it, unless a time-stamp gives an earlier one. */
  readonly atMs: number;
  /**
   * `time-stamp` (default): the earliest time-stamp that verifies gives the time of judgement, and `atMs` is only what it may not be later than.
   * `given`: judge at `atMs` whatever the file carries, as an intake does, so that a time-stamp never revives a blocked person. Time-stamps are
   * verified all the same, and one that does not verify keeps the file from being VALID.
   */
  readonly referenceTime?: 'time-stamp' | 'given';
  /** The signer must hold at least one of these. */
  readonly requireRoles?: readonly SignerRole[];
};

export type CertificateRequest = Pick<VerificationRequest, 'atMs' | 'requireRoles'> & {
  /** One certificate, DER. */
  readonly certificate: Uint8Array;
};

/** Judges signatures and certificates under one trust configuration. Synchronous, without I/O; never throws on input. */
export type Verifier = {
  /** The verdict on a CAdES-BES file: VALID only where every signature in it passes every stage. */
  readonly verify: (request: VerificationRequest) => VerificationReport;
  /** The verdict on a certificate as one that may sign at `atMs`. The stages that need a signature are left out of the judgement. */
  readonly verifyCertificate: (request: CertificateRequest) => SignerVerdict;
};

/** Everything that one verifier works with. */
type Bench = {
  readonly trust: TrustConfiguration;
  readonly memory: CertificateMemory;
  readonly known: CertificatePool;
  readonly knownList: readonly Certificate[];
  readonly isAnchor: (certificate: Certificate) => boolean;
  readonly judgeRevocation: RevocationJudge;
  readonly knownPaths: WeakMap<Certificate, KnownPath>;
};

type KnownPath = { readonly search: PathSearch; readonly chain: Stage };

/**
 * Makes a verifier. It remembers, within bounds, what cannot change: parsed certificates, keys, which key signed which certificate, and paths through
 * the authorities of its configuration. Time and revocation are judged at every call. A new trust configuration needs a new verifier.
 */
export function createVerifier(trust: TrustConfiguration): Verifier {
  const memory = createCertificateMemory(trust.suite);
  const anchors = new Set(trust.anchors.map((anchor) => anchor.sha256));
  // One object for each certificate, since the memories below are keyed by it.
  const knownList = [...trust.anchors, ...trust.intermediates].map((one) => memory.recall(one.der) ?? one);
  const bench: Bench = {
    trust,
    memory,
    known: poolOf(knownList),
    knownList,
    isAnchor: (certificate) => anchors.has(certificate.sha256),
    judgeRevocation: createRevocationJudge(trust, memory),
    knownPaths: new WeakMap(),
  };
  return {
    verify: (request) => verifySignedData(request, bench),
    verifyCertificate: (request) => verifyCertificate(request, bench),
  };
}

function verifySignedData(request: VerificationRequest, bench: Bench): VerificationReport {
  const parsed = parseSignedData(request.cms);
  const without = (reason: Parameters<typeof stageOf>[0]): VerificationReport =>
    concludeSigners([concludeStages({ stages: [stageOf(reason)], referenceTimeMs: request.atMs })]);
  if (!parsed.ok) return without(parsed.refusal.code);
  const signedData = parsed.value;
  const recalled = signedData.certificates.map((der) => bench.memory.recall(der));
  const carried = recalled.filter((certificate) => certificate !== undefined);
  const isAllRead = carried.length === recalled.length;
  const [first, ...others] = signedData.signers.map((signer) =>
    judgeSigner({ signer, signedData, carried, isAllRead, request }, bench),
  );
  return first === undefined ? without('cms-without-signer') : concludeSigners([first, ...others]);
}

type SignerTask = {
  readonly signer: SignerInfo;
  readonly signedData: SignedData;
  readonly carried: readonly Certificate[];
  readonly isAllRead: boolean;
  readonly request: VerificationRequest;
};

function judgeSigner({ signer, signedData, carried, isAllRead, request }: SignerTask, bench: Bench): SignerVerdict {
  const { trust, memory } = bench;
  const form = judgeForm(signedData);
  const digest = judgeDigest(signer, signedData, request.content, trust);
  const certificate = findSignerCertificate(signer, carried);
  if (certificate === undefined) {
    const absent = stageOf(isAllRead ? 'signing-certificate-absent' : 'signing-certificate-malformed');
    return concludeStages({ stages: [form, digest, absent], referenceTimeMs: request.atMs });
  }
  const { stage: signature, algorithm } = judgeSignature(signer, signedData, certificate, trust, memory);
  const claimedAtMs = signer.signedAttributes?.claimedAtMs;
  const holder = describeHolder(certificate, trust, { algorithm, claimedAtMs });
  const { evidence, stages } = judgeCertificate(certificate, carried, request, bench);
  const stray = isAllRead && areExplained(carried, evidence.path, bench) ? [] : [stageOf('certificate-unexplained')];
  // Unsigned attributes are time-stamps and evidence of longer-lived forms; what cannot be judged must not ride on a VALID.
  const unsigned = signer.unsignedAttributes.length > 0 ? [stageOf('time-stamp-unsupported')] : [];
  const binding = judgeSigningCertificate(signer, certificate, trust);
  const roles = judgeRole(holder.roles, request.requireRoles);
  const found = [form, digest, signature, binding, ...mergeStages([...stages, ...stray, ...unsigned]), roles];
  return concludeStages({ stages: found, signer: holder, evidence, referenceTimeMs: request.atMs });
}

/** Judges a certificate as a signer's: chain, time, revocation and carrier. */
function judgeCertificate(
  certificate: Certificate,
  carried: readonly Certificate[],
  request: { readonly atMs: number },
  bench: Bench,
): { readonly evidence: Evidence; readonly stages: readonly Stage[] } {
  const carrier = judgeCarrier(certificate, bench.trust);
  const { search, chain } = pathOf(certificate, carried, bench);
  const { atMs } = request;
  // Without a path the validity of the certificate itself is still worth telling.
  if (!search.isFound) {
    return { evidence: noEvidence, stages: [chain, judgeTime([certificate], atMs), carrier] };
  }
  const { path } = search;
  const { stage: revocation, lists, responses } = bench.judgeRevocation(path, atMs);
  const evidence = { path, timeStampPaths: [], revocationLists: lists, ocspResponses: responses };
  return { evidence, stages: [chain, revocation, judgeTime(path, atMs), carrier] };
}

/** A path through known authorities, remembered; else one through those that the file carries, sought anew each time. */
function pathOf(certificate: Certificate, carried: readonly Certificate[], bench: Bench): KnownPath {
  const remembered = bench.knownPaths.get(certificate) ?? searchPath(certificate, bench.known, bench);
  bench.knownPaths.set(certificate, remembered);
  if (remembered.search.isFound || carried.length < 2) return remembered;
  const withCarried = searchPath(certificate, poolOf([...bench.knownList, ...carried]), bench);
  return withCarried.search.isFound ? withCarried : remembered;
}

function searchPath(certificate: Certificate, pool: CertificatePool, bench: Bench): KnownPath {
  const search = findPath({ certificate, pool, isAnchor: bench.isAnchor, memory: bench.memory });
  return { search, chain: search.isFound ? judgePath(search.path, bench.trust, bench.memory) : search.why };
}

/**
 * Every certificate in the file must lead to an anchor. A signature does not cover the certificates beside it, so this is what keeps a file
 * with altered octets in one of them from being called VALID.
 */
function areExplained(carried: readonly Certificate[], path: readonly Certificate[], bench: Bench): boolean {
  return carried.every(
    (certificate) => path.includes(certificate) || pathOf(certificate, carried, bench).search.isFound,
  );
}

/** One stage for each name: the weightiest of those found. */
function mergeStages(found: readonly Stage[]): readonly Stage[] {
  const rank = { FAIL: 2, UNKNOWN: 1, PASS: 0 } as const;
  const merged = new Map<string, Stage>();
  for (const stage of found) {
    const other = merged.get(stage.name);
    if (other === undefined || rank[stage.outcome] > rank[other.outcome]) merged.set(stage.name, stage);
  }
  return [...merged.values()];
}

function verifyCertificate(request: CertificateRequest, bench: Bench): SignerVerdict {
  const certificate = bench.memory.recall(request.certificate);
  const names = certificateStages;
  const referenceTimeMs = request.atMs;
  if (certificate === undefined)
    return concludeStages({ stages: [stageOf('certificate-malformed')], referenceTimeMs, names });
  const algorithm = bench.memory.keyOf(certificate)?.family;
  const holder = describeHolder(certificate, bench.trust, { algorithm, claimedAtMs: undefined });
  const { stages, evidence } = judgeCertificate(certificate, [], request, bench);
  const found = [stageOf('certificate-read'), ...stages, judgeRole(holder.roles, request.requireRoles)];
  return concludeStages({ stages: found, signer: holder, evidence, referenceTimeMs, names });
}

/** The stages that a certificate alone can pass. */
const certificateStages = ['parse', 'chain', 'revocation', 'time', 'role', 'carrier'] as const;

import type { AlgorithmSuite } from '../algorithms/index.ts';
import { parseSignedData, type SignedData, type SignerInfo } from '../cms/index.ts';
import { oids } from '../der/index.ts';
import type { Certificate, SignerRole } from '../x509/index.ts';
import { areExplained, createBench, pathOf, readCarried, type Bench, type Carried } from './bench.ts';
import { describeHolder, judgeCarrier, judgeRole } from './holder-stages.ts';
import { judgePath, judgeTime } from './path-rules.ts';
import { stageOf, type Stage } from './reasons.ts';
import {
  concludeSigners,
  concludeStages,
  noEvidence,
  type Evidence,
  type SignerVerdict,
  type TimeStampReport,
  type VerificationReport,
} from './report.ts';
import {
  findSignerCertificate,
  judgeDigest,
  judgeForm,
  judgeSignature,
  judgeSigningCertificate,
} from './signature-stages.ts';
import { judgeTimeStamp, type TimeStampJudgement } from './time-stamps.ts';
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
  /** Certificates at hand beside the file, among which issuers may be; trusted no more than those within it. */
  readonly certificates?: readonly Certificate[];
};

export type CertificateRequest = Pick<VerificationRequest, 'atMs' | 'requireRoles'> & {
  /** One certificate, DER. */
  readonly certificate: Uint8Array;
  /** What it is judged for: to sign (default), or, as an authority, to certify. */
  readonly purpose?: 'signing' | 'certification';
};

/** One time-stamp token over octets of its own, and a time than which it may not be later. */
export type StampedOctets = {
  /** RFC 3161 TimeStampToken, DER. */
  readonly token: Uint8Array;
  readonly stamped: Uint8Array;
  readonly atMs: number;
};

/** Judges signatures and certificates under one trust configuration. Synchronous, without I/O; never throws on input. */
export type Verifier = {
  /** The verdict on a CAdES-BES or CAdES-T file: VALID only where every signature in it passes every stage. */
  readonly verify: (request: VerificationRequest) => VerificationReport;
  /** The verdict on a certificate as one that may sign, or certify, at `atMs`. The stages that need a signature are left out of the judgement. */
  readonly verifyCertificate: (request: CertificateRequest) => SignerVerdict;
  /** The verdict on a time-stamp that stands beside what it stamps; `genTimeMs` proves the time only where it is VALID. */
  readonly verifyTimeStamp: (request: StampedOctets) => TimeStampReport;
};

/**
 * Makes a verifier. It remembers, within bounds, what cannot change: parsed certificates, keys, which key signed which certificate, and paths through
 * the authorities of its configuration. Time and revocation are judged at every call. A new trust configuration needs a new verifier.
 */
export function createVerifier(trust: TrustConfiguration): Verifier {
  const bench = createBench(trust);
  return {
    verify: (request) => verifySignedData(request, bench),
    verifyCertificate: (request) => verifyCertificate(request, bench),
    verifyTimeStamp: ({ token, stamped, atMs }) =>
      judgeTimeStamp({ der: token, stamped, carried: readCarried([], { atHand: [] }, bench), atMs }, bench).report,
  };
}

function verifySignedData(request: VerificationRequest, bench: Bench): VerificationReport {
  const parsed = parseSignedData(request.cms);
  const without = (reason: Parameters<typeof stageOf>[0]): VerificationReport =>
    concludeSigners([concludeStages({ stages: [stageOf(reason)], referenceTimeMs: request.atMs })]);
  if (!parsed.ok) return without(parsed.refusal.code);
  const signedData = parsed.value;
  const beside = (request.certificates ?? []).map((one) => bench.memory.recall(one.der) ?? one);
  const carried = readCarried(signedData.certificates, { atHand: beside }, bench);
  const file = {
    signedData,
    carried,
    isExplained: areExplained(carried, bench),
    digest: rememberedDigest(bench.trust),
  };
  const [first, ...others] = signedData.signers.map((signer) => judgeSigner({ signer, request, ...file }, bench));
  return first === undefined ? without('cms-without-signer') : concludeSigners([first, ...others]);
}

/** The digests of one content, each worked out once: sixteen signers of a large document would else hash it sixteen times. */
function rememberedDigest({ suite }: TrustConfiguration): AlgorithmSuite['digest'] {
  const known = new Map<string, Uint8Array | undefined>();
  return (digestOid, content) => {
    const digest = known.has(digestOid) ? known.get(digestOid) : suite.digest(digestOid, content);
    known.set(digestOid, digest);
    return digest;
  };
}

type SignerTask = {
  readonly signer: SignerInfo;
  readonly signedData: SignedData;
  readonly carried: Carried;
  /** Whether every certificate of the file leads to an anchor. */
  readonly isExplained: boolean;
  /** For the content of this file alone. */
  readonly digest: AlgorithmSuite['digest'];
  readonly request: VerificationRequest;
};

function judgeSigner(signing: SignerTask, bench: Bench): SignerVerdict {
  const { signer, signedData, carried, request } = signing;
  const { trust, memory } = bench;
  const stamps = judgeTimeStamps(signer, carried, request, bench);
  const referenceTimeMs = stamps.provenMs ?? request.atMs;
  const task = { signer, signedData, provenMs: stamps.provenMs };
  const form = judgeForm(task);
  const digest = judgeDigest({ ...task, content: request.content }, { ...trust, digest: signing.digest });
  const common = { referenceTimeMs, timeStamps: stamps.judgements.map(({ report }) => report) };
  const certificate = findSignerCertificate(signer, carried.certificates, bench);
  if (certificate === undefined) {
    const absent = stageOf(carried.isAllRead ? 'signing-certificate-absent' : 'signing-certificate-malformed');
    return concludeStages({ ...common, stages: [form, digest, absent] });
  }
  const { stage: signature, algorithm } = judgeSignature({ ...task, certificate }, trust, memory);
  const claimedAtMs = signer.signedAttributes?.claimedAtMs;
  const holder = describeHolder(certificate, trust, { algorithm, claimedAtMs });
  const time = { atMs: referenceTimeMs, provenMs: stamps.provenMs };
  const { evidence, stages } = judgeCertificate(certificate, carried, time, bench);
  const stray = signing.isExplained ? [] : [stageOf('certificate-unexplained')];
  const binding = judgeSigningCertificate({ signer, certificate, provenMs: stamps.provenMs }, bench);
  const roles = judgeRole(holder.roles, request.requireRoles);
  const aboutHolder = mergeStages([...stages, ...stray, ...stamps.judgements.map(({ stage }) => stage)]);
  return concludeStages({
    ...common,
    stages: [form, digest, signature, binding, ...aboutHolder, roles],
    signer: holder,
    evidence: withStamps(evidence, stamps.judgements),
  });
}

/** Each time-stamp of a signer, and the time that the earliest verified one proves, where it is to count. */
function judgeTimeStamps(
  signer: SignerInfo,
  carried: Carried,
  { atMs, referenceTime }: VerificationRequest,
  bench: Bench,
): { readonly judgements: readonly TimeStampJudgement[]; readonly provenMs: number | undefined } {
  const judgements = signer.unsignedAttributes
    .filter(({ oid }) => oid === oids.signatureTimeStamp)
    .flatMap(({ values }) => values)
    .map((der) => judgeTimeStamp({ der, stamped: signer.signature, carried, atMs }, bench));
  const proven = judgements.map((one) => one.provenMs).filter((timeMs) => timeMs !== undefined);
  const isCounted = referenceTime !== 'given' && proven.length > 0;
  return { judgements, provenMs: isCounted ? Math.min(...proven) : undefined };
}

function withStamps(evidence: Evidence, judgements: readonly TimeStampJudgement[]): Evidence {
  if (judgements.length === 0) return evidence;
  const timeStampPaths = judgements.map(({ path }) => path).filter((path) => path.length > 0);
  const lists = new Set([...evidence.revocationLists, ...judgements.flatMap((one) => one.sources.lists)]);
  const responses = new Set([...evidence.ocspResponses, ...judgements.flatMap((one) => one.sources.responses)]);
  return { ...evidence, timeStampPaths, revocationLists: [...lists], ocspResponses: [...responses] };
}

type CertificateTime = {
  readonly atMs: number;
  readonly provenMs: number | undefined;
  readonly purpose?: 'signing' | 'certification';
};

/** Judges a certificate for its purpose: chain, time, revocation and carrier. */
function judgeCertificate(
  certificate: Certificate,
  carried: Carried | undefined,
  { atMs, provenMs, purpose = 'signing' }: CertificateTime,
  bench: Bench,
): { readonly evidence: Evidence; readonly stages: readonly Stage[] } {
  const carrier = judgeCarrier(certificate, bench.trust);
  const search = pathOf(certificate, carried, bench);
  // Without a path the validity of the certificate itself is still worth telling.
  if (!search.isFound) {
    return { evidence: noEvidence, stages: [search.why, judgeTime([certificate], atMs), carrier] };
  }
  const { path } = search;
  const chain = judgePath(path, bench, { purpose, provenMs });
  const { stage: revocation, lists, responses } = bench.judgeRevocation(path, atMs);
  const evidence = { path, timeStampPaths: [], revocationLists: lists, ocspResponses: responses };
  return { evidence, stages: [chain, revocation, judgeTime(path, atMs), carrier] };
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
  const { atMs, purpose = 'signing' } = request;
  const { stages, evidence } = judgeCertificate(certificate, undefined, { atMs, provenMs: undefined, purpose }, bench);
  const found = [stageOf('certificate-read'), ...stages, judgeRole(holder.roles, request.requireRoles)];
  return concludeStages({ stages: found, signer: holder, evidence, referenceTimeMs, names });
}

/** The stages that a certificate alone can pass. */
const certificateStages = ['parse', 'chain', 'revocation', 'time', 'role', 'carrier'] as const;

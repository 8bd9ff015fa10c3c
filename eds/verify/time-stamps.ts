import { equalBytes } from '../../core/kernel/index.ts';
import { allowsDigest } from '../algorithms/index.ts';
import { parseTimeStampToken, type TimeStampToken } from '../tsp/index.ts';
import { isSameName, type Certificate } from '../x509/index.ts';
import { areExplained, pathOf, readCarried, type Bench, type Carried } from './bench.ts';
import { judgePath, judgeTime } from './path-rules.ts';
import { stageOf, weightiest, type Stage, type StageName } from './reasons.ts';
import { isNothingKnown } from './revocation.ts';
import { verdictOf, type TimeStampReport } from './report.ts';
import {
  areDigestsUsed,
  findSignerCertificate,
  judgeDigest,
  judgeSignature,
  judgeSigningCertificate,
} from './signature-stages.ts';
import { noSources, type Sources } from './statements.ts';
import type { TimeStampTrust } from './trust.ts';

type Reason = Parameters<typeof stageOf>[0];

/** The judgement of one time-stamp over a signature. */
export type TimeStampJudgement = {
  /** What it means for the stage `time` of the signature: PASS only where the token verifies. */
  readonly stage: Stage;
  readonly report: TimeStampReport;
  /** The latest moment at which the token can have been made, where it verifies: the signature is not younger. */
  readonly provenMs: number | undefined;
  readonly path: readonly Certificate[];
  readonly sources: Sources;
};

export type TimeStampTask = {
  /** The attribute's value: one token. */
  readonly der: Uint8Array;
  /** The octets that must be stamped: the signature of the signer. */
  readonly stamped: Uint8Array;
  /** Certificates beside the signature, among which the authority's may be when the token has none. */
  readonly carried: Carried;
  /** The given time, than which no token may be later. */
  readonly atMs: number;
};

/**
 * Judges a time-stamp: form, imprint, order, policy, and its authority's signature, chain, validity at its own time, and revocation up to the given time.
 * It must stand by algorithms that are always accepted, since nothing stamps the stamp; only the imprint may be of a digest whose window was open then.
 */
export function judgeTimeStamp(task: TimeStampTask, bench: Bench): TimeStampJudgement {
  const parsed = parseTimeStampToken(task.der);
  const { timeStamping } = bench.trust;
  if (timeStamping === undefined) return without('time-stamp-unsupported', parsed.ok ? parsed.value : undefined);
  if (!parsed.ok) return without('time-stamp-malformed', undefined);
  const token = parsed.value;
  const authority = judgeAuthority(token, task, bench);
  const statement = judgeStatement(token, task, timeStamping, bench).map(stageOf);
  const identity = judgeIdentity(token, authority.certificate, timeStamping).map(stageOf);
  const findings = [...statement, ...identity, ...authority.stages.flatMap(meaningOf)];
  const stage = weightiest(findings, stageOf('time-stamp-verified'));
  const isVerified = stage.outcome === 'PASS';
  const { genTimeMs, accuracyMs } = token.info;
  return {
    stage,
    report: {
      ...described(token, stage),
      authority: commonNameOf(authority.certificate),
      isRevocationKnown: authority.isRevocationKnown,
      stages: authority.stages,
    },
    // The authority's clock may be behind by its accuracy; the token is here now, so it was not made later than now.
    provenMs: isVerified ? Math.min(genTimeMs + accuracyMs, task.atMs) : undefined,
    path: isVerified ? authority.path : [],
    sources: isVerified ? authority.sources : noSources,
  };
}

function without(reason: Reason, token: TimeStampToken | undefined): TimeStampJudgement {
  const stage = stageOf(reason);
  const report = { ...described(token, stage), authority: undefined, isRevocationKnown: false, stages: [] };
  return { stage, report, provenMs: undefined, path: [], sources: noSources };
}

function described(
  token: TimeStampToken | undefined,
  stage: Stage,
): Pick<TimeStampReport, 'verdict' | 'reason' | 'genTimeMs' | 'policy'> {
  const { genTimeMs, policy } = token?.info ?? { genTimeMs: undefined, policy: undefined };
  return { verdict: verdictOf(stage.outcome), reason: stage.reason, genTimeMs, policy };
}

function commonNameOf(certificate: Certificate | undefined): string | undefined {
  return certificate?.subject.commonName;
}

/** What the token says, whoever says it. */
function judgeStatement(
  token: TimeStampToken,
  { stamped, atMs }: TimeStampTask,
  timeStamping: TimeStampTrust,
  { trust }: Bench,
): readonly Reason[] {
  const { info, signedData, signer } = token;
  const reasons: Reason[] = [];
  // What could be judged only by what is not here: further evidence in the token, critical conditions, a name of another kind, a policy of signatures.
  const isPlain =
    !signedData.carriesRevocationData &&
    signer.unsignedAttributes.length === 0 &&
    signer.signedAttributes?.namesPolicy !== true &&
    areDigestsUsed(signedData);
  if (!isPlain || info.hasUnknownCritical || info.authority === 'other') reasons.push('time-stamp-unsupported');
  const digest = trust.suite.digest(info.imprint.digestOid, stamped);
  if (digest === undefined) reasons.push('time-stamp-algorithm-unaccepted');
  else if (!equalBytes(digest, info.imprint.digest)) reasons.push('time-stamp-imprint-differs');
  else if (!allowsDigest(trust.algorithmPolicy, info.imprint.digestOid, info.genTimeMs))
    reasons.push('time-stamp-algorithm-unaccepted');
  if (!timeStamping.policies.includes(info.policy)) reasons.push('time-stamp-policy-unlisted');
  // Written so that a given time that is not a number is before every token.
  if (!(info.genTimeMs <= atMs)) reasons.push('time-stamp-from-future');
  return reasons;
}

type AuthorityJudgement = {
  readonly stages: readonly Stage[];
  readonly certificate: Certificate | undefined;
  readonly isRevocationKnown: boolean;
  readonly path: readonly Certificate[];
  readonly sources: Sources;
};

/** Who says it: the same questions as about a signer, by the same code. */
function judgeAuthority(token: TimeStampToken, task: TimeStampTask, bench: Bench): AuthorityJudgement {
  const { trust, memory } = bench;
  const { signer, signedData } = token;
  const own = readCarried(signedData.certificates, task.carried, bench);
  const certificate = findSignerCertificate(signer, [...own.atHand, ...bench.knownList], bench);
  const digest = judgeDigest({ signer, signedData, content: undefined }, { ...trust, digest: trust.suite.digest });
  if (certificate === undefined) {
    const stages = [digest, stageOf('signing-certificate-absent')];
    return { stages, certificate, isRevocationKnown: false, path: [], sources: noSources };
  }
  const { stage: signature } = judgeSignature({ signer, signedData, certificate }, trust, memory);
  const binding = judgeSigningCertificate({ signer, certificate, isTimeStamp: true }, bench);
  const search = pathOf(certificate, own, bench);
  const path = search.isFound ? search.path : [];
  const isExplained = areExplained(own, bench);
  const about = [digest, signature, binding, ...(isExplained ? [] : [stageOf('certificate-unexplained')])];
  if (!search.isFound)
    return { stages: [...about, search.why], certificate, isRevocationKnown: false, path, sources: noSources };
  const chain = judgePath(path, bench, { purpose: 'time-stamping', provenMs: undefined });
  const { stage: revocation, sources, isKnown } = judgeStampRevocation(path, token.info.genTimeMs, task, bench);
  const validity = judgeTime(path, token.info.genTimeMs);
  return { stages: [...about, chain, revocation, validity], certificate, isRevocationKnown: isKnown, path, sources };
}

/** The name that the token gives its authority must be the certificate's, and the certificate's issuer on the list. */
function judgeIdentity(
  { info }: TimeStampToken,
  certificate: Certificate | undefined,
  { issuers }: TimeStampTrust,
): readonly Reason[] {
  if (certificate === undefined) return [];
  const { authorityKeyIdentifier } = certificate.extensions;
  const isListed =
    issuers === 'any' || (authorityKeyIdentifier !== undefined && issuers.includes(authorityKeyIdentifier));
  const hasOtherName =
    info.authority !== undefined && info.authority !== 'other' && !isSameName(info.authority, certificate.subjectName);
  return [
    ...(isListed ? [] : (['time-stamp-authority-unlisted'] as const)),
    ...(hasOtherName ? (['time-stamp-wrong'] as const) : []),
  ];
}

/** Not revoked at its own time, and not known to be revoked since then: what a stolen key stamps can bear any time. */
function judgeStampRevocation(
  path: readonly Certificate[],
  genTimeMs: number,
  { atMs }: TimeStampTask,
  bench: Bench,
): { readonly stage: Stage; readonly isKnown: boolean; readonly sources: Sources } {
  const then = bench.judgeRevocation(path, genTimeMs);
  const since = bench.judgeRevocation(path, atMs);
  const stage = since.stage.outcome === 'FAIL' ? since.stage : then.stage;
  const isKnown = stage.outcome !== 'UNKNOWN';
  const mayBeUnknown = bench.trust.timeStamping?.revocation === 'if-known' && path.slice(1).every(bench.isKnown);
  const isExcused = mayBeUnknown && isNothingKnown(stage);
  return { stage: isExcused ? stageOf('revocation-not-demanded') : stage, isKnown, sources: then };
}

/** What a finding about the authority or its signature means for the time of the stamped signature. */
const meanings: Readonly<Partial<Record<StageName, Readonly<Record<'FAIL' | 'UNKNOWN', Reason>>>>> = {
  digest: { FAIL: 'time-stamp-wrong', UNKNOWN: 'time-stamp-algorithm-unaccepted' },
  signature: { FAIL: 'time-stamp-wrong', UNKNOWN: 'time-stamp-algorithm-unaccepted' },
  'signing-certificate': { FAIL: 'time-stamp-wrong', UNKNOWN: 'time-stamp-authority-untrusted' },
  chain: { FAIL: 'time-stamp-authority-wrong', UNKNOWN: 'time-stamp-authority-untrusted' },
  revocation: { FAIL: 'time-stamp-authority-revoked', UNKNOWN: 'time-stamp-authority-revocation-unknown' },
  time: { FAIL: 'time-stamp-authority-out-of-validity', UNKNOWN: 'time-stamp-authority-out-of-validity' },
};

function meaningOf(finding: Stage): readonly Stage[] {
  if (finding.outcome === 'PASS') return [];
  return [stageOf(meanings[finding.name]?.[finding.outcome] ?? 'time-stamp-unsupported')];
}

import type { RevocationList } from '../crl/index.ts';
import type { OcspResponse } from '../ocsp/index.ts';
import type { Certificate } from '../x509/index.ts';
import type { CertificateMemory } from './certificate-memory.ts';
import { judgeList, listStatements } from './list-statements.ts';
import { stageOf, weightiest, type Stage } from './reasons.ts';
import { judgeResponse, responseStatements, type VerifiedResponse } from './response-statements.ts';
import type { RevocationStore } from './revocation-store.ts';
import { noSources, type Question, type Reason, type Sources, type Statement, type Statements } from './statements.ts';
import type { TrustConfiguration } from './trust.ts';

/** Judges revocation of every certificate of a path but its anchor, which the operator removes by hand. */
export type RevocationJudge = (path: readonly Certificate[], atMs: number) => RevocationJudgement;

/** The answers that decided, from signer to root, beside the stage. */
export type RevocationJudgement = Sources & { readonly stage: Stage };

/** Everything that judges one path: the answers at hand, and the verifications that are remembered. */
type Bench = {
  readonly trust: TrustConfiguration;
  readonly store: RevocationStore;
  readonly listOf: (list: RevocationList, authority: Certificate) => Reason | 'right';
  readonly responseOf: (response: OcspResponse, authority: Certificate) => VerifiedResponse;
};

/**
 * All answers are asked, and fail closed (docs/decisions/0007): one that says revoked beats all others, without a fresh good one the answer is
 * UNKNOWN. Signatures of lists and responses are verified once for each authority and remembered as long as the store holds them.
 */
export function createRevocationJudge(trust: TrustConfiguration, memory: CertificateMemory): RevocationJudge {
  const listOf = onceForEach((list: RevocationList, authority) => judgeList(list, authority, trust, memory.keyOf));
  const responseOf = onceForEach((response: OcspResponse, authority) =>
    judgeResponse(response, authority, { trust, memory }),
  );
  const excused = new Set(
    trust.authorityRevocation === 'if-known' ? trust.intermediates.map(({ sha256 }) => sha256) : [],
  );
  return (path, atMs) => {
    // An anchor alone: nobody lists it, and who believes it can take it out.
    if (path.length < 2) return { ...noSources, stage: stageOf('revocation-not-demanded') };
    const bench: Bench = { trust, store: trust.revocation(), listOf, responseOf };
    const findings = path.slice(0, -1).map((certificate, depth) => {
      const { reason, ...sources } = judgeCertificate(
        { certificate, authority: path[depth + 1] ?? certificate, atMs },
        bench,
      );
      return { stage: meaningAt(depth, reason, excused.has(certificate.sha256)), ...sources };
    });
    const excuse = findings.find(({ stage }) => stage.reason === 'holder-not-revoked');
    return {
      stage: weightiest(
        findings.map(({ stage }) => stage),
        excuse?.stage ?? stageOf('not-revoked'),
      ),
      lists: findings.flatMap(({ lists }) => lists),
      responses: findings.flatMap(({ responses }) => responses),
    };
  };
}

/** What an answer about the certificate at this depth of a path means; an authority is at depth 1 or more. */
function meaningAt(depth: number, reason: Reason, isExcused: boolean): Stage {
  const stage = stageOf(reason === 'revoked' && depth > 0 ? 'issuer-revoked' : reason);
  return depth > 0 && isExcused && isNothingKnown(stage) ? stageOf('holder-not-revoked') : stage;
}

/** True where no answer could be used. That an authority does not know a certificate is an answer, and none that a trust configuration excuses. */
export function isNothingKnown({ outcome, reason }: Stage): boolean {
  return outcome === 'UNKNOWN' && reason !== 'certificate-unknown-to-authority';
}

/** Remembers an answer for each pair of objects; forgotten with the objects, so that the bound is that of the store. */
function onceForEach<T extends object, V>(
  judge: (thing: T, authority: Certificate) => V,
): (thing: T, authority: Certificate) => V {
  const known = new WeakMap<T, WeakMap<Certificate, { readonly value: V }>>();
  return (thing, authority) => {
    const before = known.get(thing)?.get(authority);
    if (before !== undefined) return before.value;
    const value = judge(thing, authority);
    const byAuthority = known.get(thing) ?? new WeakMap<Certificate, { readonly value: V }>();
    byAuthority.set(authority, { value });
    known.set(thing, byAuthority);
    return value;
  };
}

type Answer = Sources & { readonly reason: Reason };

function judgeCertificate(question: Question, bench: Bench): Answer {
  const { certificate, authority } = question;
  const fromLists = askLists(question, bench);
  const responses = bench.store.responsesFor(certificate, authority);
  const fromResponses = responseStatements(responses, question, bench.trust, (response) =>
    believed(response, question, bench),
  );
  return decide(fromLists, fromResponses, question.atMs);
}

function askLists(question: Question, bench: Bench): Statements {
  const lists = bench.store.listsFor(question.authority.extensions.subjectKeyIdentifier ?? '');
  return listStatements(lists, question, bench.listOf);
}

/**
 * A delegate's own revocation is judged by lists alone, since its responses cannot speak for it. One that a list names at any time is not believed:
 * who holds a stolen responder's key dates his answers as he likes. Without ocsp-nocheck a list must clear it for the time of the response.
 */
function believed(response: OcspResponse, { authority }: Question, bench: Bench): Reason | 'right' {
  const verified = bench.responseOf(response, authority);
  if (!verified.isVerified) return verified.reason;
  const { delegate } = verified;
  if (delegate === undefined) return 'right';
  const ever = askLists({ certificate: delegate, authority, atMs: Number.POSITIVE_INFINITY }, bench).said;
  if (ever.some(({ status }) => status === 'revoked')) return 'ocsp-responder-untrusted';
  if (delegate.extensions.hasOcspNoCheck) return 'right';
  const then = askLists({ certificate: delegate, authority, atMs: response.producedAtMs }, bench).said;
  return then.some(({ status, isFresh }) => status === 'good' && isFresh) ? 'right' : 'ocsp-responder-untrusted';
}

/** Of reasons why nothing could be used, the one that tells most comes first. */
const byTelling: readonly Reason[] = [
  'ocsp-stale',
  'crl-stale',
  'ocsp-responder-untrusted',
  'ocsp-signature-wrong',
  'crl-signature-wrong',
  'ocsp-unsupported',
  'crl-unsupported',
];

function decide(lists: Statements, responses: Statements, atMs: number): Answer {
  const said = [...responses.said, ...lists.said];
  const revoked = said.find((one) => one.status === 'revoked' && !isLifted(one, said, atMs));
  if (revoked !== undefined) return answer('revoked', revoked);
  // A list cannot tell what was never issued, so only a younger response outweighs one that does not know the certificate.
  const fresh = responses.said.filter((one) => one.isFresh && one.status !== 'revoked');
  const newest = fresh.reduce<Statement | undefined>(
    (best, one) => (best === undefined || isYounger(one, best) ? one : best),
    undefined,
  );
  if (newest?.status === 'unknown') return answer('certificate-unknown-to-authority', newest);
  const good = newest ?? lists.said.find((one) => one.isFresh && one.status === 'good');
  if (good !== undefined) return answer('not-revoked', good);
  const stale: readonly Reason[] = [
    ...(responses.said.length > 0 ? (['ocsp-stale'] as const) : []),
    ...(lists.said.length > 0 ? (['crl-stale'] as const) : []),
  ];
  const reasons = [...stale, ...responses.unusable, ...lists.unusable];
  return { ...noSources, reason: byTelling.find((reason) => reasons.includes(reason)) ?? 'crl-missing' };
}

function isYounger(one: Statement, other: Statement): boolean {
  return one.saidAtMs > other.saidAtMs || (one.saidAtMs === other.saidAtMs && one.status === 'unknown');
}

/** A hold is lifted where a younger answer, made by the time of judgement, no longer knows of it. */
function isLifted(hold: Statement, said: readonly Statement[], atMs: number): boolean {
  return (
    hold.isHold && said.some((one) => one.status === 'good' && hold.saidAtMs < one.saidAtMs && one.saidAtMs <= atMs)
  );
}

function answer(reason: Reason, { lists, responses }: Statement): Answer {
  return { reason, lists, responses };
}

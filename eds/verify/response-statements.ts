import { equalBytes } from '../../core/kernel/index.ts';
import { allowsKey, allowsScheme } from '../algorithms/index.ts';
import { oids } from '../der/index.ts';
import { idMatcher, publicKeyBits, type OcspAnswer, type OcspResponse } from '../ocsp/index.ts';
import { isSameName, type Certificate } from '../x509/index.ts';
import { createCertificateMemory, type CertificateMemory } from './certificate-memory.ts';
import { speaksFor, statusAt, type Question, type Reason, type Statement, type Statements } from './statements.ts';
import type { TrustConfiguration } from './trust.ts';

/** A response under the signature of the authority (no delegate) or of its delegated responder; or why it is neither. */
export type VerifiedResponse =
  | { readonly isVerified: true; readonly delegate: Certificate | undefined }
  | { readonly isVerified: false; readonly reason: Reason };

type ResponseTrust = Pick<TrustConfiguration, 'algorithmPolicy' | 'suite' | 'refusedPolicies'>;
type Bench = { readonly trust: ResponseTrust; readonly memory: CertificateMemory };

/**
 * True where this authority, or a responder that it empowered, signed the response by algorithms that are allowed. Whether the responder was
 * revoked, and whether the response is fresh, is not asked.
 */
export function isOcspResponseOf(response: OcspResponse, authority: Certificate, trust: ResponseTrust): boolean {
  return judgeResponse(response, authority, { trust, memory: createCertificateMemory(trust.suite) }).isVerified;
}

/**
 * Verifies who signed a response for certificates of this authority. What never changes is judged here; whether a delegate was revoked
 * is not. The certificates beside the signature are not under it, so each must be the delegate's or the authority's own, octet by octet.
 */
export function judgeResponse(response: OcspResponse, authority: Certificate, bench: Bench): VerifiedResponse {
  const { trust, memory } = bench;
  if (response.unknownCritical.length > 0) return no('ocsp-unsupported');
  const others = response.certificates.filter((der) => !equalBytes(der, authority.der));
  const delegates = others.map((der) => memory.recall(der));
  const isByAuthority = isResponder(response, authority, trust);
  const [delegate] = delegates;
  if (delegates.length > (isByAuthority ? 0 : 1)) return no('ocsp-responder-untrusted');
  if (!isByAuthority && (delegate === undefined || !isDelegate(delegate, { response, authority }, bench)))
    return no('ocsp-responder-untrusted');
  const key = memory.keyOf(delegate ?? authority);
  const scheme = key?.scheme(response.signatureAlgorithm, undefined);
  const isAllowed =
    key !== undefined &&
    scheme !== undefined &&
    allowsKey(trust.algorithmPolicy, key) &&
    allowsScheme(trust.algorithmPolicy, scheme.name);
  if (!isAllowed) return no('ocsp-unsupported');
  return scheme.verify(response.signedPart, response.signature)
    ? { isVerified: true, delegate }
    : no('ocsp-signature-wrong');
}

function no(reason: Reason): VerifiedResponse {
  return { isVerified: false, reason };
}

function isResponder({ responder }: OcspResponse, certificate: Certificate, trust: ResponseTrust): boolean {
  if (responder.kind === 'name') return isSameName(responder.name, certificate.subjectName);
  const keyHash = trust.suite.digest(oids.sha1, publicKeyBits(certificate));
  return keyHash !== undefined && equalBytes(keyHash, responder.keyHash);
}

/** RFC 6960 §4.2.2.2: the certificate comes from the authority itself, by its very key, and is for this purpose. */
function isDelegate(
  delegate: Certificate,
  { response, authority }: { readonly response: OcspResponse; readonly authority: Certificate },
  { trust, memory }: Bench,
): boolean {
  const { extensions, notBeforeMs, notAfterMs } = delegate;
  const link = memory.link(delegate, authority);
  const isIssued =
    link.kind === 'right' &&
    allowsScheme(trust.algorithmPolicy, link.schemeName) &&
    isSameName(delegate.issuer, authority.subjectName);
  const isForIt =
    extensions.extendedKeyUsage?.includes(oids.ocspSigning) === true &&
    extensions.keyUsage?.some((usage) => usage === 'digitalSignature' || usage === 'nonRepudiation') !== false &&
    extensions.unknownCritical.length === 0 &&
    extensions.policies?.some((policy) => trust.refusedPolicies.includes(policy)) !== true;
  const isInForce = notBeforeMs <= response.producedAtMs && response.producedAtMs <= notAfterMs;
  return isIssued && isForIt && isInForce && isResponder(response, delegate, trust);
}

/** What responses say about a certificate. `judge` verifies a response, a delegate's revocation included. */
export function responseStatements(
  responses: readonly OcspResponse[],
  question: Question,
  trust: TrustConfiguration,
  judge: (response: OcspResponse) => Reason | 'right',
): Statements {
  const isAsked = idMatcher({ certificate: question.certificate, issuer: question.authority }, trust.suite);
  const said: Statement[] = [];
  const unusable: Reason[] = [];
  for (const response of responses) {
    const answers = response.answers.filter(({ id }) => isAsked(id));
    if (answers.length === 0) continue;
    const signature = judge(response);
    if (signature !== 'right') unusable.push(signature);
    else if (answers.some(({ unknownCritical }) => unknownCritical.length > 0)) unusable.push('ocsp-unsupported');
    else said.push(...answers.map((answer) => say(answer, response, question, trust)));
  }
  return { said, unusable };
}

function say(answer: OcspAnswer, response: OcspResponse, question: Question, trust: TrustConfiguration): Statement {
  const { thisUpdateMs, nextUpdateMs } = answer;
  const untilMs = nextUpdateMs ?? (trust.ocspAgeMaxMs === undefined ? undefined : thisUpdateMs + trust.ocspAgeMaxMs);
  return {
    ...statusOf(answer, response, question.atMs),
    saidAtMs: thisUpdateMs,
    // Nobody knows at a time what is later than it.
    isFresh: thisUpdateMs <= response.producedAtMs && speaksFor({ thisUpdateMs, untilMs }, question),
    lists: [],
    responses: [response],
  };
}

function statusOf(
  { status, revocation }: OcspAnswer,
  response: OcspResponse,
  atMs: number,
): Pick<Statement, 'status' | 'isHold'> {
  if (revocation === undefined) return { status: status === 'good' ? 'good' : 'unknown', isHold: false };
  // RFC 6960 §2.2: the way to write "never issued", which accuses nobody of anything.
  const isNeverIssued =
    response.hasExtendedRevoke && revocation.reason === 'certificate-hold' && revocation.revokedAtMs === 0;
  return isNeverIssued ? { status: 'unknown', isHold: false } : statusAt(revocation, atMs);
}

import { createHash } from 'node:crypto';
import { canonicalize, ok, refuse, type Result } from '../../core/kernel/index.ts';
import { parseSignedData } from '../cms/index.ts';
import { parseRevocationList, type RevocationList } from '../crl/index.ts';
import { parseOcspResponse, type OcspResponse } from '../ocsp/index.ts';
import {
  createRevocationStore,
  createVerifier,
  type VerificationReport,
  type VerificationRequest,
} from '../verify/index.ts';
import { parseCertificate, type Certificate, type SignerRole } from '../x509/index.ts';
import { base64Of, evidenceForm, readEvidenceDocument, type EvidenceDocument } from './pack-document.ts';
import { policyDocument, trustRulesHash, type EvidenceTrust } from './trust-rules.ts';

/**
 * `evidence-malformed`: no pack of this form, or something in it cannot be read. `evidence-content-differs`: the content is not the one that was
 * judged, or is missing. `evidence-trust-differs`: judged by other rules than those given. `evidence-time-unproven`: nobody vouches for the time of judgement.
 * `evidence-not-valid`: what is in the pack does not give VALID (with the reason). `evidence-differs`: something is in the pack that did not decide, or is
 * written otherwise than the pack of this judgement is.
 */
export type EvidenceRefusal =
  | 'evidence-malformed'
  | 'evidence-content-differs'
  | 'evidence-trust-differs'
  | 'evidence-time-unproven'
  | 'evidence-not-valid'
  | 'evidence-differs';

/**
 * Packs what a VALID verdict stands on (`qorgan.evidence/1`, canonical JSON), so that it can be reached again offline when certificates have
 * expired and services are gone. `report` must be the answer to `request` under `trust`. A pack leaves only after it has proven itself: refuses as
 * `verifyEvidence`, and `evidence-not-valid` for any other verdict.
 */
export function packEvidence(
  report: VerificationReport,
  request: VerificationRequest,
  trust: EvidenceTrust,
): Result<string, EvidenceRefusal> {
  if (report.verdict !== 'VALID') return refuse('evidence-not-valid', { reason: report.reason });
  const content = contentOf(request);
  if (content === undefined) return refuse('evidence-content-differs');
  const text = writePack(report, { ...request, content }, trust);
  const time = modeOf(report, request) === 'given' ? { judgedAtMs: request.atMs } : {};
  const verified = verifyEvidence({ pack: text, content, trust, ...time });
  return verified.ok ? ok(text) : verified;
}

export type EvidenceRequest = {
  readonly pack: string;
  /** The signed octets; of an attached signature they may be left out. */
  readonly content?: Uint8Array;
  /** Whom to believe, by the rules of the time of judgement; the anchors are the reader's own. */
  readonly trust: EvidenceTrust;
  /**
   * The time of judgement, where the reader knows it from elsewhere (the log's leaf); then the pack must be of that time, whatever the
   * signatures carry. Left out, the pack must be of the times that verified time-stamps prove for every signature: a pack cannot vouch for its
   * own time, or a stolen key could be used under an old list.
   */
  readonly judgedAtMs?: number;
  /** Every signer must hold one of these; the reader's demand, which no pack can lower. */
  readonly requireRoles?: readonly SignerRole[];
};

/**
 * Judges a pack again, offline, with the clock frozen at its time, by nothing but the reader's anchors and rules and what the pack
 * carries. The answer is a report that is VALID; everything missing, altered or added is a refusal.
 */
export function verifyEvidence(request: EvidenceRequest): Result<VerificationReport, EvidenceRefusal> {
  const read = readEvidenceDocument(request.pack);
  if (!read.ok) return read;
  const document = read.value;
  const held = readHeld(document);
  if (held === undefined) return refuse('evidence-malformed', { field: 'items' });
  const { trust, judgedAtMs } = request;
  if (document.trust !== trustRulesHash(trust)) return refuse('evidence-trust-differs');
  const isVouched =
    document.referenceTime === 'time-stamp' ? judgedAtMs === undefined : judgedAtMs === document.judgedAtMs;
  if (!isVouched) return refuse('evidence-time-unproven');
  const question = questionOf(document, request);
  const content = contentOf(question);
  if (content === undefined || sha256(content) !== document.content) return refuse('evidence-content-differs');
  const { certificates, lists, responses } = held;
  const store = createRevocationStore({ lists, responses });
  const report = createVerifier({
    ...trust,
    intermediates: trust.intermediates ?? [],
    revocation: () => store,
    // Said again: a whole configuration fits the type too, and what it excuses must stand in the pack.
    authorityRevocation: 'required',
  }).verify({ ...question, certificates });
  if (report.verdict !== 'VALID') return refuse('evidence-not-valid', { reason: report.reason });
  if (modeOf(report, question) !== document.referenceTime) return refuse('evidence-time-unproven');
  const again = writePack(report, { ...question, content }, trust);
  return again === request.pack ? ok(report) : refuse('evidence-differs');
}

function questionOf(document: EvidenceDocument, { content, requireRoles }: EvidenceRequest): VerificationRequest {
  const { cms, judgedAtMs, referenceTime } = document;
  const roles = requireRoles === undefined ? {} : { requireRoles };
  return { cms, atMs: judgedAtMs, referenceTime, ...roles, ...(content === undefined ? {} : { content }) };
}

/** How the times of a judgement were found: only where every signature has a verified time-stamp that counted, by time-stamps. */
function modeOf({ signers }: VerificationReport, { referenceTime }: VerificationRequest): 'time-stamp' | 'given' {
  const isStamped = signers.every(({ timeStamps }) => timeStamps.some(({ verdict }) => verdict === 'VALID'));
  return referenceTime !== 'given' && isStamped ? 'time-stamp' : 'given';
}

type Held = {
  readonly certificates: readonly Certificate[];
  readonly lists: readonly RevocationList[];
  readonly responses: readonly OcspResponse[];
};

function readHeld(document: EvidenceDocument): Held | undefined {
  const certificates = readAll(document.certificates, parseCertificate);
  const lists = readAll(document.revocationLists, parseRevocationList);
  const responses = readAll(document.ocspResponses, parseOcspResponse);
  if (certificates === undefined || lists === undefined || responses === undefined) return undefined;
  return { certificates, lists, responses };
}

function readAll<T>(items: readonly Uint8Array[], parse: (der: Uint8Array) => Result<T>): readonly T[] | undefined {
  const read: T[] = [];
  for (const item of items) {
    const parsed = parse(item);
    if (!parsed.ok) return undefined;
    read.push(parsed.value);
  }
  return read;
}

type Judged = VerificationRequest & { readonly content: Uint8Array };

function writePack(report: VerificationReport, request: Judged, trust: EvidenceTrust): string {
  const evidence = report.signers.map((signer) => signer.evidence);
  const certificates = evidence.flatMap(({ path, timeStampPaths }) => [...path, ...timeStampPaths.flat()]);
  return canonicalize({
    form: evidenceForm,
    cms: base64Of(request.cms),
    content: sha256(request.content),
    judgedAtMs: request.atMs,
    referenceTime: modeOf(report, request),
    certificates: textsOf(certificates),
    revocationLists: textsOf(evidence.flatMap(({ revocationLists }) => revocationLists)),
    ocspResponses: textsOf(evidence.flatMap(({ ocspResponses }) => ocspResponses)),
    algorithmPolicy: policyDocument(trust.algorithmPolicy),
    trust: trustRulesHash(trust),
  });
}

/** Each once, in the order of their texts. */
function textsOf(items: readonly { readonly der: Uint8Array }[]): readonly string[] {
  return [...new Set(items.map(({ der }) => base64Of(der)))].sort();
}

function contentOf({ cms, content }: VerificationRequest): Uint8Array | undefined {
  if (content !== undefined) return content;
  const parsed = parseSignedData(cms);
  return parsed.ok ? parsed.value.content : undefined;
}

function sha256(octets: Uint8Array): string {
  return createHash('sha256').update(octets).digest('hex');
}

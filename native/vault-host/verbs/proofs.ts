import { fromBase64, ok, refuse, type Result } from '../../../core/kernel/index.ts';
import type { EvidenceDescriptor } from '../../../core/evidence/index.ts';
import type { EntryBodies } from '../../../core/journal/index.ts';
import {
  formatNoteKey,
  logKeyForProof,
  openLogCompromise,
  verifyReceipt,
  type Cosigner,
  type LogCompromise,
} from '../../../core/log/index.ts';
import { canonicalize, verifyDocument, type HeadStatement, type SignedDocument } from '../../../core/signing/index.ts';
import { parseEvidenceDocument, parseHeadStatement } from '../../../contracts/documents/index.ts';
import { parsePromise } from '../../../contracts/vault-host/index.ts';
import { sha256, verifyEd25519, verifyMlDsa44 } from '../hash.ts';
import type { Enrolment } from '../vault/enrolment.ts';

/** What proofs are checked against: an own act with its bytes. */
export type ActFacts = {
  readonly actionId: EntryBodies['promise']['actionId'];
  readonly sequence: number;
  readonly hash: string;
  readonly envelope: string;
  readonly cms: string;
};

export type PromiseFault = 'promise-invalid' | 'document-signature-invalid';

/** A promise that the platform key signed for exactly this act, with the facts that it states. */
export function readPromise(
  enrolment: Enrolment,
  act: ActFacts,
  document: SignedDocument,
): Result<EntryBodies['promise'], PromiseFault> {
  const verified = verifyDocument({ document, publicKey: enrolment.platformKey, sha256, verifyEd25519 });
  if (!verified.ok) return verified;
  const promise = parsePromise(document.document);
  if (!promise.ok) return promise;
  const { platform, device, epoch } = enrolment.device;
  const { actionId, sequence, envelope, outcome, commitment, deadlineMs } = promise.value;
  const isOurs =
    promise.value.platform === platform && promise.value.device === device && promise.value.epoch === epoch;
  if (!isOurs || actionId !== act.actionId || sequence !== act.sequence || envelope !== act.hash)
    return refuse('promise-invalid');
  return ok({ actionId, document, outcome, commitment, deadlineMs });
}

/** A statement about the heads of this very journal that the platform key signed. */
export function readStatement(
  enrolment: Enrolment,
  document: SignedDocument,
): Result<HeadStatement, 'statement-invalid'> {
  const verified = verifyDocument({ document, publicKey: enrolment.platformKey, sha256, verifyEd25519 });
  const stated = parseHeadStatement(document.document);
  if (!verified.ok || !stated.ok) return refuse('statement-invalid');
  const { platform, profile, device, epoch } = enrolment.device;
  const { value } = stated;
  const isOurs =
    value.platform === platform && value.profile === profile && value.device === device && value.epoch === epoch;
  return isOurs ? stated : refuse('statement-invalid');
}

/** A verified receipt as the journal keeps it, and the pinned witnesses that vouch for its tree head. */
export type ReadReceipt = {
  readonly body: Required<EntryBodies['receipt']>;
  readonly cosigners: readonly Cosigner[];
};

/**
 * A receipt that the pinned log key signed and that opens to exactly this act, with the facts that it states and the level that the
 * pinned witnesses give it. Lines of others count for nothing; a wrong one of theirs makes the receipt wrong.
 */
export function readReceipt(
  enrolment: Enrolment,
  act: ActFacts,
  proof: string,
): Result<ReadReceipt, 'receipt-invalid'> {
  const { platform, device, epoch } = enrolment.device;
  const signature = fromBase64(act.cms);
  if (!signature.ok) return refuse('receipt-invalid', { why: 'receipt-other-signature' });
  const verdict = verifyReceipt({
    ...{ proof, platform, sha256, verifyEd25519, verifyMlDsa44 },
    logKey: formatNoteKey(logKeyForProof(enrolment.logPins, proof)),
    witnesses: enrolment.witnesses,
    act: act.envelope,
    signature: signature.value,
  });
  if (verdict.verdict !== 'good') return refuse('receipt-invalid', { why: verdict.reason });
  const { leaf, index, level, cosigners } = verdict.facts;
  const isOurs =
    leaf.kind === 'act' &&
    leaf.actionId === act.actionId &&
    leaf.device === device &&
    leaf.epoch === epoch &&
    leaf.sequence === act.sequence;
  if (!isOurs) return refuse('receipt-invalid', { why: 'receipt-other-act' });
  const { outcome, commitment } = leaf;
  const deskLevel = level === 'external' ? level : 'log';
  return ok({ body: { actionId: act.actionId, proof, outcome, commitment, index, level: deskLevel }, cosigners });
}

/** A statement of the pinned platform that the key of its log was stolen. */
export function readCompromise(
  { bundle, platformKey }: Enrolment,
  document: SignedDocument,
): Result<LogCompromise, 'log-compromise-invalid'> {
  const { platform, profile, log } = bundle;
  const about = { platform, profile, origin: log.origin };
  return openLogCompromise({ document, about, platformKey, sha256, verifyEd25519 });
}

/**
 * A receipt that the pinned log key signed and that opens to a document of this platform about exactly these bytes from this device,
 * with the facts that it states.
 */
export function readEvidenceReceipt(
  enrolment: Enrolment,
  descriptor: EvidenceDescriptor | undefined,
  { document, proof }: { readonly document: string; readonly proof: string },
): Result<EntryBodies['evidence-receipt'], 'receipt-invalid'> {
  const { platform, device, profile } = enrolment.device;
  const verdict = verifyReceipt({
    ...{ proof, platform, sha256, verifyEd25519 },
    logKey: formatNoteKey(logKeyForProof(enrolment.logPins, proof)),
    act: document,
  });
  if (verdict.verdict !== 'good') return refuse('receipt-invalid', { why: verdict.reason });
  const { leaf, index } = verdict.facts;
  const told = parseEvidenceDocument(document);
  if (!told.ok || leaf.kind !== 'platform' || leaf.outcome !== 'accepted' || descriptor === undefined)
    return refuse('receipt-invalid', { why: 'receipt-other-document' });
  const isOurs =
    told.value.platform === platform &&
    told.value.profile === profile &&
    told.value.device === device &&
    canonicalize(told.value.descriptor) === canonicalize(descriptor);
  if (!isOurs) return refuse('receipt-invalid', { why: 'receipt-other-document' });
  return ok({ sha256: descriptor.sha256, document, proof, verdict: told.value.verdict, index });
}

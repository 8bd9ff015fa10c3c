import { fromBase64, type Json } from '../../core/kernel/index.ts';
import { validationCommitment, type Leaf } from '../../core/log/index.ts';
import type { ActEnvelope } from '../../core/signing/index.ts';
import { parseActEnvelope } from '../../contracts/documents/index.ts';
import { sha256, sha256Hex } from '../../eds/index.ts';
import { fieldsOf, type Documents, type Fields } from './documents.ts';
import type { Findings } from './findings.ts';
import type { Rights } from './rights.ts';
import type { SignatureJudge } from './signatures.ts';

/** Validation data names some lists. */
const textSizeMax = 131_072;

/** An act whose leaf was opened by these very bytes. */
export type OpenedAct = {
  readonly file: string;
  /** True for one of the range; of chains beside it there are pieces alone. */
  readonly isOfRange: boolean;
  readonly leaf: Leaf;
  readonly origin: string;
  readonly envelope: Buffer;
  readonly cms: Buffer;
  readonly validation: string | undefined;
  readonly validationSalt: string | undefined;
};

export type ActChecks = {
  readonly findings: Findings;
  readonly documents: Documents;
  readonly rights: Rights;
  readonly judge: SignatureJudge;
  /** Last act of each chain: its sequence, and its hash where its content is in the package. */
  readonly chains: Map<string, { readonly sequence: number; readonly hash: string | undefined }>;
};

/** The validation data, where the leaf commits to it; `null` where the leaf says that there is none. */
function validationOf(
  { file, leaf, validation, validationSalt }: OpenedAct,
  { find }: Findings,
): Fields | null | undefined {
  if (leaf.validation === null && validation === undefined && validationSalt === undefined) return null;
  const salt = fromBase64(validationSalt?.trimEnd() ?? '');
  const isCommitted =
    validation !== undefined &&
    validationSalt?.endsWith('\n') === true &&
    salt.ok &&
    validationCommitment({ sha256, salt: salt.value, dataHash: sha256(validation) }) === leaf.validation;
  const fields = isCommitted ? fieldsOf(validation, textSizeMax) : undefined;
  if (fields === undefined) find('validation-differs', file);
  return fields;
}

/** True where an accepted act is the one that its leaf names; in the chain of a release it has another place than it claims. */
function isOfLeaf({ leaf, origin }: OpenedAct, { platform, log, id, device, epoch, sequence }: ActEnvelope): boolean {
  const isAtPlace = epoch !== leaf.epoch || sequence === leaf.sequence;
  return platform === leaf.platform && log === origin && id === leaf.actionId && device === leaf.device && isAtPlace;
}

/** Every act of a chain names the one before it, whatever became of that; one whose content is gone keeps its place. */
export function checkChain(
  act: Pick<OpenedAct, 'file' | 'leaf'> & Partial<Pick<OpenedAct, 'envelope'>>,
  claimed: Pick<ActEnvelope, 'epoch' | 'previous'> | undefined,
  { chains, findings }: ActChecks,
): void {
  const { device, epoch, sequence, outcome } = act.leaf;
  const name = `${device ?? ''}/${epoch ?? ''}`;
  const before = chains.get(name);
  if (before !== undefined) {
    const isNext = sequence === before.sequence + 1;
    const isClaimed = outcome === 'accepted' && act.envelope !== undefined && before.hash !== undefined;
    // What two people let in stands on nothing but their release.
    const isReleased = claimed !== undefined && claimed.epoch !== epoch;
    const isLinked = !isClaimed || isReleased || claimed?.previous === before.hash;
    if (!isNext || !isLinked) findings.find('act-chain', act.file);
  }
  chains.set(name, { sequence, hash: act.envelope === undefined ? undefined : sha256Hex(act.envelope) });
}

const texts = (value: Json | undefined): readonly string[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];

/** Whether the card of the person whom the act names signed it; `undefined` where that cannot be told. */
function isSigned(
  act: OpenedAct,
  { actor }: ActEnvelope,
  validation: Fields,
  { findings, judge }: ActChecks,
): boolean | undefined {
  const atMs = Number(validation['atMs']);
  const report = judge.judge({ cms: act.cms, content: act.envelope, atMs, lists: texts(validation['lists']) });
  if (report === undefined) return findings.doubt('list-absent', act.file);
  if (texts(validation['responses']).length > 0) findings.doubt('answer-absent', act.file);
  if (report.verdict === 'INVALID') return findings.find('act-signature', act.file, report.reason);
  if (report.verdict !== 'VALID') return findings.doubt('signature-unknown', act.file, report.reason);
  const { signer } = report;
  const isNamed =
    report.signers.length === 1 &&
    signer?.iin === actor.iin &&
    signer.certificateSha256 === actor.certificate &&
    actor.certificate === validation['certificate'];
  return isNamed || findings.find('act-signer', act.file);
}

/** Judges the right of an act that was accepted, and lets it count for those after it where its place, its signature and its right hold. */
function checkAccepted(act: OpenedAct, envelope: ActEnvelope, validation: Fields, checks: ActChecks): void {
  const { documents, rights } = checks;
  const { file, leaf } = act;
  const placed = { file, leaf, envelope, hash: sha256Hex(act.envelope) };
  const isInRelease = envelope.epoch !== leaf.epoch;
  const signed = isSigned(act, envelope, validation, checks);
  if (isInRelease && !rights.judgeRelease(placed)) return;
  const { type, policy, actor } = envelope;
  const byDocuments = () => documents.mayAct({ ...actor, type, policy, atMs: leaf.receivedAtMs });
  const counts = rights.judge(placed, isInRelease, byDocuments);
  if (counts && signed !== false) rights.apply(placed, signed === true);
}

/**
 * Judges one act: its chain, its validation data, and where it was accepted its place, the signature of the card as of the time of
 * acceptance, and the right of its signer by what the package holds of before it. Of a refused one nothing more is claimed.
 */
export function checkAct(act: OpenedAct, checks: ActChecks): void {
  const { findings } = checks;
  const parsed = parseActEnvelope(act.envelope.toString('utf8'));
  const envelope = parsed.ok ? parsed.value : undefined;
  if (act.isOfRange) checkChain(act, envelope, checks);
  const validation = validationOf(act, findings);
  if (act.leaf.outcome !== 'accepted') return;
  if (envelope === undefined || !isOfLeaf(act, envelope)) findings.find('act-differs', act.file);
  else if (validation === null) findings.find('validation-differs', act.file);
  else if (validation !== undefined) checkAccepted(act, envelope, validation, checks);
}

import { fromBase64, type Json } from '../../core/kernel/index.ts';
import { validationCommitment, type Leaf } from '../../core/log/index.ts';
import { sha256, sha256Hex } from '../../eds/index.ts';
import { fieldsOf, memberOf, textOf, type Documents, type Fields } from './documents.ts';
import type { Findings } from './findings.ts';
import type { SignatureJudge } from './signatures.ts';

/** Envelopes are far smaller; validation data names some lists. */
const textSizeMax = 131_072;

/** An act whose leaf was opened by these very bytes. */
export type OpenedAct = {
  readonly file: string;
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

/** The place that an accepted act claims must be that of its leaf. */
function isPlaced({ leaf, origin }: OpenedAct, fields: Fields): boolean {
  const { platform, log, id, device, epoch, sequence } = fields;
  return (
    platform === leaf.platform &&
    log === origin &&
    id === leaf.actionId &&
    device === leaf.device &&
    epoch === leaf.epoch &&
    sequence === leaf.sequence
  );
}

/** Every act of a chain names the one before it, whatever became of that; one whose content is gone keeps its place. */
export function checkChain(
  act: Pick<OpenedAct, 'file' | 'leaf'> & Partial<Pick<OpenedAct, 'envelope'>>,
  fields: Fields | undefined,
  { chains, findings }: ActChecks,
): void {
  const { device, epoch, sequence, outcome } = act.leaf;
  const name = `${device ?? ''}/${epoch ?? ''}`;
  const before = chains.get(name);
  if (before !== undefined) {
    const isNext = sequence === before.sequence + 1;
    const isClaimed = outcome === 'accepted' && act.envelope !== undefined && before.hash !== undefined;
    const isLinked = !isClaimed || fields?.['previous'] === before.hash;
    if (!isNext || !isLinked) findings.find('act-chain', act.file);
  }
  chains.set(name, { sequence, hash: act.envelope === undefined ? undefined : sha256Hex(act.envelope) });
}

const texts = (value: Json | undefined): readonly string[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];

function checkSignature(act: OpenedAct, fields: Fields, validation: Fields, checks: ActChecks): void {
  const { findings, judge } = checks;
  const atMs = Number(validation['atMs']);
  const report = judge.judge({ cms: act.cms, content: act.envelope, atMs, lists: texts(validation['lists']) });
  if (report === undefined) return findings.doubt('list-absent', act.file);
  if (texts(validation['responses']).length > 0) findings.doubt('answer-absent', act.file);
  if (report.verdict === 'INVALID') return findings.find('act-signature', act.file, report.reason);
  if (report.verdict !== 'VALID') return findings.doubt('signature-unknown', act.file, report.reason);
  const { signer } = report;
  const isNamed =
    report.signers.length === 1 &&
    signer?.iin === memberOf(fields, 'actor', 'iin') &&
    signer?.certificateSha256 === memberOf(fields, 'actor', 'certificate') &&
    signer?.certificateSha256 === validation['certificate'];
  if (!isNamed) findings.find('act-signer', act.file);
}

function checkRight(act: OpenedAct, fields: Fields, { findings, documents }: ActChecks): void {
  const might = documents.mayAct({
    iin: textOf(memberOf(fields, 'actor', 'iin')),
    certificate: textOf(memberOf(fields, 'actor', 'certificate')),
    type: textOf(fields['type']),
    policy: Number(fields['policy']),
    atMs: act.leaf.receivedAtMs,
  });
  if (might === false) findings.find('act-right', act.file);
  else if (might !== true) findings.doubt(might, act.file);
}

/**
 * Judges one act: its chain, its validation data, and where it was accepted its place, the signature of the card as of the time of
 * acceptance, and the right of its signer by the documents of the package. Of a refused one nothing more is claimed.
 */
export function checkAct(act: OpenedAct, checks: ActChecks): void {
  const { findings } = checks;
  const fields = fieldsOf(act.envelope.toString('utf8'), textSizeMax);
  checkChain(act, fields, checks);
  const validation = validationOf(act, findings);
  if (act.leaf.outcome !== 'accepted') return;
  if (fields === undefined || !isPlaced(act, fields)) return findings.find('act-differs', act.file);
  if (validation === null) return findings.find('validation-differs', act.file);
  if (validation === undefined) return;
  checkSignature(act, fields, validation, checks);
  checkRight(act, fields, checks);
}

import { refuse, type Result, type Sha256, type VerifyEd25519, type VerifyMlDsa44 } from '../kernel/index.ts';
import { parseCheckpoint, type Checkpoint } from './checkpoint.ts';
import { openNote } from './note-trust.ts';
import type { ReceiptQuestion, ReceiptVerdict } from './receipt.ts';
import { meetsPolicy, parseWitnessPolicy, type WitnessPolicy } from './witness-policy.ts';

/**
 * The head that outside witnesses vouch for, whatever key of the log signed it: what is left to believe of a log whose key
 * was stolen. `head-not-vouched` where they are fewer than the policy (C2SP tlog-policy text) wants.
 */
export function vouchedHead(options: {
  readonly note: string;
  readonly policy: string;
  readonly sha256: Sha256;
  readonly verifyEd25519: VerifyEd25519;
  readonly verifyMlDsa44: VerifyMlDsa44;
}): Result<Checkpoint, 'head-not-vouched' | 'witness-policy-malformed'> {
  const { note, sha256, verifyEd25519, verifyMlDsa44 } = options;
  const policy = parseWitnessPolicy(sha256, options.policy);
  return policy.ok ? headBy(policy.value, { note, verifyEd25519, verifyMlDsa44 }) : policy;
}

type Shown = {
  readonly note: string;
  readonly verifyEd25519: VerifyEd25519;
  readonly verifyMlDsa44?: VerifyMlDsa44 | undefined;
};

function headBy(policy: WitnessPolicy, shown: Shown): Result<Checkpoint, 'head-not-vouched'> {
  const opened = openNote({ ...shown, keys: policy.witnesses.map(({ key }) => key) });
  const head = opened.ok ? parseCheckpoint(opened.value.text) : opened;
  if (!opened.ok || !head.ok) return refuse('head-not-vouched');
  const cosigners = opened.value.signatures.map(({ key }) => key);
  return meetsPolicy(policy, cosigners) ? head : refuse('head-not-vouched');
}

/**
 * What is left of a good receipt after the key of its log was stolen. `lastHead` (note) is the last head that the witnesses of the question
 * vouch for; the receipt stays good where as many of them vouch for its own head, and that is no larger: they never vouch for two histories.
 */
export function upToLastHead(
  verdict: ReceiptVerdict,
  question: Pick<ReceiptQuestion, 'witnesses' | 'verifyEd25519' | 'verifyMlDsa44'>,
  lastHead: string,
): ReceiptVerdict {
  if (verdict.verdict !== 'good') return verdict;
  const { facts } = verdict;
  const { witnesses, verifyEd25519, verifyMlDsa44 } = question;
  const head =
    witnesses === undefined
      ? refuse('head-not-vouched')
      : headBy(witnesses, { note: lastHead, verifyEd25519, verifyMlDsa44 });
  if (!head.ok || head.value.origin !== facts.origin)
    return { verdict: 'cannot-tell', reason: 'head-not-vouched', facts };
  const isVouched = facts.level === 'external' && facts.size <= head.value.size;
  return isVouched ? verdict : { verdict: 'cannot-tell', reason: 'receipt-not-vouched', facts };
}

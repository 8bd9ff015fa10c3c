import { refuse, type Result, type Sha256, type VerifyEd25519, type VerifyMlDsa44 } from '../kernel/index.ts';
import { parseCheckpoint, type Checkpoint } from './checkpoint.ts';
import { openNote } from './note-trust.ts';
import { meetsPolicy, parseWitnessPolicy } from './witness-policy.ts';

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
  if (!policy.ok) return policy;
  const keys = policy.value.witnesses.map(({ key }) => key);
  const opened = openNote({ note, keys, verifyEd25519, verifyMlDsa44 });
  const head = opened.ok ? parseCheckpoint(opened.value.text) : opened;
  if (!opened.ok || !head.ok) return refuse('head-not-vouched');
  const cosigners = opened.value.signatures.map(({ key }) => key);
  return meetsPolicy(policy.value, cosigners) ? head : refuse('head-not-vouched');
}

import type { PolicyDocument } from '../../core/access/index.ts';
import type { CaseState } from '../../core/actions/index.ts';
import type { ActEnvelope } from '../../core/signing/index.ts';
import { checkSignature } from '../accounts/index.ts';
import type { Admission, IntakeContext } from './admission.ts';

/** The policy that an act proposes, or confirms. */
function policyIn({ type, payload }: ActEnvelope, state: CaseState): PolicyDocument | undefined {
  if (type === 'access.propose') return payload.change.kind === 'policy' ? payload.change.record : undefined;
  const isConfirmed = type === 'access.confirm' && 'change' in state && state.change.kind === 'policy';
  return isConfirmed ? (state.change.record as PolicyDocument) : undefined;
}

/**
 * True for an act that lets a policy be by which this very signature would not count: two people never sign themselves out, with everybody
 * who holds cards like theirs. Asked at the intake alone: a replay has what was accepted.
 */
export function isShutOut({ registry }: IntakeContext, { verdict, item, receivedAtMs }: Admission, state: CaseState) {
  if (!verdict.ok) return false;
  const policy = policyIn(verdict.value.envelope, state);
  if (policy === undefined) return false;
  const signed = { cms: Buffer.from(item.cms, 'base64'), content: Buffer.from(item.envelope), atMs: receivedAtMs };
  return !checkSignature(registry.trustUnder(policy), signed).ok;
}

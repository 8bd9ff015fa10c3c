import { decideRegistration, evolveRegistration } from '../../core/actions/index.ts';
import type { PolicyDocument } from '../../core/access/index.ts';
import type { Leaf } from '../../core/log/index.ts';
import { canonicalize, commandOf, nextCaseHash, type ActEnvelope, type Json } from '../../core/signing/index.ts';
import { parseActEnvelope } from '../../contracts/documents/index.ts';
import { sha256, sha256Hex } from '../../eds/index.ts';
import type { DataKey } from '../keys/index.ts';
import type { Row } from '../store/index.ts';
import { openFold } from './case-store.ts';
import type { CaseFold } from './decision.ts';

/** The envelope of an accepted act, where it is the one that its leaf names. */
export function envelopeOfLeaf(leaf: Leaf, text: string): ActEnvelope | undefined {
  const parsed = parseActEnvelope(text);
  if (!parsed.ok) return undefined;
  const { id, device, epoch, sequence } = parsed.value;
  const isOf = id === leaf.actionId && device === leaf.device && epoch === leaf.epoch && sequence === leaf.sequence;
  return isOf ? parsed.value : undefined;
}

/** The case after an accepted act, by the rule and the policy that it was decided by; `undefined` where it does not follow. */
export function foldAct(options: {
  readonly fold: CaseFold;
  readonly envelope: ActEnvelope;
  readonly text: string;
  readonly receivedAtMs: number;
  readonly policy: PolicyDocument;
}): CaseFold | undefined {
  const { fold, envelope, text, receivedAtMs, policy } = options;
  const { subject, actor } = envelope;
  if (subject.revision !== fold.revision || subject.hash !== fold.hash) return undefined;
  const event = decideRegistration(fold.state, commandOf(envelope), {
    actor: { iin: actor.iin, roles: [] },
    nowMs: receivedAtMs,
    claimTtlMs: policy.registration.claimTtlMs,
  });
  if (!event.ok) return undefined;
  return {
    revision: fold.revision + 1,
    hash: nextCaseHash(sha256, fold.hash, sha256Hex(text)),
    state: evolveRegistration(fold.state, event.value),
  };
}

/** Written by one code, two equal states have one text; canonical texts decide where another version wrote one of them. */
function isSameState(one: CaseFold['state'], other: CaseFold['state']): boolean {
  if (JSON.stringify(one) === JSON.stringify(other)) return true;
  return canonicalize(one as unknown as Json) === canonicalize(other as unknown as Json);
}

/** True for a row that says of its case what the fold of its acts says. */
export function isStateOf(row: Row<'case_state'>, fold: CaseFold, key: DataKey): boolean {
  try {
    const stored = openFold(row, key);
    const isPlace = stored.revision === fold.revision && stored.hash === fold.hash;
    return isPlace && isSameState(stored.state, fold.state);
  } catch {
    return false;
  }
}

import { releasedAct, type AccessEffect, type RegistryState } from '../../core/access/index.ts';
import { evolveCase } from '../../core/actions/index.ts';
import type { Leaf } from '../../core/log/index.ts';
import { canonicalize, nextCaseHash, type ActEnvelope, type Json } from '../../core/signing/index.ts';
import { parseActEnvelope } from '../../contracts/documents/index.ts';
import { sha256, sha256Hex } from '../../eds/index.ts';
import type { DataKey } from '../keys/index.ts';
import type { Row } from '../store/index.ts';
import { openFold } from './case-store.ts';
import { decideByRules, type CaseFold, type DecisionRules } from './decision.ts';

/**
 * The envelope of an accepted act, where it is the one that its leaf names: at its own place of its journal, or in the chain of a release that
 * two people had signed before (`rights`).
 */
export function envelopeOfLeaf(leaf: Leaf, text: string, rights: RegistryState | undefined): ActEnvelope | undefined {
  const parsed = parseActEnvelope(text);
  if (!parsed.ok) return undefined;
  const { id, device, epoch, sequence } = parsed.value;
  if (id !== leaf.actionId || device !== leaf.device) return undefined;
  const isAtOwnPlace = epoch === leaf.epoch && sequence === leaf.sequence;
  return isAtOwnPlace || isReleased(leaf, parsed.value, { text, rights }) ? parsed.value : undefined;
}

/** True where the leaf is that of an act which two people let in. */
export function isReleased(
  { epoch }: Pick<Leaf, 'epoch'>,
  { id, device, actor: { iin } }: ActEnvelope,
  { text, rights }: { readonly text: string; readonly rights: RegistryState | undefined },
): boolean {
  const hash = sha256Hex(text);
  return epoch !== null && releasedAct(rights, { epoch, iin, device, id, hash }) !== undefined;
}

/** What an accepted act came to. */
export type FoldedAct = {
  readonly fold: CaseFold;
  /** What it did to the rights of people, devices and policies. */
  readonly effect: AccessEffect | undefined;
};

/** The case after an accepted act, by the rule, the policy and the rights that it was decided by; `undefined` where it does not follow. */
export function foldAct(
  options: DecisionRules & {
    readonly fold: CaseFold;
    readonly envelope: ActEnvelope;
    readonly text: string;
    readonly receivedAtMs: number;
  },
): FoldedAct | undefined {
  const { fold, envelope, text, receivedAtMs: nowMs, policy, rights } = options;
  const { subject } = envelope;
  if (subject.revision !== fold.revision || subject.hash !== fold.hash) return undefined;
  const decided = decideByRules(fold.state, envelope, { policy, rights, nowMs });
  if (!decided.ok) return undefined;
  const { event, effect } = decided.value;
  const hash = nextCaseHash(sha256, fold.hash, sha256Hex(text));
  return { fold: { revision: fold.revision + 1, hash, state: evolveCase(fold.state, event) }, effect };
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

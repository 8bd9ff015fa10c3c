import type { RegistryState } from '../../core/access/index.ts';
import type { Leaf } from '../../core/log/index.ts';
import { isReleased, type CaseFold } from '../../core/replay/index.ts';
import { canonicalize, type ActEnvelope, type Json } from '../../core/signing/index.ts';
import { parseActEnvelope } from '../../contracts/documents/index.ts';
import { sha256Hex } from '../../eds/index.ts';
import type { DataKey } from '../keys/index.ts';
import type { Row } from '../store/index.ts';
import { openFold } from './case-store.ts';

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
  return isAtOwnPlace || isReleased(leaf, parsed.value, { hash: sha256Hex(text), rights }) ? parsed.value : undefined;
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

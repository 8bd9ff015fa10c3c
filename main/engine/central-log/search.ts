import type { LogFilter, LogItem } from '../../../contracts/ipc/index.ts';
import { toHex } from '../../../core/kernel/index.ts';
import { leafHash, parseLeaf, type Leaf, type LeafOutcome } from '../../../core/log/index.ts';
import { sha256 } from '../../../eds/index.ts';

/** An entry of the log that was proven, as a list shows it. */
export type ReadEntry = { readonly index: number; readonly text: string; readonly leaf: Leaf };

/** Reads a proven text; `undefined` for a leaf of a version that is not known here. */
export function readEntry(index: number, text: string): ReadEntry | undefined {
  const leaf = parseLeaf(text);
  return leaf.ok ? { index, text, leaf: leaf.value } : undefined;
}

/** A whole number as people write it, `№ 48 211`, as the index that it means. */
export function indexOfQuery(query: string): number | undefined {
  const digits = /^№?\s*(\d[\d\s\u00A0\u202F]{0,15})$/u.exec(query.trim())?.[1]?.replaceAll(/\D/gu, '');
  const number = digits === undefined ? 0 : Number(digits);
  return Number.isSafeInteger(number) && number > 0 ? number - 1 : undefined;
}

export function outcomeOf(outcome: LeafOutcome): LogItem['outcome'] {
  if (outcome === 'accepted' || outcome === 'superseded') return { state: outcome, code: null };
  return { state: 'refused', code: outcome.slice('refused:'.length) };
}

/** Whether an entry is what is looked for. A number is no text: it is looked up and never compared. */
export function matches({ text, leaf }: ReadEntry, filter: LogFilter): boolean {
  if (filter.kinds.length > 0 && !filter.kinds.includes(leaf.kind)) return false;
  if (filter.outcomes.length > 0 && !filter.outcomes.includes(outcomeOf(leaf.outcome).state)) return false;
  if (filter.fromMs !== null && leaf.receivedAtMs < filter.fromMs) return false;
  if (filter.toMs !== null && leaf.receivedAtMs >= filter.toMs) return false;
  const wanted = filter.query.trim().toLowerCase();
  if (wanted === '' || indexOfQuery(wanted) !== undefined) return true;
  const names = [leaf.actionId, leaf.device ?? '', leaf.commitment, leaf.validation ?? ''];
  return names.some((name) => name.includes(wanted)) || toHex(leafHash(sha256, text)).startsWith(wanted);
}

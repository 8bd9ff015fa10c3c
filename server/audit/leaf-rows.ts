import { parseLeaf } from '../../core/log/index.ts';
import type { LogRow } from '../store/index.ts';
import type { JudgedLeaf } from './bundles.ts';
import { isWhole, type AuditRun, type LoggedLeaf } from './run.ts';

/** The rows of the tables for the places [from, from + count), where a place without one is `undefined`. */
export function rowsByPlace(
  run: AuditRun,
  rows: readonly LogRow[],
  range: { readonly from: number; readonly count: number },
): readonly (LogRow | undefined)[] {
  const { from, count } = range;
  const found = new Map(rows.map((row) => [row.leaf_index, row]));
  return Array.from({ length: count }, (_, i) => {
    const row = found.get(from + i);
    if (row === undefined)
      run.report({ place: 'table leaf_position', key: String(from + i), is: 'missing', expected: 'leaf-place' });
    else if (!isWhole(row)) run.report({ place: 'table leaf', key: row.leaf_id, is: 'missing', expected: 'leaf-row' });
    return row;
  });
}

/** Reads the leaves that count beside their rows. */
export function readLeaves(
  { report }: AuditRun,
  from: number,
  judged: readonly JudgedLeaf[],
  rows: readonly (LogRow | undefined)[],
): readonly LoggedLeaf[] {
  return judged.flatMap(({ text }, i) => {
    const row = rows[i];
    const parsed = text === undefined ? undefined : parseLeaf(text);
    if (parsed?.ok !== true) {
      report({ place: 'log', key: String(from + i), is: 'different', expected: 'leaf-readable' });
      return [];
    }
    if (row === undefined) return [];
    const named = { place: 'table leaf', key: row.leaf_id, is: 'different' } as const;
    if (row.received_at_ms !== null && row.received_at_ms !== parsed.value.receivedAtMs)
      report({ ...named, column: 'received_at_ms', expected: 'time-of-leaf' });
    return [{ index: from + i, leaf: parsed.value, row }];
  });
}

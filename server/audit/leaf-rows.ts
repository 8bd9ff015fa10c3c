import { parseLeaf } from '../../core/log/index.ts';
import { leafTags } from '../platform/index.ts';
import type { LogRow } from '../store/index.ts';
import type { JudgedLeaf } from './bundles.ts';
import { isWhole, type AuditRun, type LoggedLeaf } from './run.ts';

/** A place has the mark of the platform, or none where it was signed before there were marks. */
function isPlaceTagged({ keyring }: AuditRun, row: LogRow & { readonly body: string }, signedSize: number): boolean {
  if (row.tag === '') return row.leaf_index < signedSize;
  return row.tag === leafTags(keyring).ofPlace(row);
}

/** The rows of the tables for the places [from, from + count), where a place without one is `undefined`. */
export function rowsByPlace(
  run: AuditRun,
  rows: readonly LogRow[],
  range: { readonly from: number; readonly count: number; readonly signedSize: number },
): readonly (LogRow | undefined)[] {
  const { from, count, signedSize } = range;
  const found = new Map(rows.map((row) => [row.leaf_index, row]));
  return Array.from({ length: count }, (_, i) => {
    const row = found.get(from + i);
    if (row === undefined)
      run.report({ place: 'table leaf_position', key: String(from + i), is: 'missing', expected: 'leaf-place' });
    else if (!isWhole(row)) run.report({ place: 'table leaf', key: row.leaf_id, is: 'missing', expected: 'leaf-row' });
    else if (!isPlaceTagged(run, row, signedSize))
      run.report({ place: 'table leaf_position', key: String(from + i), is: 'different', expected: 'row-tag' });
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

/** Names the waiting leaves whose row is not as this platform queued it: the server signs nothing while there is one. */
export function checkWaiting(run: AuditRun, rows: readonly (LogRow & { readonly ordinal: number })[]): void {
  for (const row of rows) {
    const key = row.leaf_id;
    if (!isWhole(row)) run.report({ place: 'table leaf', key, is: 'missing', expected: 'leaf-row' });
    else if (row.tag !== leafTags(run.keyring).ofWaiting(row))
      run.report({ place: 'table leaf_pending', key, is: 'different', expected: 'row-tag' });
  }
}

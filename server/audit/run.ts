import type { Leaf, NoteKey } from '../../core/log/index.ts';
import type { DataKey, Keyring } from '../keys/index.ts';
import type { LogRow, Session, SubjectKeys } from '../store/index.ts';
import type { Report } from './finding.ts';

/** How far a check is; phases that take long say how much there is to do. */
export type Progress = (phase: 'log' | 'rows', done: number, total: number) => void;

/** What every part of a check works with. */
export type AuditRun = {
  readonly session: Session;
  readonly keyring: Keyring;
  readonly subjectKeys: SubjectKeys;
  readonly documentKey: Uint8Array;
  readonly report: Report;
};

/** The keys by which the log signs. */
export type LogKeys = readonly NoteKey[];

/** A leaf of the log beside the rows that the tables have for it. */
export type LoggedLeaf = { readonly index: number; readonly leaf: Leaf; readonly row: LogRow };

/** A row of the log whose leaf row is there. */
export type WholeRow = LogRow & { readonly body: string; readonly subject: string; readonly opening: Buffer };

export function isWhole(row: LogRow): row is WholeRow {
  return row.body !== null && row.subject !== null && row.opening !== null;
}

/** The key of a subject out of those that were read; a missing one is named. */
export function keyOf({ report }: AuditRun, keys: ReadonlyMap<string, DataKey>, subject: string): DataKey | undefined {
  const key = keys.get(subject);
  if (key === undefined) report({ place: 'table subject_key', key: subject, is: 'missing', expected: 'data-key' });
  return key;
}

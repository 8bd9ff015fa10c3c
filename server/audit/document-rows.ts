import type { Leaf } from '../../core/log/index.ts';
import { evidenceSubject } from '../../core/evidence/index.ts';
import type { Sha256Hex } from '../../core/kernel/index.ts';
import { judgeDocument } from '../accounts/index.ts';
import { readRowsBy, type Row } from '../store/index.ts';
import type { DataKey } from '../keys/index.ts';
import { readGone } from './archive-rows.ts';
import { isWhole, keyOf, type AuditRun, type LoggedLeaf } from './run.ts';

/** A document whose row is what its leaf says. */
export type CheckedDocument = {
  readonly index: number;
  readonly leafId: string;
  readonly leaf: Leaf;
  readonly kind: string;
  readonly text: string;
  /** When it was recorded. */
  readonly atMs: number;
};

/** Documents that say no version are ordered by the time of their record. */
function isVersion({ version, at_ms: atMs }: Row<'document'>, text: string): boolean {
  const { version: said } = JSON.parse(text) as { readonly version?: unknown };
  return version === (typeof said === 'number' ? said : atMs);
}

function checkDocument(
  run: AuditRun,
  { index, leaf, row: place }: LoggedLeaf,
  found: {
    readonly row: Row<'document'>;
    readonly keys: ReadonlyMap<string, DataKey>;
    readonly gone: ReadonlySet<string>;
  },
): CheckedDocument | undefined {
  const { row, keys, gone } = found;
  const { report } = run;
  const named = { place: 'table document', key: `${leaf.kind}/${row.leaf_id}`, is: 'different' } as const;
  // A copy of a record with its leaf under an id of its own.
  if (row.leaf_id !== leaf.actionId) {
    report({ ...named, column: 'leaf_id', expected: 'leaf-of-row' });
    return undefined;
  }
  if (!isWhole(place)) return undefined;
  // Destroyed by the rule: the leaf stays, and what it committed to cannot be read.
  if (!keys.has(place.subject) && gone.has(place.subject))
    return { index, leafId: row.leaf_id, leaf, kind: 'destroyed', text: '{}', atMs: leaf.receivedAtMs };
  const key = keyOf(run, keys, place.subject);
  if (key === undefined) return undefined;
  if (row.subject !== place.subject) {
    report({ ...named, column: 'subject', expected: 'subject-of-leaf' });
    return undefined;
  }
  const judged = judgeDocument({ row, opening: place.opening, leaf, key, publicKey: run.documentKey });
  if ('fault' in judged) {
    const { column, by } = judged.fault;
    if (column === 'opening') report({ ...named, place: 'table leaf', key: row.leaf_id, column, expected: by });
    else report({ ...named, column, expected: by });
    return undefined;
  }
  const text = judged.signed.document;
  if (row.at_ms !== leaf.receivedAtMs) report({ ...named, column: 'at_ms', expected: 'time-of-leaf' });
  else if (!isVersion(row, text)) report({ ...named, column: 'version', expected: 'document-version' });
  return { index, leafId: row.leaf_id, leaf, kind: row.kind, text, atMs: leaf.receivedAtMs };
}

/** Subjects of these leaves whose key was destroyed. */
async function goneSubjects(run: AuditRun, documents: readonly LoggedLeaf[]): Promise<ReadonlySet<string>> {
  const prefix = evidenceSubject('' as Sha256Hex);
  const subjects = documents.flatMap(({ row }) => (row.subject?.startsWith(prefix) === true ? [row.subject] : []));
  const gone = await readGone(
    run,
    subjects.map((subject) => subject.slice(prefix.length)),
  );
  return new Set(subjects.filter((subject) => gone.has(subject.slice(prefix.length))));
}

/** Compares the documents of a page with their leaves; answers those that are right. */
export async function checkDocuments(
  run: AuditRun,
  documents: readonly LoggedLeaf[],
): Promise<readonly CheckedDocument[]> {
  const { report, session, subjectKeys } = run;
  const values = documents.map(({ row }) => row.leaf_id);
  const rows = new Map(
    (await readRowsBy(session, 'document', { column: 'leaf_id', values })).map((row) => [row.leaf_id, row]),
  );
  const keys = await subjectKeys.known(documents.flatMap(({ row }) => row.subject ?? []));
  const gone = await goneSubjects(run, documents);
  return documents.flatMap((logged) => {
    const row = rows.get(logged.row.leaf_id);
    if (row !== undefined) return checkDocument(run, logged, { row, keys, gone }) ?? [];
    // The leaf of a document has the id that its row must have.
    const { kind, actionId } = logged.leaf;
    report({ place: 'table document', key: `${kind}/${actionId}`, is: 'missing', expected: 'document' });
    return [];
  });
}

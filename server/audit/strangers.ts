import { parseLeaf } from '../../core/log/index.ts';
import { countTable, readPositions, readRowsBy, scanTable, type Feed, type Row } from '../store/index.ts';
import type { FeedCounts } from './change-rows.ts';
import type { AuditRun } from './run.ts';

/** How many rows the log accounts for. */
export type Accounted = {
  readonly leaves: number;
  readonly waiting: number;
  readonly acts: number;
  readonly documents: number;
  readonly changes: number;
  readonly feeds: FeedCounts;
};

/** Names the leaves that neither stand in the log nor wait for it. */
async function nameLeaves({ report, session }: AuditRun): Promise<void> {
  for await (const page of scanTable(session, 'leaf')) {
    const values = page.map((row) => row.leaf_id);
    const placed = await readPositions(session, values);
    const waiting = new Set(
      (await readRowsBy(session, 'leaf_pending', { column: 'leaf_id', values })).map((row) => row.leaf_id),
    );
    for (const id of values)
      if (!placed.has(id) && !waiting.has(id))
        report({ place: 'table leaf', key: id, is: 'added', expected: 'leaf-place' });
  }
}

/** The leaf text of each of these rows that is in the log or waits for it. */
async function leafTexts({ session }: AuditRun, values: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const rows = await readRowsBy(session, 'leaf', { column: 'leaf_id', values });
  return new Map(rows.map((row) => [row.leaf_id, row.body]));
}

async function nameActs(run: AuditRun): Promise<void> {
  for await (const page of scanTable(run.session, 'act')) {
    const texts = await leafTexts(
      run,
      page.map((row) => row.leaf_id),
    );
    for (const row of page) {
      const leaf = parseLeaf(texts.get(row.leaf_id) ?? '');
      const isOf =
        leaf.ok &&
        leaf.value.device === row.device &&
        leaf.value.epoch === row.epoch &&
        leaf.value.sequence === row.sequence;
      const key = `${row.device}/${row.epoch}/${row.sequence}`;
      if (!isOf) run.report({ place: 'table act', key, is: 'added', expected: 'leaf-of-row' });
    }
  }
}

async function nameDocuments(run: AuditRun): Promise<void> {
  for await (const page of scanTable(run.session, 'document')) {
    const texts = await leafTexts(
      run,
      page.map((row) => row.leaf_id),
    );
    for (const { kind, leaf_id: id } of page)
      if (!texts.has(id))
        run.report({ place: 'table document', key: `${kind}/${id}`, is: 'added', expected: 'leaf-of-row' });
  }
}

/** Changes in the order of the feed: two of one leaf, or one of none, are named. */
async function nameChanges(run: AuditRun, feeds: FeedCounts): Promise<void> {
  const lastOf = ({ scope }: Row<'change'>): number => feeds[scope as Feed] ?? 0;
  for await (const page of scanTable(run.session, 'change')) {
    const texts = await leafTexts(
      run,
      page.map((row) => row.leaf_id),
    );
    for (const row of page) {
      const leaf = parseLeaf(texts.get(row.leaf_id) ?? '');
      const isOf = leaf.ok && leaf.value.kind === 'act' && row.position >= 1 && row.position <= lastOf(row);
      const key = `${row.case_id}/${row.revision}`;
      if (!isOf) run.report({ place: 'table change', key, is: 'added', expected: 'act' });
    }
  }
}

/** Names rows beyond those that the log accounts for; a table of the right size needs no second reading. */
export async function nameStrangers(run: AuditRun, accounted: Accounted): Promise<void> {
  const { session } = run;
  const { leaves, waiting, acts, documents, changes, feeds } = accounted;
  if ((await countTable(session, 'leaf')) !== leaves + waiting) await nameLeaves(run);
  if ((await countTable(session, 'act')) !== acts) await nameActs(run);
  if ((await countTable(session, 'document')) !== documents) await nameDocuments(run);
  if ((await countTable(session, 'change')) !== changes) await nameChanges(run, feeds);
}

import {
  parseArchiveSegment,
  parseDestruction,
  parseLegalHold,
  parseRetentionSchedule,
} from '../../contracts/documents/index.ts';
import { primaryKeys, readRowsBy, scanTable, type Row } from '../store/index.ts';
import type { CheckedDocument } from './document-rows.ts';
import type { AuditRun } from './run.ts';

/** Tables whose rows say again what documents of the log say. */
const mirrored = ['retention_term', 'retention_hold', 'retention_hold_name', 'archive_segment'] as const;
type Mirrored = (typeof mirrored)[number];
type AnyRow = Readonly<Record<string, unknown>>;

/** Compares what the log says of retention and archive with the rows that the database judges by. */
export type ArchiveRows = {
  readonly take: (documents: readonly CheckedDocument[]) => void;
  readonly finish: () => Promise<void>;
};

function keyOf(table: Mirrored, row: AnyRow): string {
  return primaryKeys[table].map((name) => String(row[name])).join('/');
}

type Said = { readonly table: Mirrored; readonly row: AnyRow };

function termsOf({ text, leafId }: CheckedDocument): readonly Said[] {
  const parsed = parseRetentionSchedule(text);
  if (!parsed.ok) return [];
  const { version, classes } = parsed.value;
  return Object.entries(classes).map(([name, { onlineMonths, archiveMonths }]) => ({
    table: 'retention_term',
    row: { version, class: name, months: onlineMonths + archiveMonths, leaf_id: leafId },
  }));
}

function holdOf({ text }: CheckedDocument): readonly Said[] {
  const parsed = parseLegalHold(text);
  if (!parsed.ok) return [];
  const { id, version, of, untilMs } = parsed.value;
  const names = of.kind === 'case' ? [`case:${of.case}`] : of.hashes.map((hash) => `evidence:${hash}`);
  const about = { hold_id: id, version };
  return [
    { table: 'retention_hold', row: { ...about, until_ms: untilMs } },
    ...names.map((name): Said => ({ table: 'retention_hold_name', row: { ...about, name } })),
  ];
}

function segmentOf({ text }: CheckedDocument): readonly Said[] {
  const parsed = parseArchiveSegment(text);
  if (!parsed.ok) return [];
  const { name, first, last, sha256, sizeBytes, manifestSha256, stampedAtMs, verifiedAtMs } = parsed.value;
  const row: Row<'archive_segment'> = {
    ...{ name, first_index: first, last_index: last, sha256, size_bytes: sizeBytes },
    ...{ manifest_sha256: manifestSha256, stamped_at_ms: stampedAtMs, verified_at_ms: verifiedAtMs },
  };
  return [{ table: 'archive_segment', row }];
}

async function compareTable(run: AuditRun, table: Mirrored, said: ReadonlyMap<string, AnyRow>): Promise<void> {
  const place = `table ${table}`;
  const missing = new Set(said.keys());
  for await (const page of scanTable(run.session, table)) {
    for (const row of page) {
      const key = keyOf(table, row);
      const expected = said.get(key);
      missing.delete(key);
      if (expected === undefined) run.report({ place, key, is: 'added', expected: 'document' });
      else
        for (const [column, value] of Object.entries(row))
          if (value !== expected[column]) run.report({ place, key, column, is: 'different', expected: 'document' });
    }
  }
  for (const key of missing) run.report({ place, key, is: 'missing', expected: 'document' });
}

/** Ciphertexts stand first in a segment, in the order of their names, one behind the other. */
async function compareItems({ report, session }: AuditRun, segments: ReadonlySet<string>): Promise<void> {
  const place = 'table archive_item';
  const ends = new Map<string, number>();
  for await (const page of scanTable(session, 'archive_item')) {
    const values = page.map((row) => row.blob);
    const known = new Set(
      (await readRowsBy(session, 'evidence_blob', { column: 'blob', values })).map((row) => row.blob),
    );
    for (const { blob, segment, at_byte: at, packed_size_bytes: size } of page) {
      if (!known.has(blob) || !segments.has(segment)) report({ place, key: blob, is: 'added', expected: 'document' });
      else if (at !== (ends.get(segment) ?? 0))
        report({ place, key: blob, column: 'at_byte', is: 'different', expected: 'blob' });
      ends.set(segment, at + size);
    }
  }
}

/** A key may be gone only where a document of the log says so. */
async function compareDestroyed({ report, session }: AuditRun, blobs: ReadonlySet<string>): Promise<void> {
  for await (const page of scanTable(session, 'evidence_destroyed')) {
    const values = page.map((row) => row.sha256);
    const rows = await readRowsBy(session, 'evidence_blob', { column: 'sha256', values });
    const said = new Set(rows.flatMap((row) => (blobs.has(row.blob) ? row.sha256 : [])));
    for (const key of values)
      if (!said.has(key)) report({ place: 'table evidence_destroyed', key, is: 'added', expected: 'document' });
  }
}

export function openArchiveRows(run: AuditRun): ArchiveRows {
  const said = new Map<Mirrored, Map<string, AnyRow>>(mirrored.map((table) => [table, new Map()]));
  const destroyed = new Set<string>();
  return {
    take: (documents) => {
      for (const document of documents) {
        const rows =
          document.kind === 'retention'
            ? termsOf(document)
            : document.kind === 'legal-hold'
              ? holdOf(document)
              : document.kind === 'archive-segment'
                ? segmentOf(document)
                : [];
        for (const { table, row } of rows) said.get(table)?.set(keyOf(table, row), row);
        const parsed = document.kind === 'destruction' ? parseDestruction(document.text) : undefined;
        if (parsed?.ok === true) for (const { blob } of parsed.value.items) destroyed.add(blob);
      }
    },
    finish: async () => {
      for (const [table, rows] of said) await compareTable(run, table, rows);
      await compareItems(run, new Set(said.get('archive_segment')?.keys()));
      await compareDestroyed(run, destroyed);
    },
  };
}

/** Those of these plaintexts whose key was destroyed. */
export async function readGone(
  { session }: Pick<AuditRun, 'session'>,
  hashes: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await readRowsBy(session, 'evidence_destroyed', { column: 'sha256', values: hashes });
  return new Set(rows.map(({ sha256 }) => sha256));
}

import { sql } from 'kysely';
import type { Session } from './database.ts';
import type { Row, Schema } from './schema.ts';

/** Rows read at once: a few megabytes at most. Revocation lists of large authorities have megabytes each. */
const pageMax = 1_000;
const largeRowsMax = 8;

/** What a table is ordered by when it is read as a whole: its primary key. */
export const primaryKeys = {
  platform: ['id'],
  subject_key: ['subject'],
  document: ['leaf_id'],
  leaf: ['leaf_id'],
  leaf_pending: ['leaf_id'],
  leaf_position: ['leaf_index'],
  checkpoint: ['tree_size'],
  checkpoint_head: ['name'],
  act: ['device', 'epoch', 'sequence'],
  case_state: ['case_id'],
  case_number: ['number'],
  change: ['scope', 'position'],
  counter: ['name'],
  device_contact: ['device', 'epoch'],
  cosignature: ['device', 'kind'],
  device_posture: ['device'],
  alarm: ['alarm_id'],
  reading: ['reading_id'],
  enrolment_code: ['code_hash'],
  challenge: ['nonce'],
  session: ['token_hash'],
  password: ['account'],
  activation_code: ['account'],
  attempt: ['scope', 'subject'],
  totp: ['account'],
  break_glass: ['name'],
  trust_certificate: ['sha256'],
  revocation_list: ['sha256'],
  evidence_upload: ['device', 'sha256'],
  evidence_blob: ['leaf_id'],
  retention_term: ['version', 'class'],
  retention_hold: ['hold_id', 'version'],
  retention_hold_name: ['hold_id', 'version', 'name'],
  archive_segment: ['name'],
  archive_item: ['blob'],
  archive_check: ['segment'],
  evidence_destroyed: ['sha256', 'at_ms'],
  writer: ['name'],
  schema_migration: ['name'],
} as const satisfies { readonly [Table in keyof Schema]: readonly (keyof Schema[Table] & string)[] };

export type TableName = keyof typeof primaryKeys;

/** Reads a whole table in the order of its primary key, a page at a time. */
export async function* scanTable<Table extends TableName>(
  session: Session,
  table: Table,
): AsyncGenerator<readonly Row<Table>[], void> {
  const keys: readonly string[] = primaryKeys[table];
  const columns = sql.join(keys.map((key) => sql.ref(key)));
  const limit = table === 'revocation_list' ? largeRowsMax : pageMax;
  let last: Readonly<Record<string, unknown>> | undefined;
  for (;;) {
    const before = last;
    const behind =
      before === undefined ? sql`` : sql`where (${columns}) > (${sql.join(keys.map((key) => before[key]))})`;
    const { rows } = await sql<
      Row<Table>
    >`select * from ${sql.table(table)} ${behind} order by ${columns} limit ${limit}`.execute(session);
    if (rows.length > 0) yield rows;
    if (rows.length < limit) return;
    last = rows.at(-1) as Readonly<Record<string, unknown>>;
  }
}

export async function countTable(session: Session, table: TableName): Promise<number> {
  const { rows } = await sql<{ readonly count: number }>`select count(*) as count from ${sql.table(table)}`.execute(
    session,
  );
  return rows[0]?.count ?? 0;
}

/** A place of the log, or one that a leaf waits for, with the leaf that the tables have for it; columns are null where that row is missing. */
export type LogRow = Row<'leaf_position'> & {
  readonly [Name in 'body' | 'subject']: string | null;
} & { readonly opening: Buffer | null; readonly received_at_ms: number | null };

/** The places of the log from `from` on, in order, at most `limit`. */
export async function readLogRows(session: Session, from: number, limit: number): Promise<readonly LogRow[]> {
  return session
    .selectFrom('leaf_position')
    .leftJoin('leaf', 'leaf.leaf_id', 'leaf_position.leaf_id')
    .selectAll('leaf_position')
    .select(['leaf.body', 'leaf.subject', 'leaf.opening', 'leaf.received_at_ms'])
    .where('leaf_position.leaf_index', '>=', from)
    .orderBy('leaf_position.leaf_index')
    .limit(limit)
    .execute();
}

export type ActPlace = { readonly device: string; readonly epoch: string; readonly sequence: number };

/** The acts at these places of their chains, by one statement. */
export async function readActsAt(session: Session, places: readonly ActPlace[]): Promise<readonly Row<'act'>[]> {
  if (places.length === 0) return [];
  const devices = places.map((place) => place.device);
  const epochs = places.map((place) => place.epoch);
  const sequences = places.map((place) => place.sequence);
  const { rows } = await sql<
    Row<'act'>
  >`select act.* from unnest(${devices}::text[], ${epochs}::text[], ${sequences}::bigint[]) as asked (device, epoch, sequence)
    join act on act.device = asked.device and act.epoch = asked.epoch and act.sequence = asked.sequence`.execute(
    session,
  );
  return rows;
}

/** Whole changes of these revisions, by one statement. */
export async function readChangeRows(
  session: Session,
  revisions: readonly { readonly caseId: string; readonly revision: number }[],
): Promise<readonly Row<'change'>[]> {
  if (revisions.length === 0) return [];
  const cases = revisions.map((one) => one.caseId);
  const numbers = revisions.map((one) => one.revision);
  const { rows } = await sql<
    Row<'change'>
  >`select change.* from unnest(${cases}::text[], ${numbers}::bigint[]) as asked (case_id, revision)
    join change on change.case_id = asked.case_id and change.revision = asked.revision`.execute(session);
  return rows;
}

/** The newest change of each of these cases. */
export async function readNewestChanges(
  session: Session,
  caseIds: readonly string[],
): Promise<readonly Row<'change'>[]> {
  const { rows } = await sql<
    Row<'change'>
  >`select distinct on (case_id) * from change where case_id = any(${caseIds}::text[]) order by case_id, revision desc`.execute(
    session,
  );
  return rows;
}

/** Rows of a table by the values of one column. */
export async function readRowsBy<Table extends TableName>(
  session: Session,
  table: Table,
  by: { readonly column: keyof Schema[Table] & string; readonly values: readonly string[] },
): Promise<readonly Row<Table>[]> {
  if (by.values.length === 0) return [];
  const { rows } = await sql<
    Row<Table>
  >`select * from ${sql.table(table)} where ${sql.ref(by.column)} = any(${[...by.values]}::text[])`.execute(session);
  return rows;
}

/** Checkpoints of trees of more than `after` and at most `until` leaves, in order. */
export async function readCheckpoints(
  session: Session,
  after: number,
  until: number,
): Promise<readonly Row<'checkpoint'>[]> {
  return session
    .selectFrom('checkpoint')
    .selectAll()
    .where('tree_size', '>', after)
    .where('tree_size', '<=', until)
    .orderBy('tree_size')
    .execute();
}

/** Leaves that wait for their place, in the order in which they will get it, behind the one named. */
export async function readPendingRows(
  session: Session,
  after: { readonly ordinal: number; readonly leafId: string } | undefined,
  limit: number,
): Promise<readonly (LogRow & { readonly ordinal: number })[]> {
  const behind =
    after === undefined
      ? sql``
      : sql`where (leaf_pending.ordinal, leaf_pending.leaf_id) > (${after.ordinal}, ${after.leafId})`;
  const { rows } = await sql<LogRow & { readonly ordinal: number }>`
    select -1 as leaf_index, leaf_pending.leaf_id, leaf_pending.ordinal, leaf_pending.tag, leaf.body, leaf.subject, leaf.opening, leaf.received_at_ms
    from leaf_pending left join leaf on leaf.leaf_id = leaf_pending.leaf_id ${behind}
    order by leaf_pending.ordinal, leaf_pending.leaf_id limit ${limit}`.execute(session);
  return rows;
}

import { sql } from 'kysely';
import { bulkInsert, type Statement } from './bulk.ts';
import type { Session } from './database.ts';
import type { Row } from './schema.ts';

/** Stores acts of any outcome; their key is the place in the chain of the device, so nothing is stored twice. */
export const insertActs = bulkInsert('act', {
  device: 'text',
  epoch: 'text',
  sequence: 'bigint',
  action_id: 'text',
  envelope_hash: 'text',
  cms_hash: 'text',
  commitment: 'text',
  leaf_id: 'text',
  subject: 'text',
  sealed: 'bytea',
  outcome: 'text',
  received_at_ms: 'bigint',
  deadline_ms: 'bigint',
});

export type ChainPlace = { readonly sequence: number; readonly hash: string };

/** The last act of a device and epoch that the server holds, whatever became of it; `undefined` before the first. */
export async function readActHead(session: Session, device: string, epoch: string): Promise<ChainPlace | undefined> {
  const row = await session
    .selectFrom('act')
    .select(['sequence', 'envelope_hash'])
    .where('device', '=', device)
    .where('epoch', '=', epoch)
    .orderBy('sequence', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row === undefined ? undefined : { sequence: row.sequence, hash: row.envelope_hash };
}

/** Acts of one device by their ids, in any epoch. */
export async function readActs(
  session: Session,
  device: string,
  actionIds: readonly string[],
): Promise<readonly Row<'act'>[]> {
  if (actionIds.length === 0) return [];
  return session
    .selectFrom('act')
    .selectAll()
    .where('device', '=', device)
    .where('action_id', 'in', [...actionIds])
    .execute();
}

/** Acts of any devices by their ids, in any epoch, by one statement. */
export async function readActsOf(
  session: Session,
  keys: readonly Pick<ActKey, 'device' | 'actionId'>[],
): Promise<readonly Row<'act'>[]> {
  const devices = keys.map((key) => key.device);
  const ids = keys.map((key) => key.actionId);
  const { rows } = await sql<
    Row<'act'>
  >`select act.* from unnest(${devices}::text[], ${ids}::text[]) as asked (device, action_id)
    join act on act.device = asked.device and act.action_id = asked.action_id`.execute(session);
  return rows;
}

export type ActKey = { readonly device: string; readonly epoch: string; readonly actionId: string };

/** Those of these acts that are stored already, by one statement. */
export async function readKnownActs(session: Session, keys: readonly ActKey[]): Promise<readonly Row<'act'>[]> {
  const devices = keys.map((key) => key.device);
  const epochs = keys.map((key) => key.epoch);
  const ids = keys.map((key) => key.actionId);
  const known = await sql<
    Row<'act'>
  >`select act.* from unnest(${devices}::text[], ${epochs}::text[], ${ids}::text[]) as asked (device, epoch, action_id)
    join act on act.device = asked.device and act.epoch = asked.epoch and act.action_id = asked.action_id`.execute(
    session,
  );
  return known.rows;
}

/** The newest acts that were refused because their signer was blocked or dismissed. */
export async function readBlockedActs(session: Session, limit: number): Promise<readonly Row<'act'>[]> {
  return session
    .selectFrom('act')
    .selectAll()
    .where(sql<boolean>`outcome in ('refused:actor-blocked', 'refused:actor-dismissed')`)
    .orderBy('received_at_ms', 'desc')
    .orderBy('sequence', 'desc')
    .limit(limit)
    .execute();
}

/** States of the cases that exist. */
export async function readCases(session: Session, caseIds: readonly string[]): Promise<readonly Row<'case_state'>[]> {
  if (caseIds.length === 0) return [];
  return session
    .selectFrom('case_state')
    .selectAll()
    .where('case_id', 'in', [...caseIds])
    .execute();
}

/** Which of these registration numbers are taken, and by which case. */
export async function readCaseNumbers(
  session: Session,
  numbers: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (numbers.length === 0) return new Map();
  const rows = await session
    .selectFrom('case_number')
    .selectAll()
    .where('number', 'in', [...numbers])
    .execute();
  return new Map(rows.map((row) => [row.number, row.case_id]));
}

/** Writes the new state of each case. */
export const writeCases = bulkInsert(
  'case_state',
  { case_id: 'text', revision: 'bigint', hash: 'text', scope: 'text', sealed: 'bytea' },
  {
    suffix:
      'on conflict (case_id) do update set revision = excluded.revision, hash = excluded.hash, sealed = excluded.sealed',
  },
);

export const insertCaseNumbers = bulkInsert('case_number', { number: 'text', case_id: 'text' });

/** Feeds of changes: each counts its own positions. */
export const feeds = ['registration', 'access'] as const;
export type Feed = (typeof feeds)[number];

const counters = { registration: 'change', access: 'change-access' } as const satisfies Readonly<Record<Feed, string>>;

const insertPlaced = bulkInsert(
  'change',
  {
    position: 'bigint',
    case_id: 'text',
    revision: 'bigint',
    scope: 'text',
    leaf_id: 'text',
    sealed: 'bytea',
    at_ms: 'bigint',
  },
  {
    computed: {
      position: `given.position + (select value from counter where name =
        case given.scope when 'access' then 'change-access' else 'change' end)`,
    },
  },
);

/**
 * Stores changes under the next positions of their feed, in their order; the counter's row lock is held to the commit, so
 * positions appear in order. Two changes to one revision of a case are a conflict: the later writer decides again on the
 * newer state.
 */
export function insertChanges(changes: readonly Omit<Row<'change'>, 'position'>[]): readonly Statement[] {
  // One order of the locks for every writer.
  return feeds.flatMap((feed) => {
    const own = changes.filter(({ scope }) => scope === feed);
    if (own.length === 0) return [];
    const text = `update counter set value = value + $1::bigint where name = '${counters[feed]}'`;
    const rows = own.map((change, i) => ({ ...change, position: i + 1 - own.length }));
    return [{ name: `take-positions-${feed}`, text, values: [own.length] }, ...insertPlaced(rows)];
  });
}

/** Changes of a feed after a position, in order. */
export async function readChanges(
  session: Session,
  options: { readonly after: number; readonly limit: number; readonly feed: Feed },
): Promise<readonly (Row<'change'> & { readonly leaf_index: number | null })[]> {
  return session
    .selectFrom('change')
    .leftJoin('leaf_position', 'leaf_position.leaf_id', 'change.leaf_id')
    .selectAll('change')
    .select('leaf_position.leaf_index')
    .where('change.position', '>', options.after)
    .where('change.scope', '=', options.feed)
    .orderBy('change.position')
    .limit(options.limit)
    .execute();
}

/** All changes of some cases, in their order. */
export async function readChangesOfCases(
  session: Session,
  caseIds: readonly string[],
): Promise<readonly (Row<'change'> & { readonly leaf_index: number | null })[]> {
  if (caseIds.length === 0) return [];
  return session
    .selectFrom('change')
    .leftJoin('leaf_position', 'leaf_position.leaf_id', 'change.leaf_id')
    .selectAll('change')
    .select('leaf_position.leaf_index')
    .where('change.case_id', 'in', [...caseIds])
    .orderBy('change.position')
    .execute();
}

export type CaseRevision = { readonly caseId: string; readonly revision: number };

/** The changes that made these revisions, by one statement. */
export async function readChangesOf(
  session: Session,
  revisions: readonly CaseRevision[],
): Promise<readonly Pick<Row<'change'>, 'case_id' | 'revision' | 'leaf_id'>[]> {
  if (revisions.length === 0) return [];
  const cases = revisions.map((one) => one.caseId);
  const numbers = revisions.map((one) => one.revision);
  const found = await sql<
    Pick<Row<'change'>, 'case_id' | 'revision' | 'leaf_id'>
  >`select change.case_id, change.revision, change.leaf_id from unnest(${cases}::text[], ${numbers}::bigint[]) as asked (case_id, revision)
    join change on change.case_id = asked.case_id and change.revision = asked.revision`.execute(session);
  return found.rows;
}

/** Tables whose rows repeat what the log says. */
export type CountedTable = 'act' | 'change' | 'case_state' | 'case_number';

export async function countRows(session: Session, table: CountedTable): Promise<number> {
  const row = await session
    .selectFrom(table)
    .select((of) => of.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return row.count;
}

/** Position of the newest change of a feed. */
export async function readLatestPosition(session: Session, feed: Feed = 'registration'): Promise<number> {
  const row = await session
    .selectFrom('counter')
    .select('value')
    .where('name', '=', counters[feed])
    .executeTakeFirstOrThrow();
  return row.value;
}

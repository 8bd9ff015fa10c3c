import { isDeepStrictEqual } from 'node:util';
import { sql } from 'kysely';
import { ok, refuse, type Result } from '../../core/kernel/index.ts';
import { inTransaction, type Database } from './database.ts';
import { migration as platform } from './migrations/0001-platform.ts';
import { migration as challengeOfDevice } from './migrations/0002-challenge-of-device.ts';
import { migration as evidence } from './migrations/0003-evidence.ts';
import { migration as rowTags } from './migrations/0004-row-tags.ts';
import { migration as cosignatures } from './migrations/0005-cosignatures.ts';
import { migration as archive } from './migrations/0006-archive.ts';
import { migration as cosignatureTag } from './migrations/0007-cosignature-tag.ts';
import { migration as sessionLimits } from './migrations/0008-session-limits.ts';
import { migration as passwords } from './migrations/0009-passwords.ts';
import { migration as feedOfScope } from './migrations/0010-feed-of-scope.ts';
import { migration as devicePosture } from './migrations/0011-device-posture.ts';
import { migration as totp } from './migrations/0012-totp.ts';
import { migration as breakGlass } from './migrations/0013-break-glass.ts';
import { migration as blockedActs } from './migrations/0014-blocked-acts.ts';
import { migration as writer } from './migrations/0015-writer.ts';
import { migration as lateActs } from './migrations/0016-late-acts.ts';
import { migration as leafTags } from './migrations/0017-leaf-tags.ts';

type Migration = {
  readonly name: string;
  readonly eventTables: readonly string[];
  readonly stateTables: readonly string[];
  /** Tables that the server only reads. */
  readonly readTables?: readonly string[];
  /** Functions that it may call: they run with the rights of the owner, and decide for themselves. */
  readonly functions?: readonly string[];
  readonly statements: readonly string[];
};

export const migrations: readonly Migration[] = [
  platform,
  challengeOfDevice,
  evidence,
  rowTags,
  cosignatures,
  archive,
  cosignatureTag,
  sessionLimits,
  passwords,
  feedOfScope,
  devicePosture,
  totp,
  breakGlass,
  blockedActs,
  writer,
  lateActs,
  leafTags,
];

/** Whether tables from before the marks of leaves have leaves that no head was signed over yet. */
async function areLeavesUnsigned(database: Database): Promise<boolean> {
  const names = await database.selectFrom('schema_migration').select('name').execute();
  const isDone = (one: { readonly name: string }): boolean => names.some(({ name }) => name === one.name);
  if (!isDone(platform) || isDone(leafTags)) return false;
  const { rows } = await sql`select from leaf_pending union all select from counter where name = 'leaf'
    and value > (select coalesce(max(tree_size), 0) from checkpoint_head)`.execute(database);
  return rows.length > 0;
}

/**
 * Brings the tables up to date as their owner, one transaction a migration, and lets `appRole` read and append: event
 * tables take SELECT and INSERT only, so that the server itself cannot rewrite what happened. `leaves-unsigned`, and
 * nothing changed, where a version before the marks of leaves left some that only that version can bring into the log.
 */
export async function migrate(options: {
  readonly database: Database;
  readonly appRole: string;
  readonly nowMs: number;
}): Promise<Result<null, 'leaves-unsigned'>> {
  const { database, appRole, nowMs } = options;
  await sql`create table if not exists schema_migration (name text primary key, at_ms bigint not null)`.execute(
    database,
  );
  if (await areLeavesUnsigned(database)) return refuse('leaves-unsigned');
  for (const { name, statements, eventTables, stateTables, readTables = [], functions = [] } of migrations) {
    await inTransaction(database, async (session) => {
      const done = await session
        .selectFrom('schema_migration')
        .select('name')
        .where('name', '=', name)
        .executeTakeFirst();
      if (done !== undefined) return;
      for (const statement of statements) await sql.raw(statement).execute(session);
      for (const table of eventTables)
        await sql`grant select, insert on ${sql.table(table)} to ${sql.id(appRole)}`.execute(session);
      for (const table of stateTables)
        await sql`grant select, insert, update, delete on ${sql.table(table)} to ${sql.id(appRole)}`.execute(session);
      for (const table of readTables)
        await sql`grant select on ${sql.table(table)} to ${sql.id(appRole)}`.execute(session);
      for (const called of functions)
        await sql`grant execute on function ${sql.raw(called)} to ${sql.id(appRole)}`.execute(session);
      await session.insertInto('schema_migration').values({ name, at_ms: nowMs }).execute();
    });
  }
  await sql`grant select on schema_migration to ${sql.id(appRole)}`.execute(database);
  return ok(null);
}

/** True where the tables are those of this version, no more and no less. */
export async function isUpToDate(database: Database): Promise<boolean> {
  const rows = await database.selectFrom('schema_migration').select('name').execute();
  const names = (all: readonly { readonly name: string }[]): readonly string[] =>
    all.map(({ name }) => name).toSorted();
  return isDeepStrictEqual(names(rows), names(migrations));
}

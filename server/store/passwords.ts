import type { Database, Session } from './database.ts';
import type { Row } from './schema.ts';

export async function readPassword(session: Session, account: string): Promise<Row<'password'> | undefined> {
  return session.selectFrom('password').selectAll().where('account', '=', account).executeTakeFirst();
}

/** Puts a record in place of the one that was read (`undefined`: of none): true for exactly one caller. */
export async function replacePassword(
  session: Session,
  row: Row<'password'>,
  before: Row<'password'> | undefined,
): Promise<boolean> {
  if (before === undefined) {
    const added = await session
      .insertInto('password')
      .values(row)
      .onConflict((on) => on.column('account').doNothing())
      .executeTakeFirst();
    return added.numInsertedOrUpdatedRows === 1n;
  }
  const changed = await session
    .updateTable('password')
    .set({ sealed: row.sealed, tag: row.tag })
    .where('account', '=', row.account)
    .where('sealed', '=', before.sealed)
    .executeTakeFirst();
  return changed.numUpdatedRows === 1n;
}

/** A new code takes the place of the one before, used or not. */
export async function writeActivationCode(session: Session, row: Row<'activation_code'>): Promise<void> {
  const { code_hash: codeHash, expires_at_ms: expiresAtMs, tag } = row;
  await session
    .insertInto('activation_code')
    .values(row)
    .onConflict((on) =>
      on.column('account').doUpdateSet({ code_hash: codeHash, expires_at_ms: expiresAtMs, used_at_ms: null, tag }),
    )
    .execute();
}

/** The code of an account, used or not, as old as it may be. */
export async function readActivationCode(
  session: Session,
  account: string,
): Promise<Row<'activation_code'> | undefined> {
  return session.selectFrom('activation_code').selectAll().where('account', '=', account).executeTakeFirst();
}

/** Uses a code up by its row as it is from now on: true for exactly one caller. */
export async function useActivationCode(session: Session, used: Row<'activation_code'>): Promise<boolean> {
  const answer = await session
    .updateTable('activation_code')
    .set({ used_at_ms: used.used_at_ms, tag: used.tag })
    .where('account', '=', used.account)
    .where('code_hash', '=', used.code_hash)
    .where('used_at_ms', 'is', null)
    .executeTakeFirst();
  return answer.numUpdatedRows === 1n;
}

/** Deletes codes, used or not, that ran out before `beforeMs`. */
export async function sweepActivationCodes(session: Session, beforeMs: number): Promise<void> {
  await session.deleteFrom('activation_code').where('expires_at_ms', '<', beforeMs).execute();
}

export type AttemptKey = Pick<Row<'attempt'>, 'scope' | 'subject'>;

/** The counters of these keys, those that exist, in one statement. */
export async function readAttempts(session: Session, keys: readonly AttemptKey[]): Promise<readonly Row<'attempt'>[]> {
  return session
    .selectFrom('attempt')
    .selectAll()
    .where((where) => where.or(keys.map(({ scope, subject }) => where.and({ scope, subject }))))
    .execute();
}

/** Puts a counter in place of the one that was read (`undefined`: of none): false where another server was first. */
export async function replaceAttempt(
  session: Session,
  row: Row<'attempt'>,
  before: Row<'attempt'> | undefined,
): Promise<boolean> {
  if (before === undefined) {
    const added = await session
      .insertInto('attempt')
      .values(row)
      .onConflict((on) => on.columns(['scope', 'subject']).doNothing())
      .executeTakeFirst();
    return added.numInsertedOrUpdatedRows === 1n;
  }
  const changed = await session
    .updateTable('attempt')
    .set({ failures: row.failures, last_at_ms: row.last_at_ms, tag: row.tag })
    .where('scope', '=', row.scope)
    .where('subject', '=', row.subject)
    .where('tag', '=', before.tag)
    .executeTakeFirst();
  return changed.numUpdatedRows === 1n;
}

export async function deleteAttempts(session: Session, keys: readonly AttemptKey[]): Promise<void> {
  await session
    .deleteFrom('attempt')
    .where((where) => where.or(keys.map(({ scope, subject }) => where.and({ scope, subject }))))
    .execute();
}

/** Deletes counters older than `beforeMs`, and of the rest the oldest above `rowsMax`. */
export async function sweepAttempts(
  database: Database,
  {
    beforeMs,
    rowsMax,
    onUntil,
  }: { readonly beforeMs: number; readonly rowsMax: number; readonly onUntil: (untilMs: number) => void },
): Promise<void> {
  const oldest = await database
    .selectFrom('attempt')
    .select('last_at_ms')
    .orderBy('last_at_ms', 'desc')
    .offset(rowsMax)
    .limit(1)
    .executeTakeFirst();
  const untilMs = Math.max(beforeMs, oldest?.last_at_ms ?? 0);
  onUntil(untilMs);
  await database.deleteFrom('attempt').where('last_at_ms', '<=', untilMs).execute();
}

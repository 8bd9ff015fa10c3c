import type { Session } from './database.ts';
import type { Row } from './schema.ts';

export async function readTotp(session: Session, account: string): Promise<Row<'totp'> | undefined> {
  return session.selectFrom('totp').selectAll().where('account', '=', account).executeTakeFirst();
}

/** A new secret takes the place of the one before. */
export async function writeTotp(session: Session, row: Row<'totp'>): Promise<void> {
  const { sealed, last_step: lastStep, tag } = row;
  await session
    .insertInto('totp')
    .values(row)
    .onConflict((on) => on.column('account').doUpdateSet({ sealed, last_step: lastStep, tag }))
    .execute();
}

/** Puts a row with a later step in place of the one that was read: true for exactly one caller. */
export async function advanceTotp(session: Session, row: Row<'totp'>, before: Row<'totp'>): Promise<boolean> {
  const changed = await session
    .updateTable('totp')
    .set({ last_step: row.last_step, tag: row.tag })
    .where('account', '=', row.account)
    .where('tag', '=', before.tag)
    .executeTakeFirst();
  return changed.numUpdatedRows === 1n;
}

import type { Session } from './database.ts';
import type { Row } from './schema.ts';

/** The sealed account, where there is one. */
export async function readSeal(session: Session): Promise<Row<'break_glass'> | undefined> {
  return session.selectFrom('break_glass').selectAll().executeTakeFirst();
}

/** A new seal takes the place of the one before. */
export async function writeSeal(session: Session, row: Row<'break_glass'>): Promise<void> {
  const { sealed, tag } = row;
  await session
    .insertInto('break_glass')
    .values(row)
    .onConflict((on) => on.column('name').doUpdateSet({ sealed, tag }))
    .execute();
}

/** Breaks the seal that was read: true for exactly one caller. */
export async function breakSeal(session: Session, row: Row<'break_glass'>): Promise<boolean> {
  const gone = await session
    .deleteFrom('break_glass')
    .where('name', '=', row.name)
    .where('tag', '=', row.tag)
    .executeTakeFirst();
  return gone.numDeletedRows === 1n;
}

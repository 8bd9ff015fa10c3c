import { sql } from 'kysely';
import type { Database, Session } from './database.ts';
import type { Row } from './schema.ts';

/** Keeps the newest cosignature of a device; of heads that are not of this log the first: false where one is kept already. */
export async function keepCosignature(database: Database, row: Row<'cosignature'>): Promise<boolean> {
  const insert = database.insertInto('cosignature').values(row);
  if (row.kind === 'foreign') {
    const kept = await insert.onConflict((on) => on.columns(['device', 'kind']).doNothing()).executeTakeFirst();
    return (kept.numInsertedOrUpdatedRows ?? 0n) > 0n;
  }
  await insert
    .onConflict((on) =>
      on.columns(['device', 'kind']).doUpdateSet({
        position: sql`excluded.position`,
        tree_size: sql`excluded.tree_size`,
        cosigner: sql`excluded.cosigner`,
        note: sql`excluded.note`,
        at_ms: sql`excluded.at_ms`,
        tag: sql`excluded.tag`,
      }),
    )
    .execute();
  return true;
}

/** Cosignatures of others after a position, oldest first. */
export async function readCosignatures(
  session: Session,
  asked: { readonly device: string; readonly after: number; readonly limit: number },
): Promise<readonly Row<'cosignature'>[]> {
  return session
    .selectFrom('cosignature')
    .selectAll()
    .where('device', '<>', asked.device)
    .where('position', '>', asked.after)
    .orderBy('position')
    .limit(asked.limit)
    .execute();
}

import { sql } from 'kysely';
import type { Database, Session } from './database.ts';
import type { Row } from './schema.ts';

/** Keeps what a device said of its state last. */
export async function keepPosture(database: Database, row: Row<'device_posture'>): Promise<void> {
  await database
    .insertInto('device_posture')
    .values(row)
    .onConflict((on) =>
      on
        .column('device')
        .doUpdateSet({ report: sql`excluded.report`, at_ms: sql`excluded.at_ms`, tag: sql`excluded.tag` }),
    )
    .execute();
}

export async function readPosture(session: Session, device: string): Promise<Row<'device_posture'> | undefined> {
  return session.selectFrom('device_posture').selectAll().where('device', '=', device).executeTakeFirst();
}

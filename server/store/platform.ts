import type { Session } from './database.ts';
import type { Row } from './schema.ts';

/** The platform that this database belongs to, stamped once with its profile; `undefined` in a database that is still empty. */
export async function readPlatform(session: Session): Promise<Row<'platform'> | undefined> {
  return session.selectFrom('platform').selectAll().executeTakeFirst();
}

/** Stamps an empty database. */
export async function insertPlatform(session: Session, platform: Row<'platform'>): Promise<void> {
  await session.insertInto('platform').values(platform).execute();
}

/** Certificates and revocation lists that the intake decides by. */
export async function insertTrustCertificates(
  session: Session,
  rows: readonly Row<'trust_certificate'>[],
): Promise<void> {
  if (rows.length === 0) return;
  await session
    .insertInto('trust_certificate')
    .values([...rows])
    .onConflict((on) => on.doNothing())
    .execute();
}

/** Oldest first. */
export async function readTrustCertificates(session: Session): Promise<readonly Row<'trust_certificate'>[]> {
  return session.selectFrom('trust_certificate').selectAll().orderBy('at_ms').orderBy('sha256').execute();
}

export async function insertRevocationList(session: Session, row: Row<'revocation_list'>): Promise<void> {
  await session
    .insertInto('revocation_list')
    .values(row)
    .onConflict((on) => on.doNothing())
    .execute();
}

/** Those of these lists that are held. */
export async function readRevocationLists(
  session: Session,
  hashes: readonly string[],
): Promise<readonly Row<'revocation_list'>[]> {
  if (hashes.length === 0) return [];
  return session
    .selectFrom('revocation_list')
    .selectAll()
    .where('sha256', 'in', [...hashes])
    .execute();
}

/** Something that a person has to look at; kept for ever, carries no personal data. */
export async function insertAlarm(session: Session, row: Row<'alarm'>): Promise<void> {
  await session.insertInto('alarm').values(row).execute();
}

/** Who read which personal data through which door (57-5). */
export async function insertReading(session: Session, row: Row<'reading'>): Promise<void> {
  await session.insertInto('reading').values(row).execute();
}

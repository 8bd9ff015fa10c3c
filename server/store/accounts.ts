import { sql } from 'kysely';
import type { Database, Session } from './database.ts';
import type { Row } from './schema.ts';

export type DocumentRow = Row<'document'> & {
  readonly body: string;
  readonly opening: Buffer;
  readonly leaf_index: number;
};

/** Stores a signed document; its leaf goes into the same transaction. */
export async function insertDocument(session: Session, row: Row<'document'>): Promise<void> {
  await session.insertInto('document').values(row).execute();
}

/** Documents of a kind that are leaves of the log, oldest first; those that are not yet, or never were, do not count. */
export async function readLoggedDocuments(session: Session, kind: string): Promise<readonly DocumentRow[]> {
  return session
    .selectFrom('document')
    .innerJoin('leaf', 'leaf.leaf_id', 'document.leaf_id')
    .innerJoin('leaf_position', 'leaf_position.leaf_id', 'document.leaf_id')
    .selectAll('document')
    .select(['leaf.body', 'leaf.opening', 'leaf_position.leaf_index'])
    .where('document.kind', '=', kind)
    .orderBy('leaf_position.leaf_index')
    .execute();
}

export async function insertEnrolmentCode(session: Session, row: Row<'enrolment_code'>): Promise<void> {
  await session.insertInto('enrolment_code').values(row).execute();
}

/** A code that is not used up and has not run out. */
export async function readEnrolmentCode(
  session: Session,
  codeHash: string,
  nowMs: number,
): Promise<Row<'enrolment_code'> | undefined> {
  return session
    .selectFrom('enrolment_code')
    .selectAll()
    .where('code_hash', '=', codeHash)
    .where('used_at_ms', 'is', null)
    .where('expires_at_ms', '>', nowMs)
    .executeTakeFirst();
}

/** Uses a code up by its row as it is from now on: true for exactly one caller. */
export async function useEnrolmentCode(session: Session, used: Row<'enrolment_code'>): Promise<boolean> {
  const answer = await session
    .updateTable('enrolment_code')
    .set({ used_at_ms: used.used_at_ms, tag: used.tag })
    .where('code_hash', '=', used.code_hash)
    .where('used_at_ms', 'is', null)
    .executeTakeFirst();
  return answer.numUpdatedRows === 1n;
}

/** Deletes codes, used or not, that ran out before `beforeMs`. */
export async function sweepEnrolmentCodes(session: Session, beforeMs: number): Promise<void> {
  await session.deleteFrom('enrolment_code').where('expires_at_ms', '<', beforeMs).execute();
}

/** Challenges of one device that stand at once: one prompt at a time, and room for those that were given up. */
const challengesOfDeviceMax = 16;

/** Stores a challenge; of one device the newest stand, and an older one is as unknown as if it had never been. */
export async function insertChallenge(session: Session, row: Row<'challenge'>): Promise<void> {
  await session.insertInto('challenge').values(row).execute();
  const newest = session
    .selectFrom('challenge')
    .select('nonce')
    .where('device', '=', row.device)
    .orderBy('expires_at_ms', 'desc')
    .orderBy('nonce')
    .limit(challengesOfDeviceMax);
  // Among those of one moment the one that was just made stays.
  await session
    .deleteFrom('challenge')
    .where('device', '=', row.device)
    .where('nonce', '!=', row.nonce)
    .where('nonce', 'not in', newest)
    .execute();
}

/** A challenge of this device that is not used up. Whether it is still fresh, the challenge itself says. */
export async function readChallenge(
  session: Session,
  nonce: string,
  device: string,
): Promise<Row<'challenge'> | undefined> {
  return session
    .selectFrom('challenge')
    .selectAll()
    .where('nonce', '=', nonce)
    .where('device', '=', device)
    .where('used_at_ms', 'is', null)
    .executeTakeFirst();
}

/** Uses a challenge up by its row as it is from now on: true for exactly one caller. */
export async function useChallenge(session: Session, used: Row<'challenge'>): Promise<boolean> {
  const answer = await session
    .updateTable('challenge')
    .set({ used_at_ms: used.used_at_ms, tag: used.tag })
    .where('nonce', '=', used.nonce)
    .where('used_at_ms', 'is', null)
    .executeTakeFirst();
  return answer.numUpdatedRows === 1n;
}

export async function insertSession(session: Session, row: Row<'session'>): Promise<void> {
  await session.insertInto('session').values(row).execute();
}

/** The session of a token at this device, ended or not. */
export async function readSession(
  session: Session,
  options: { readonly tokenHash: string; readonly device: string },
): Promise<Row<'session'> | undefined> {
  return session
    .selectFrom('session')
    .selectAll()
    .where('token_hash', '=', options.tokenHash)
    .where('device', '=', options.device)
    .executeTakeFirst();
}

/** Open sessions, of one person where one is named, newest first. */
export async function readOpenSessions(
  session: Session,
  options: { readonly who: string | undefined; readonly nowMs: number; readonly limit: number },
): Promise<readonly Row<'session'>[]> {
  const open = session
    .selectFrom('session')
    .selectAll()
    .where('ended_at_ms', 'is', null)
    .where('expires_at_ms', '>', options.nowMs)
    .orderBy('started_at_ms', 'desc')
    .limit(options.limit);
  return (options.who === undefined ? open : open.where('who', '=', options.who)).execute();
}

/** The sessions that a person opened at a device last, ended or not. */
export async function readSessionsAt(
  session: Session,
  { device, who, limit }: { readonly device: string; readonly who: string; readonly limit: number },
): Promise<readonly Row<'session'>[]> {
  return session
    .selectFrom('session')
    .selectAll()
    .where('device', '=', device)
    .where('who', '=', who)
    .orderBy('started_at_ms', 'desc')
    .limit(limit)
    .execute();
}

/** The session in which each of these people, or everybody, was seen last; by the fingerprint of the person. */
export async function readLastSessions(
  session: Session,
  who: readonly string[] | undefined,
): Promise<readonly Row<'session'>[]> {
  const last = session
    .selectFrom('session')
    .distinctOn('who')
    .selectAll()
    .orderBy('who')
    .orderBy('last_seen_ms', 'desc');
  return (who === undefined ? last : last.where('who', 'in', who)).execute();
}

/** Deletes sessions that ran out before `beforeMs`; of each person those stay in which he was seen last. */
export async function sweepSessions(session: Session, beforeMs: number): Promise<void> {
  await session
    .deleteFrom('session')
    .where('expires_at_ms', '<', beforeMs)
    .where((where) =>
      where.exists(
        where
          .selectFrom('session as later')
          .select('later.token_hash')
          .whereRef('later.who', '=', 'session.who')
          .whereRef('later.last_seen_ms', '>', 'session.last_seen_ms'),
      ),
    )
    .execute();
}

/** Writes what changes in a session that is open, by its row as it is from now on. */
export async function writeSession(session: Session, row: Row<'session'>): Promise<void> {
  await session
    .updateTable('session')
    .set({
      ended_at_ms: row.ended_at_ms,
      end_note: row.end_note,
      last_seen_ms: row.last_seen_ms,
      // Under the same tag: whoever writes an older one beside it takes a renewal back, and breaks no session.
      person: row.person,
      tag: row.tag,
    })
    .where('token_hash', '=', row.token_hash)
    .where('ended_at_ms', 'is', null)
    .execute();
}

/** What a device last said of its chains. */
export async function readContact(
  session: Session,
  device: string,
  epoch: string,
): Promise<Row<'device_contact'> | undefined> {
  return session
    .selectFrom('device_contact')
    .selectAll()
    .where('device', '=', device)
    .where('epoch', '=', epoch)
    .executeTakeFirst();
}

/** Keeps the furthest head that the device ever stated: an older one never replaces it. */
export async function advanceContact(database: Database, row: Row<'device_contact'>): Promise<void> {
  await database
    .insertInto('device_contact')
    .values(row)
    .onConflict((on) =>
      on
        .columns(['device', 'epoch'])
        .doUpdateSet({
          act_sequence: sql`excluded.act_sequence`,
          act_hash: sql`excluded.act_hash`,
          entry_sequence: sql`excluded.entry_sequence`,
          entry_hash: sql`excluded.entry_hash`,
          statement: sql`excluded.statement`,
          at_ms: sql`excluded.at_ms`,
          tag: sql`excluded.tag`,
        })
        .whereRef('device_contact.entry_sequence', '<=', sql`excluded.entry_sequence`),
    )
    .execute();
}

/** Changes whenever a document has become one of the first `treeSize` leaves, or a revocation list came in. */
export async function readRegistryStamp(session: Session, treeSize: number): Promise<string> {
  const documents = await session
    .selectFrom('document')
    .innerJoin('leaf_position', 'leaf_position.leaf_id', 'document.leaf_id')
    .select((of) => of.fn.countAll<number>().as('count'))
    .where('leaf_position.leaf_index', '<', treeSize)
    .executeTakeFirstOrThrow();
  const lists = await session
    .selectFrom('revocation_list')
    .select((of) => of.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return `${documents.count}/${lists.count}`;
}

/** True once every document is a leaf of the log. */
export async function areDocumentsLogged(session: Session): Promise<boolean> {
  const waiting = await session
    .selectFrom('leaf_pending')
    .innerJoin('document', 'document.leaf_id', 'leaf_pending.leaf_id')
    .select('leaf_pending.leaf_id')
    .limit(1)
    .executeTakeFirst();
  return waiting === undefined;
}

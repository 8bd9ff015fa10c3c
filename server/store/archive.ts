import { sql } from 'kysely';
import type { Session } from './database.ts';
import type { Row } from './schema.ts';

/** An accepted piece of evidence, where it is, and what became of it. */
export type RetainedRow = {
  readonly blob: string;
  readonly sha256: string;
  readonly size_bytes: number;
  readonly class: string;
  readonly case_id: string | null;
  readonly leaf_id: string;
  readonly leaf_index: number;
  readonly received_at_ms: number;
  readonly segment: string | null;
  readonly at_byte: number | null;
  readonly packed_size_bytes: number | null;
  readonly destroyed_at_ms: number | null;
};

/** Rows read at once: two hundred octets each. */
const pageMax = 5_000;

/** Clean evidence whose leaf the log holds, in the order of the log, a page at a time, beginning behind the leaf `after`. */
export async function readRetained(session: Session, after: number): Promise<readonly RetainedRow[]> {
  return session
    .selectFrom('evidence_blob')
    .innerJoin('leaf', 'leaf.leaf_id', 'evidence_blob.leaf_id')
    .innerJoin('leaf_position', 'leaf_position.leaf_id', 'evidence_blob.leaf_id')
    .leftJoin('archive_item', 'archive_item.blob', 'evidence_blob.blob')
    .select((build) => [
      'evidence_blob.blob',
      'evidence_blob.sha256',
      'evidence_blob.size_bytes',
      'evidence_blob.class',
      'evidence_blob.case_id',
      'evidence_blob.leaf_id',
      'leaf_position.leaf_index',
      'leaf.received_at_ms',
      'archive_item.segment',
      'archive_item.at_byte',
      'archive_item.packed_size_bytes',
      // The same bytes may come again after a destruction, under a key of their own.
      build
        .selectFrom('evidence_destroyed')
        .select((of) => of.fn.max('at_ms').as('at_ms'))
        .whereRef('evidence_destroyed.sha256', '=', 'evidence_blob.sha256')
        .whereRef('evidence_destroyed.at_ms', '>', 'leaf.received_at_ms')
        .as('destroyed_at_ms'),
    ])
    .where('evidence_blob.verdict', '=', 'clean')
    .where('leaf_position.leaf_index', '>', after)
    .orderBy('leaf_position.leaf_index')
    .limit(pageMax)
    .execute();
}

/** Clean ciphertexts of a plaintext, oldest first; the same bytes may have come from several devices. */
export async function readBlobsOf(session: Session, sha256: string): Promise<readonly Row<'evidence_blob'>[]> {
  return session
    .selectFrom('evidence_blob')
    .selectAll()
    .where('sha256', '=', sha256)
    .where('verdict', '=', 'clean')
    .orderBy('at_ms')
    .orderBy('leaf_id')
    .execute();
}

/** Where the archive holds a ciphertext. */
export async function readArchiveItem(session: Session, blob: string): Promise<Row<'archive_item'> | undefined> {
  return session.selectFrom('archive_item').selectAll().where('blob', '=', blob).executeTakeFirst();
}

/** Segments, in the order of the log. */
export async function readSegments(session: Session): Promise<readonly Row<'archive_segment'>[]> {
  return session.selectFrom('archive_segment').selectAll().orderBy('first_index').execute();
}

/** The last look at each segment. */
export async function readArchiveChecks(session: Session): Promise<readonly Row<'archive_check'>[]> {
  return session.selectFrom('archive_check').selectAll().execute();
}

export async function writeArchiveCheck(session: Session, row: Row<'archive_check'>): Promise<void> {
  await session
    .insertInto('archive_check')
    .values(row)
    .onConflict((on) =>
      on.column('segment').doUpdateSet({ outcome: sql`excluded.outcome`, at_ms: sql`excluded.at_ms` }),
    )
    .execute();
}

/** Stores a segment with what it holds: a part of the transaction that records its document. */
export async function insertSegment(
  session: Session,
  segment: Row<'archive_segment'>,
  items: readonly Row<'archive_item'>[],
): Promise<void> {
  await session.insertInto('archive_segment').values(segment).execute();
  for (let at = 0; at < items.length; at += pageMax)
    await session
      .insertInto('archive_item')
      .values(items.slice(at, at + pageMax))
      .execute();
}

export async function insertHold(
  session: Session,
  hold: Row<'retention_hold'>,
  names: readonly string[],
): Promise<void> {
  const { hold_id, version } = hold;
  await session.insertInto('retention_hold').values(hold).execute();
  await session
    .insertInto('retention_hold_name')
    .values(names.map((name) => ({ hold_id, version, name })))
    .execute();
}

export async function insertTerms(session: Session, rows: readonly Row<'retention_term'>[]): Promise<void> {
  await session
    .insertInto('retention_term')
    .values([...rows])
    .execute();
}

/** What the database says to the wish to destroy the key of a piece of evidence. */
export const destructionAnswers = [
  'destroyed',
  'evidence-unknown',
  'evidence-destroyed',
  'retention-not-over',
  'retention-held',
  'archive-not-held',
] as const;
export type DestructionAnswer = (typeof destructionAnswers)[number];

/** Asks the database to destroy the key of a piece of evidence; it decides by its own clock and tables, and only `destroyed` changed anything. */
export async function destroyEvidenceKey(session: Session, sha256: string): Promise<DestructionAnswer> {
  const { rows } = await sql<{ answer: string }>`select destroy_evidence_key(${sha256}) as answer`.execute(session);
  const answer = destructionAnswers.find((known) => known === rows[0]?.answer);
  if (answer === undefined) throw new Error('store: the database gives an answer that we know');
  return answer;
}

/** Hashes of evidence whose key was destroyed after `afterMs`. */
export async function readDestroyed(session: Session, afterMs: number): Promise<readonly Row<'evidence_destroyed'>[]> {
  return session.selectFrom('evidence_destroyed').selectAll().where('at_ms', '>', afterMs).orderBy('at_ms').execute();
}

/** True where a leaf of the platform has lost its document, or the document says that it is evidence and is none: it might have been a hold. */
export async function isPlatformDocumentLost(session: Session): Promise<boolean> {
  const lost = await sql`
    select 1 from leaf where leaf.body like '%"kind":"platform"%'
    and not exists (select from document where document.leaf_id = leaf.leaf_id and (document.kind <> 'evidence'
      or exists (select from evidence_blob item where item.leaf_id = leaf.leaf_id))) limit 1`.execute(session);
  return lost.rows.length > 0;
}

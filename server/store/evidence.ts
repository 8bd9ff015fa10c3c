import { sql } from 'kysely';
import type { Database, Session } from './database.ts';
import { inTransaction } from './database.ts';
import type { DocumentRow } from './accounts.ts';
import type { Row } from './schema.ts';

export type UploadKey = { readonly device: string; readonly sha256: string };
/** What one device may have on the server that is not accepted yet. */
export type UploadQuota = { readonly uploadsMax: number; readonly bytesMax: number };

export async function readUpload(
  session: Session,
  { device, sha256 }: UploadKey,
): Promise<Row<'evidence_upload'> | undefined> {
  return session
    .selectFrom('evidence_upload')
    .selectAll()
    .where('device', '=', device)
    .where('sha256', '=', sha256)
    .executeTakeFirst();
}

/**
 * Stores a new upload; `full` where the device has as much waiting as it may. The lock makes the creations of one device follow each
 * other, so that none is counted too late. Throws where the upload is there already.
 */
export async function insertUpload(
  database: Database,
  row: Row<'evidence_upload'>,
  quota: UploadQuota,
): Promise<'made' | 'full'> {
  return inTransaction(database, async (session) => {
    await sql`select pg_advisory_xact_lock(hashtext(${`evidence ${row.device}`}))`.execute(session);
    const waiting = await session
      .selectFrom('evidence_upload')
      .select((build) => [
        build.fn.countAll<number>().as('uploads'),
        build.fn.sum<string | null>('size_bytes').as('bytes'),
      ])
      .where('device', '=', row.device)
      .where('state', 'in', ['receiving', 'quarantined'])
      .executeTakeFirstOrThrow();
    const bytes = Number(waiting.bytes ?? 0) + row.size_bytes;
    if (waiting.uploads >= quota.uploadsMax || bytes > quota.bytesMax) return 'full';
    await session.insertInto('evidence_upload').values(row).execute();
    return 'made';
  });
}

/** Moves an upload on; false where it was not in `from` any more. */
export async function moveUpload(
  session: Session,
  { device, sha256 }: UploadKey,
  move: {
    readonly from: string;
    readonly to: string;
    readonly refusal?: string | undefined;
    readonly leafId?: string | undefined;
  },
): Promise<boolean> {
  const moved = await session
    .updateTable('evidence_upload')
    .set({ state: move.to, refusal: move.refusal ?? null, leaf_id: move.leafId ?? null })
    .where('device', '=', device)
    .where('sha256', '=', sha256)
    .where('state', '=', move.from)
    .executeTakeFirst();
  return moved.numUpdatedRows === 1n;
}

/** Forgets an upload that is not whole, or whose bytes were others than announced; false where there was none to forget. */
export async function deleteUpload(session: Session, { device, sha256 }: UploadKey): Promise<boolean> {
  const deleted = await session
    .deleteFrom('evidence_upload')
    .where('device', '=', device)
    .where('sha256', '=', sha256)
    .where((build) => build.or([build('state', '=', 'receiving'), build('refusal', '=', 'evidence-hash-mismatch')]))
    .executeTakeFirst();
  return deleted.numDeletedRows === 1n;
}

/** Rows of uploads read at once. */
const uploadsPageMax = 256;

/** Every upload in a state that was created before a time, oldest first, a page at a time: whoever stays does not hide who comes after. */
export async function* scanUploads(
  session: Session,
  state: string,
  createdBeforeMs = Number.MAX_SAFE_INTEGER,
): AsyncGenerator<readonly Row<'evidence_upload'>[], void> {
  let last: Row<'evidence_upload'> | undefined;
  for (;;) {
    const before = last;
    const page = await session
      .selectFrom('evidence_upload')
      .selectAll()
      .where('state', '=', state)
      .where('created_at_ms', '<', createdBeforeMs)
      .$if(before !== undefined, (query) =>
        query.where(
          sql<boolean>`(created_at_ms, device, sha256) > (${before?.created_at_ms}, ${before?.device}, ${before?.sha256})`,
        ),
      )
      .orderBy('created_at_ms')
      .orderBy('device')
      .orderBy('sha256')
      .limit(uploadsPageMax)
      .execute();
    if (page.length > 0) yield page;
    if (page.length < uploadsPageMax) return;
    last = page.at(-1);
  }
}

export async function insertBlob(session: Session, row: Row<'evidence_blob'>): Promise<void> {
  await session.insertInto('evidence_blob').values(row).execute();
}

export async function readBlob(session: Session, blob: string): Promise<Row<'evidence_blob'> | undefined> {
  return session.selectFrom('evidence_blob').selectAll().where('blob', '=', blob).executeTakeFirst();
}

/** Names of blobs after this one, in their order. */
export async function readBlobNames(session: Session, after: string, limit: number): Promise<readonly string[]> {
  const rows = await session
    .selectFrom('evidence_blob')
    .select('blob')
    .where('blob', '>', after)
    .orderBy('blob')
    .limit(limit)
    .execute();
  return rows.map(({ blob }) => blob);
}

/** The document of a leaf, with its place in the log where it has one. */
export async function readDocumentOf(
  session: Session,
  leafId: string,
): Promise<(Omit<DocumentRow, 'leaf_index'> & { readonly leaf_index: number | null }) | undefined> {
  return session
    .selectFrom('document')
    .innerJoin('leaf', 'leaf.leaf_id', 'document.leaf_id')
    .leftJoin('leaf_position', 'leaf_position.leaf_id', 'document.leaf_id')
    .selectAll('document')
    .select(['leaf.body', 'leaf.opening', 'leaf_position.leaf_index'])
    .where('document.leaf_id', '=', leafId)
    .executeTakeFirst();
}

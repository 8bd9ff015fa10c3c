import { sql } from 'kysely';
import { bulkInsert, runStatements, type Statement } from './bulk.ts';
import { inTransaction, type Database, type Session } from './database.ts';
import type { Row } from './schema.ts';

const insertLeaf = bulkInsert('leaf', {
  leaf_id: 'text',
  body: 'text',
  subject: 'text',
  opening: 'bytea',
  received_at_ms: 'bigint',
});
const insertPending = bulkInsert('leaf_pending', { leaf_id: 'text', ordinal: 'bigint', tag: 'text' });
const insertPositions = bulkInsert('leaf_position', { leaf_index: 'bigint', leaf_id: 'text', tag: 'text' });

/** A leaf that waits for its index, with the mark of the platform. */
export type NewLeaf = Row<'leaf'> & Row<'leaf_pending'>;

export type WaitingLeaf = Pick<NewLeaf, 'leaf_id' | 'body' | 'ordinal'>;
export type SequencedLeaf = Pick<Row<'leaf_position'>, 'leaf_index' | 'leaf_id'> & Pick<Row<'leaf'>, 'body'>;

/** Marks that only a key of the platform makes: whoever writes into the database but holds none queues no leaf and gives none a place. */
export type LeafTags = {
  readonly ofWaiting: (leaf: WaitingLeaf) => string;
  readonly ofPlace: (leaf: SequencedLeaf) => string;
};

/** Stores leaves and queues them for the log, in the order of `ordinal`. */
export function leafStatements(leaves: readonly NewLeaf[]): readonly Statement[] {
  return [...insertLeaf(leaves), ...insertPending(leaves)];
}

/** As `leafStatements`, as a part of the transaction that makes the leaves true. */
export async function insertLeaves(session: Session, leaves: readonly NewLeaf[]): Promise<void> {
  await runStatements(session, leafStatements(leaves));
}

type Assigned =
  /** In the order of their index. */
  | { readonly placed: readonly SequencedLeaf[] }
  /** The first waiting row that this platform did not queue, or that has a place already; nothing was given an index. */
  | { readonly unknownLeaf: string };

/** A row whose leaf is missing has no text. */
type Pending = Row<'leaf_pending'> & { readonly body: string | null };

function isOurs(leaf: Pending, tags: LeafTags): leaf is Pending & { readonly body: string } {
  return leaf.body !== null && leaf.tag === tags.ofWaiting({ ...leaf, body: leaf.body });
}

async function readPending(session: Session, limit: number): Promise<readonly Pending[]> {
  return session
    .selectFrom('leaf_pending')
    .leftJoin('leaf', 'leaf.leaf_id', 'leaf_pending.leaf_id')
    .select(['leaf_pending.leaf_id', 'leaf_pending.ordinal', 'leaf_pending.tag', 'leaf.body'])
    .orderBy('leaf_pending.ordinal')
    .orderBy('leaf_pending.leaf_id')
    .limit(limit)
    .execute();
}

/**
 * Gives the next waiting leaves their index, at most `limit`, in one transaction. The counter's row lock lets one
 * sequencer at a time do it, and an index is never given twice. `isHeld` says whether the log has this text already.
 */
export async function assignPositions(
  database: Database,
  options: { readonly limit: number; readonly tags: LeafTags; readonly isHeld: (body: string) => boolean },
): Promise<Assigned> {
  const { limit, tags, isHeld } = options;
  return inTransaction(database, async (session) => {
    const counter = await session
      .selectFrom('counter')
      .select('value')
      .where('name', '=', 'leaf')
      .forUpdate()
      .executeTakeFirstOrThrow();
    const placed: SequencedLeaf[] = [];
    const texts = new Set<string>();
    for (const leaf of await readPending(session, limit)) {
      const { leaf_id } = leaf;
      if (!isOurs(leaf, tags) || isHeld(leaf.body) || texts.has(leaf.body)) return { unknownLeaf: leaf_id };
      texts.add(leaf.body);
      placed.push({ leaf_index: counter.value + placed.length, leaf_id, body: leaf.body });
    }
    if (placed.length === 0) return { placed };
    await runStatements(session, insertPositions(placed.map((leaf) => ({ ...leaf, tag: tags.ofPlace(leaf) }))));
    await sql`delete from leaf_pending where leaf_id = any(${placed.map(({ leaf_id }) => leaf_id)}::text[])`.execute(
      session,
    );
    await session
      .updateTable('counter')
      .set({ value: counter.value + placed.length })
      .where('name', '=', 'leaf')
      .execute();
    return { placed };
  });
}

/**
 * Gives a leaf that was queued in this very transaction its index; false where the log has another length by now, and the
 * caller gives the transaction up.
 */
export async function placeLeaf(session: Session, place: Row<'leaf_position'>): Promise<boolean> {
  const moved = await session
    .updateTable('counter')
    .set({ value: place.leaf_index + 1 })
    .where('name', '=', 'leaf')
    .where('value', '=', place.leaf_index)
    .executeTakeFirst();
  if (moved.numUpdatedRows !== 1n) return false;
  await runStatements(session, insertPositions([place]));
  await session.deleteFrom('leaf_pending').where('leaf_id', '=', place.leaf_id).execute();
  return true;
}

/** The sequenced leaves from `from` on, in order, at most `limit`. */
export async function readSequencedLeaves(
  session: Session,
  from: number,
  limit: number,
): Promise<readonly (SequencedLeaf & Row<'leaf_position'>)[]> {
  return session
    .selectFrom('leaf_position')
    .innerJoin('leaf', 'leaf.leaf_id', 'leaf_position.leaf_id')
    .selectAll('leaf_position')
    .select('leaf.body')
    .where('leaf_position.leaf_index', '>=', from)
    .orderBy('leaf_position.leaf_index')
    .limit(limit)
    .execute();
}

/** How many leaves have an index. */
export async function countSequenced(session: Session): Promise<number> {
  const last = await session
    .selectFrom('leaf_position')
    .select('leaf_index')
    .orderBy('leaf_index', 'desc')
    .limit(1)
    .executeTakeFirst();
  return last === undefined ? 0 : last.leaf_index + 1;
}

/** Index of each leaf that has one. */
export async function readPositions(
  session: Session,
  leafIds: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  if (leafIds.length === 0) return new Map();
  const rows = await session
    .selectFrom('leaf_position')
    .selectAll()
    .where('leaf_id', 'in', [...leafIds])
    .execute();
  return new Map(rows.map((row) => [row.leaf_id, row.leaf_index]));
}

export async function readLeaves(session: Session, leafIds: readonly string[]): Promise<readonly Row<'leaf'>[]> {
  if (leafIds.length === 0) return [];
  return session
    .selectFrom('leaf')
    .selectAll()
    .where('leaf_id', 'in', [...leafIds])
    .execute();
}

export type TreeHeadRow = { readonly treeSize: number; readonly root: string };

/** The last head that this database let anybody sign. */
export async function readTreeHead(session: Session): Promise<TreeHeadRow | undefined> {
  const row = await session.selectFrom('checkpoint_head').selectAll().where('name', '=', 'log').executeTakeFirst();
  return row === undefined ? undefined : { treeSize: row.tree_size, root: row.root };
}

/**
 * Compare-and-swap of the tree head, with the signed note of the new one: false, and nothing stored, where the head is
 * not `before` any more. A second sequencer on the same database can therefore sign no fork.
 */
export async function swapCheckpoint(
  database: Database,
  options: {
    readonly before: TreeHeadRow | undefined;
    readonly after: TreeHeadRow;
    readonly note: string;
    readonly atMs: number;
  },
): Promise<boolean> {
  const { before, after, note, atMs } = options;
  return database.transaction().execute(async (session) => {
    if (before === undefined) {
      const made = await session
        .insertInto('checkpoint_head')
        .values({ name: 'log', tree_size: after.treeSize, root: after.root })
        .onConflict((on) => on.doNothing())
        .executeTakeFirst();
      if (made.numInsertedOrUpdatedRows !== 1n) return false;
    } else {
      const swapped = await session
        .updateTable('checkpoint_head')
        .set({ tree_size: after.treeSize, root: after.root })
        .where('name', '=', 'log')
        .where('tree_size', '=', before.treeSize)
        .where('root', '=', before.root)
        .executeTakeFirst();
      if (swapped.numUpdatedRows !== 1n) return false;
    }
    await session.insertInto('checkpoint').values({ tree_size: after.treeSize, note, signed_at_ms: atMs }).execute();
    return true;
  });
}

/** The signed note of the head of this size, where one was published. */
export async function readCheckpointOf(session: Session, treeSize: number): Promise<string | undefined> {
  const row = await session
    .selectFrom('checkpoint')
    .select('note')
    .where('tree_size', '=', treeSize)
    .executeTakeFirst();
  return row?.note;
}

/** The newest signed note. */
export async function readCheckpoint(session: Session): Promise<string | undefined> {
  const row = await session
    .selectFrom('checkpoint')
    .select('note')
    .orderBy('tree_size', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.note;
}

import type { Session } from './database.ts';
import type { Row } from './schema.ts';

/** What the tables hold beside a place of the log. */
export type PlacedLeaf = Pick<Row<'leaf'>, 'leaf_id' | 'subject' | 'opening'> & { readonly leaf_index: number };

/** The places [from, to] of the log that the tables have, in order. */
export async function readPlacedLeaves(session: Session, from: number, to: number): Promise<readonly PlacedLeaf[]> {
  return session
    .selectFrom('leaf_position')
    .innerJoin('leaf', 'leaf.leaf_id', 'leaf_position.leaf_id')
    .select(['leaf_position.leaf_index', 'leaf.leaf_id', 'leaf.subject', 'leaf.opening'])
    .where('leaf_position.leaf_index', '>=', from)
    .where('leaf_position.leaf_index', '<=', to)
    .orderBy('leaf_position.leaf_index')
    .execute();
}

/** Places of the log that hold documents of these kinds, up to `last`, in order. */
export async function readDocumentPlaces(
  session: Session,
  kinds: readonly string[],
  last: number,
): Promise<readonly number[]> {
  const rows = await session
    .selectFrom('document')
    .innerJoin('leaf_position', 'leaf_position.leaf_id', 'document.leaf_id')
    .select('leaf_position.leaf_index')
    .where('document.kind', 'in', [...kinds])
    .where('leaf_position.leaf_index', '<=', last)
    .orderBy('leaf_position.leaf_index')
    .execute();
  return rows.map(({ leaf_index }) => leaf_index);
}

/** Places of the log, after `after` and before `before`, whose acts changed a case of rights, in order; at most `limit`. */
export async function readAccessPlaces(
  session: Session,
  { after, before, limit }: { readonly after: number; readonly before: number; readonly limit: number },
): Promise<readonly number[]> {
  const rows = await session
    .selectFrom('change')
    .innerJoin('leaf_position', 'leaf_position.leaf_id', 'change.leaf_id')
    .select('leaf_position.leaf_index')
    .where('change.scope', '=', 'access')
    .where('leaf_position.leaf_index', '>', after)
    .where('leaf_position.leaf_index', '<', before)
    .orderBy('leaf_position.leaf_index')
    .limit(limit)
    .execute();
  return rows.map(({ leaf_index }) => leaf_index);
}

/** Documents by their leaves. */
export async function readDocumentsOf(
  session: Session,
  leafIds: readonly string[],
): Promise<readonly Row<'document'>[]> {
  if (leafIds.length === 0) return [];
  return session
    .selectFrom('document')
    .selectAll()
    .where('leaf_id', 'in', [...leafIds])
    .execute();
}

/** The first place whose leaf was received at or after a time, or the last that was received before it. */
export async function readPlaceAt(
  session: Session,
  side: 'first-from' | 'last-before',
  atMs: number,
): Promise<number | undefined> {
  const query = session.selectFrom('leaf').innerJoin('leaf_position', 'leaf_position.leaf_id', 'leaf.leaf_id');
  const row =
    side === 'first-from'
      ? await query
          .select((of) => of.fn.min<number | null>('leaf_position.leaf_index').as('place'))
          .where('leaf.received_at_ms', '>=', atMs)
          .executeTakeFirst()
      : await query
          .select((of) => of.fn.max<number | null>('leaf_position.leaf_index').as('place'))
          .where('leaf.received_at_ms', '<', atMs)
          .executeTakeFirst();
  return row?.place ?? undefined;
}

/** The signed note of the largest tree of at most `size` leaves, or of the smallest of at least that many. */
export async function readCheckpointAt(
  session: Session,
  side: 'at-most' | 'at-least',
  size: number,
): Promise<string | undefined> {
  const isAtMost = side === 'at-most';
  const row = await session
    .selectFrom('checkpoint')
    .select('note')
    .where('tree_size', isAtMost ? '<=' : '>=', size)
    .orderBy('tree_size', isAtMost ? 'desc' : 'asc')
    .limit(1)
    .executeTakeFirst();
  return row?.note;
}

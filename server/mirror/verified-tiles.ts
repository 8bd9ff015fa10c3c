import { equalBytes, InvariantError, ok, refuse, type Result } from '../../core/kernel/index.ts';
import {
  hashesOfTiles,
  hashLeaf,
  hashNode,
  hashSizeBytes,
  rootOf,
  tileHeight,
  tilePath,
  tileWidth,
  tileWidthAt,
  type Checkpoint,
} from '../../core/log/index.ts';
import { sha256 } from '../../eds/index.ts';
import { bundleSizeBytes, entriesOf } from './entries.ts';

/** Gives the bytes at a path below the prefix of a log; more than `sizeMaxBytes` is no answer. */
export type Fetch = (path: string, sizeMaxBytes: number) => Promise<Result<Uint8Array, FetchRefusal>>;
export type FetchRefusal =
  | 'mirror-origin-unreachable'
  | 'mirror-file-missing'
  | 'mirror-answer-too-large'
  | 'mirror-door-closed';

export type TileRefusal = FetchRefusal | 'mirror-tile-wrong';

/** A tree that somebody serves, of which nothing is believed that does not lead to the root of a signed head. */
export type VerifiedTiles = {
  /** Root of the tree as it was with `size` leaves. */
  readonly rootAt: (size: number) => Promise<Result<Uint8Array, TileRefusal>>;
  /** The entries of a bundle that the tree has, each of them the leaf of its place. */
  readonly entries: (bundle: number) => Promise<Result<readonly Uint8Array[], TileRefusal>>;
};

const tileSizeMaxBytes = tileWidth * hashSizeBytes;
/** 256 entries of 65,535 octets, each with its length of two. */
const bundleSizeMaxBytes = tileWidth * (2 + 65_535);
/** Tiles above the one that is read; a walk through the log needs one a level. */
const keptTilesMax = 64;

type Place = { readonly level: number; readonly index: number };
type Tiles = ReadonlyMap<string, Uint8Array>;

const nameOf = ({ level, index }: Place): string => `${level}/${index}`;
const wrong = (path: string): Result<never, TileRefusal> => refuse('mirror-tile-wrong', { path });

/** The tiles that hold the complete subtrees of which a tree of `size` leaves is made: the last of each level that is not full. */
function edgeOf(size: number): readonly Place[] {
  const places: Place[] = [];
  for (let level = 0, hashes = size; hashes > 0; level += 1, hashes = Math.floor(hashes / tileWidth))
    if (hashes % tileWidth > 0) places.push({ level, index: Math.floor(hashes / tileWidth) });
  return places;
}

function rootOfEdge(size: number, tiles: Tiles): Uint8Array {
  const readHash = hashesOfTiles(sha256, (level, index) => {
    const tile = tiles.get(nameOf({ level, index }));
    if (tile === undefined) throw new InvariantError('mirror: the tiles of the edge hold the root');
    return tile;
  });
  return rootOf({ sha256, readHash, size });
}

function hashOfFullTile(tile: Uint8Array): Uint8Array {
  const readHash = hashesOfTiles(sha256, () => tile);
  return hashNode(sha256, readHash(tileHeight - 1, 0), readHash(tileHeight - 1, 1));
}

type ReadProven = (place: Place) => Promise<Result<Uint8Array, TileRefusal>>;

async function fetchTile(
  fetch: Fetch,
  size: number,
  { level, index }: Place,
): Promise<Result<Uint8Array, TileRefusal>> {
  const width = tileWidthAt({ level, index, size });
  const path = tilePath({ level, index, width });
  const tile = await fetch(path, tileSizeMaxBytes);
  return !tile.ok || tile.value.length === width * hashSizeBytes ? tile : wrong(path);
}

/** Fetches the last tile of each level, which together must give the root. */
async function fetchEdge({ size, root }: Checkpoint, fetch: Fetch): Promise<Result<Tiles, TileRefusal>> {
  const edge = new Map<string, Uint8Array>();
  for (const place of edgeOf(size)) {
    const fetched = await fetchTile(fetch, size, place);
    if (!fetched.ok) return fetched;
    edge.set(nameOf(place), fetched.value);
  }
  if (equalBytes(rootOfEdge(size, edge), root)) return ok(edge);
  // Any of them may be the one that is wrong.
  return wrong(
    edgeOf(size)
      .map((place) => tilePath({ ...place, width: tileWidthAt({ ...place, size }) }))
      .join(' '),
  );
}

/** Reads tiles whose way to the root is closed: of the edge, or full and named by the tile above. */
function provenTiles(size: number, edge: Tiles, fetch: Fetch): ReadProven {
  const kept = new Map<string, Uint8Array>();
  return async function read(place: Place): Promise<Result<Uint8Array, TileRefusal>> {
    const name = nameOf(place);
    const known = edge.get(name) ?? kept.get(name);
    if (known !== undefined) return ok(known);
    const { level, index } = place;
    const above = await read({ level: level + 1, index: Math.floor(index / tileWidth) });
    if (!above.ok) return above;
    const fetched = await fetchTile(fetch, size, place);
    if (!fetched.ok) return fetched;
    const at = (index % tileWidth) * hashSizeBytes;
    if (!equalBytes(hashOfFullTile(fetched.value), above.value.subarray(at, at + hashSizeBytes)))
      return wrong(tilePath({ ...place, width: tileWidth }));
    if (kept.size >= keptTilesMax) kept.clear();
    kept.set(name, fetched.value);
    return fetched;
  };
}

/**
 * Opens the tiles below a signed head: the last tile of each level must give its root, and each full tile the hash that
 * stands for it in the tile above. `mirror-tile-wrong` names the path.
 */
export async function openVerifiedTiles(head: Checkpoint, fetch: Fetch): Promise<Result<VerifiedTiles, TileRefusal>> {
  const { size } = head;
  const edge = await fetchEdge(head, fetch);
  if (!edge.ok) return edge;
  const read = provenTiles(size, edge.value, fetch);
  return ok({
    rootAt: async (oldSize) => {
      const tiles = new Map<string, Uint8Array>();
      for (const place of edgeOf(oldSize)) {
        const tile = await read(place);
        if (!tile.ok) return tile;
        tiles.set(nameOf(place), tile.value);
      }
      return ok(rootOfEdge(oldSize, tiles));
    },
    entries: async (index) => {
      const hashes = await read({ level: 0, index });
      if (!hashes.ok) return hashes;
      const width = tileWidthAt({ level: 0, index, size });
      const path = tilePath({ level: 'entries', index, width });
      const bundle = await fetch(path, bundleSizeMaxBytes);
      if (!bundle.ok) return bundle;
      const entries = [...entriesOf(bundle.value)];
      const isWhole = entries.length === width && bundleSizeBytes(entries) === bundle.value.length;
      const isLeaf = (entry: Uint8Array, at: number): boolean =>
        equalBytes(hashLeaf(sha256, entry), hashes.value.subarray(at * hashSizeBytes, (at + 1) * hashSizeBytes));
      return isWhole && entries.every(isLeaf) ? ok(entries) : wrong(path);
    },
  });
}

import { assert, type Sha256 } from '../kernel/index.ts';
import { hashNode, hashSizeBytes, type ReadHash } from './merkle.ts';

/** Levels of the tree that one tile covers (C2SP tlog-tiles). */
export const tileHeight = 8;
/** Hashes in a full tile. */
export const tileWidth = 256;

/**
 * Gives the tile at (tile level, tile index) as its hashes one after the other; may be longer or shorter than full, but
 * holds at least the hashes of the tree that is asked about.
 */
export type ReadTile = (level: number, index: number) => Uint8Array;

function fold(sha256: Sha256, hashes: Uint8Array, at: number, count: number): Uint8Array {
  if (count === 1) return hashes.slice(at * hashSizeBytes, (at + 1) * hashSizeBytes);
  return hashNode(sha256, fold(sha256, hashes, at, count / 2), fold(sha256, hashes, at + count / 2, count / 2));
}

/** Reads hashes of any level out of tiles, so that proofs need no other store. */
export function hashesOfTiles(sha256: Sha256, readTile: ReadTile): ReadHash {
  return (level, index) => {
    const inner = level % tileHeight;
    const count = 2 ** inner;
    const first = index * count;
    const tile = readTile((level - inner) / tileHeight, Math.floor(first / tileWidth));
    const at = first % tileWidth;
    assert(tile.length >= (at + count) * hashSizeBytes, 'log: the tile holds the hash that the tree needs');
    return fold(sha256, tile, at, count);
  };
}

/** `1234067` as `x001/x234/067` (C2SP tlog-tiles). */
function tileNumber(index: number): string {
  let text = String(index % 1000).padStart(3, '0');
  for (let rest = Math.floor(index / 1000); rest > 0; rest = Math.floor(rest / 1000)) {
    text = `x${String(rest % 1000).padStart(3, '0')}/${text}`;
  }
  return text;
}

/** Path of a tile of hashes or of entries below the prefix of the log; `width` 256 is the full tile. */
export function tilePath(options: {
  readonly level: number | 'entries';
  readonly index: number;
  readonly width: number;
}): string {
  const { level, index, width } = options;
  assert(width >= 1 && width <= tileWidth, 'log: a tile has 1 to 256 hashes');
  return `tile/${level}/${tileNumber(index)}${width === tileWidth ? '' : `.p/${width}`}`;
}

/** Hashes that the tile at (level, index) has in a tree of `size` leaves: 0 to 256. */
export function tileWidthAt(options: {
  readonly level: number;
  readonly index: number;
  readonly size: number;
}): number {
  const { level, index, size } = options;
  const hashes = Math.floor(size / tileWidth ** level);
  return Math.max(0, Math.min(tileWidth, hashes - index * tileWidth));
}

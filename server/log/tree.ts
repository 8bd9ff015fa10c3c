import { assert, toBase64 } from '../../core/kernel/index.ts';
import {
  consistencyPath,
  createFrontier,
  hashesOfTiles,
  hashLeaf,
  inclusionPath,
  rootOf,
  tileHeight,
  tileWidth,
  tileWidthAt,
  type Frontier,
  type ReadHash,
} from '../../core/log/index.ts';
import { sha256 } from '../../eds/index.ts';
import type { LevelFiles } from './level-files.ts';

/** The Merkle tree over the level files. */
export type LogTree = {
  readonly size: () => number;
  /** Root of the tree as it was with `size` leaves, at most the present size; base64. */
  readonly rootAt: (size: number) => string;
  readonly inclusion: (index: number, size: number) => readonly Uint8Array[];
  readonly consistency: (oldSize: number, size: number) => readonly Uint8Array[];
  /** Adds leaf texts; durable on return. A throw (disk full, disk failed) closes the tree for good: memory and disk may differ. */
  readonly append: (texts: readonly string[]) => void;
  /** True after an append that threw. */
  readonly isBroken: () => boolean;
};

/** Full tiles are read once and never change. */
const cachedTilesMax = 2_048;
const cachedRootsMax = 4_096;

function createTileReader(files: LevelFiles): (level: number, index: number) => Uint8Array {
  const full = new Map<string, Uint8Array>();
  return (level, index) => {
    const name = `${level}/${index}`;
    const known = full.get(name);
    if (known !== undefined) return known;
    const width = tileWidthAt({ level, index, size: files.size() });
    const tile = files.readHashes(level, index * tileWidth, width);
    if (width === tileWidth) {
      if (full.size >= cachedTilesMax) full.clear();
      full.set(name, tile);
    }
    return tile;
  };
}

/** Opens the tree of whatever the files hold. */
export function openTree(files: LevelFiles): LogTree {
  const readHash: ReadHash = hashesOfTiles(sha256, createTileReader(files));
  const frontier: Frontier = createFrontier({ sha256, readHash, size: files.size() });
  const roots = new Map<number, string>();
  let isBroken = false;

  function rootAt(size: number): string {
    const known = roots.get(size);
    if (known !== undefined) return known;
    assert(size <= files.size(), 'log: a root is asked of a tree that was');
    const root = toBase64(rootOf({ sha256, readHash, size }));
    if (roots.size >= cachedRootsMax) roots.clear();
    roots.set(size, root);
    return root;
  }

  return {
    size: () => files.size(),
    rootAt,
    inclusion: (index, size) => inclusionPath({ sha256, readHash, index, size }),
    consistency: (oldSize, size) => consistencyPath({ sha256, readHash, oldSize, size }),
    append: (texts) => {
      assert(!isBroken, 'log: a write that failed half way is looked at by a new start, not built upon');
      isBroken = true;
      const hashes: Uint8Array[][] = [];
      const entries = texts.map((text) => Buffer.from(text));
      for (const entry of entries) {
        frontier.append(hashLeaf(sha256, entry), (level, _index, hash) => {
          if (level % tileHeight === 0) (hashes[level / tileHeight] ??= []).push(hash);
        });
      }
      files.append(
        entries,
        Array.from(hashes, (list) => list ?? []),
      );
      files.sync();
      assert(frontier.size() === files.size(), 'log: the tree and its files have one size');
      roots.set(files.size(), toBase64(frontier.root()));
      isBroken = false;
    },
    isBroken: () => isBroken,
  };
}

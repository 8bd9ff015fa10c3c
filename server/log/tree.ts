import { assert, toBase64 } from '../../core/kernel/index.ts';
import { consistencyPath, createFrontier, inclusionPath, rootOf, type Frontier } from '../../core/log/index.ts';
import { sha256 } from '../../eds/index.ts';
import type { LevelFiles } from './level-files.ts';
import { appendMax } from './torn-files.ts';

/** The Merkle tree over the level files. */
export type LogTree = {
  readonly size: () => number;
  /** Root of the tree as it was with `size` leaves, at most the present size; base64. */
  readonly rootAt: (size: number) => string;
  readonly inclusion: (index: number, size: number) => readonly Uint8Array[];
  readonly consistency: (oldSize: number, size: number) => readonly Uint8Array[];
  /** Adds entries, texts as UTF-8; durable on return. A throw (disk full, disk failed) closes the tree for good: memory and disk may differ. */
  readonly append: (entries: readonly (Uint8Array | string)[]) => void;
  /** True after an append that threw. */
  readonly isBroken: () => boolean;
};

const cachedRootsMax = 4_096;

/** Opens the tree of whatever the files hold. */
export function openTree(files: LevelFiles): LogTree {
  const readHash = files.readNode;
  const frontier: Frontier = createFrontier({ sha256, readHash, size: files.size() });
  const roots = new Map<number, string>();
  let isBroken = false;

  function rootAt(size: number): string {
    const known = roots.get(size);
    if (known !== undefined) return known;
    assert(size <= files.size(), 'log: a root is asked of a tree that was');
    const isWhole = !isBroken && size === frontier.size();
    const root = toBase64(isWhole ? frontier.root() : rootOf({ sha256, readHash, size }));
    if (roots.size >= cachedRootsMax) roots.clear();
    roots.set(size, root);
    return root;
  }

  function grow(entries: readonly (Uint8Array | string)[]): void {
    for (const entry of entries) frontier.append(files.stage(entry), files.put);
    files.commit();
    assert(frontier.size() === files.size(), 'log: the tree and its files have one size');
  }

  for (const entries of files.recover()) grow(entries);

  return {
    size: () => files.size(),
    rootAt,
    inclusion: (index, size) => inclusionPath({ sha256, readHash, index, size }),
    consistency: (oldSize, size) => consistencyPath({ sha256, readHash, oldSize, size }),
    append: (entries) => {
      assert(!isBroken, 'log: a write that failed half way is looked at by a new start, not built upon');
      isBroken = true;
      for (let at = 0; at < entries.length; at += appendMax) grow(entries.slice(at, at + appendMax));
      isBroken = false;
    },
    isBroken: () => isBroken,
  };
}

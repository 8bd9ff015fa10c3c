import { assert, type Sha256 } from '../kernel/index.ts';
import { hashNode, hashSizeBytes, type ReadHash } from './merkle.ts';

/** The right edge of a growing tree: the hashes of its complete subtrees, one a set bit of the size. */
export type Frontier = {
  readonly size: () => number;
  /** Root of the tree as it is now. */
  readonly root: () => Uint8Array;
  /** Adds one leaf hash; tells every subtree that became complete, leaf first. Never fails half way. */
  readonly append: (leaf: Uint8Array, onComplete?: (level: number, index: number, hash: Uint8Array) => void) => void;
};

/** Opens the frontier of a tree of `size` leaves; `readHash` is asked only for its complete subtrees. */
export function createFrontier(options: {
  readonly sha256: Sha256;
  readonly readHash?: ReadHash;
  readonly size?: number;
}): Frontier {
  const { sha256, readHash } = options;
  let size = options.size ?? 0;
  const edge: (Uint8Array | undefined)[] = [];
  for (let level = 0, count = size; count > 0; level += 1, count = Math.floor(count / 2)) {
    if (count % 2 === 0) continue;
    assert(readHash !== undefined, 'log: a frontier of a tree that is not empty needs its hashes');
    edge[level] = readHash(level, count - 1);
  }
  return {
    size: () => size,
    root: () => {
      let hash: Uint8Array | undefined;
      for (const subtree of edge) {
        if (subtree !== undefined) hash = hash === undefined ? subtree : hashNode(sha256, subtree, hash);
      }
      return hash ?? sha256();
    },
    append: (leaf, onComplete) => {
      assert(leaf.length === hashSizeBytes, 'log: a leaf hash has 32 bytes');
      let hash = leaf;
      let level = 0;
      let index = size;
      onComplete?.(level, index, hash);
      for (; index % 2 === 1; index = Math.floor(index / 2)) {
        const left = edge[level];
        assert(left !== undefined, 'log: the frontier has a hash for each set bit of its size');
        hash = hashNode(sha256, left, hash);
        edge[level] = undefined;
        level += 1;
        onComplete?.(level, Math.floor(index / 2), hash);
      }
      edge[level] = hash;
      size += 1;
    },
  };
}

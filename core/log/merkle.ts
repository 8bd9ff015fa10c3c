import { assert, equalBytes, type Sha256 } from '../kernel/index.ts';

/** Bytes of one tree hash. */
export const hashSizeBytes = 32;

const leafPrefix = Uint8Array.of(0);
const nodePrefix = Uint8Array.of(1);

/**
 * Gives the hash of the complete subtree of height `level` at `index`, that is over leaves
 * [index·2^level, (index+1)·2^level). Asked only for subtrees that the named tree size contains.
 */
export type ReadHash = (level: number, index: number) => Uint8Array;

/** RFC 6962 §2.1 hash of one leaf; a string counts as its UTF-8 bytes. */
export function hashLeaf(sha256: Sha256, data: Uint8Array | string): Uint8Array {
  return sha256(leafPrefix, data);
}

/** RFC 6962 §2.1 hash of an inner node. */
export function hashNode(sha256: Sha256, left: Uint8Array, right: Uint8Array): Uint8Array {
  return sha256(nodePrefix, left, right);
}

/** Largest power of two below `count`, for `count` ≥ 2. */
function split(count: number): number {
  let half = 1;
  while (half * 2 < count) half *= 2;
  return half;
}

/** Height of a complete subtree with `count` leaves, or -1 where `count` is no power of two. */
function heightOf(count: number): number {
  let height = 0;
  let span = 1;
  while (span < count) {
    span *= 2;
    height += 1;
  }
  return span === count ? height : -1;
}

type Tree = { readonly sha256: Sha256; readonly readHash: ReadHash };

function rangeHash(tree: Tree, from: number, to: number): Uint8Array {
  const count = to - from;
  const height = heightOf(count);
  if (height >= 0) return tree.readHash(height, from / count);
  const middle = from + split(count);
  return hashNode(tree.sha256, rangeHash(tree, from, middle), rangeHash(tree, middle, to));
}

/** Root of the tree of `size` leaves; of the empty tree, SHA-256 of nothing. */
export function rootOf(options: {
  readonly sha256: Sha256;
  readonly readHash: ReadHash;
  readonly size: number;
}): Uint8Array {
  return options.size === 0 ? options.sha256() : rangeHash(options, 0, options.size);
}

/** RFC 6962 §2.1.1 audit path, from the leaf's sibling up to the child of the root. */
export function inclusionPath(options: {
  readonly sha256: Sha256;
  readonly readHash: ReadHash;
  readonly index: number;
  readonly size: number;
}): Uint8Array[] {
  const { index, size } = options;
  assert(
    Number.isSafeInteger(size) && Number.isSafeInteger(index) && index >= 0 && index < size,
    'log: the leaf is in the tree',
  );
  const path: Uint8Array[] = [];
  let from = 0;
  let to = size;
  while (to - from > 1) {
    const middle = from + split(to - from);
    const isLeft = index < middle;
    path.push(isLeft ? rangeHash(options, middle, to) : rangeHash(options, from, middle));
    if (isLeft) to = middle;
    else from = middle;
  }
  return path.toReversed();
}

/** RFC 6962 §2.1.2 proof that the tree of `size` leaves extends the tree of `oldSize`; empty for equal sizes and from nothing. */
export function consistencyPath(options: {
  readonly sha256: Sha256;
  readonly readHash: ReadHash;
  readonly oldSize: number;
  readonly size: number;
}): Uint8Array[] {
  const { oldSize, size } = options;
  assert(
    Number.isSafeInteger(size) && Number.isSafeInteger(oldSize) && oldSize >= 0 && oldSize <= size,
    'log: the old tree is not larger',
  );
  if (oldSize === 0 || oldSize === size) return [];
  const path: Uint8Array[] = [];
  let from = 0;
  let to = size;
  let isOldRoot = true;
  while (to > oldSize) {
    const middle = from + split(to - from);
    if (oldSize <= middle) {
      path.push(rangeHash(options, middle, to));
      to = middle;
    } else {
      path.push(rangeHash(options, from, middle));
      from = middle;
      isOldRoot = false;
    }
  }
  if (!isOldRoot) path.push(rangeHash(options, from, to));
  return path.toReversed();
}

const half = (value: number): number => Math.floor(value / 2);

/** RFC 9162 §2.1.3.2: true where `path` leads from the leaf hash at `index` to `root` of a tree of `size` leaves. */
export function verifyInclusion(options: {
  readonly sha256: Sha256;
  readonly leaf: Uint8Array;
  readonly index: number;
  readonly size: number;
  readonly path: readonly Uint8Array[];
  readonly root: Uint8Array;
}): boolean {
  const { sha256, leaf, index, size, path, root } = options;
  if (!Number.isSafeInteger(index) || !Number.isSafeInteger(size) || index < 0 || index >= size) return false;
  let place = index;
  let last = size - 1;
  let hash = leaf;
  for (const sibling of path) {
    if (last === 0 || sibling.length !== hashSizeBytes) return false;
    if (place % 2 === 1 || place === last) {
      hash = hashNode(sha256, sibling, hash);
      while (place % 2 === 0 && place !== 0) {
        place = half(place);
        last = half(last);
      }
    } else hash = hashNode(sha256, hash, sibling);
    place = half(place);
    last = half(last);
  }
  return last === 0 && equalBytes(hash, root);
}

/** RFC 9162 §2.1.4.2: true where the tree with `root` extends the tree with `oldRoot`. Every tree extends the empty one. */
export function verifyConsistency(options: {
  readonly sha256: Sha256;
  readonly oldSize: number;
  readonly oldRoot: Uint8Array;
  readonly size: number;
  readonly root: Uint8Array;
  readonly path: readonly Uint8Array[];
}): boolean {
  const { sha256, oldSize, oldRoot, size, root, path } = options;
  if (!Number.isSafeInteger(oldSize) || !Number.isSafeInteger(size) || oldSize < 0 || oldSize > size) return false;
  if (oldSize === 0) return path.length === 0 && equalBytes(oldRoot, sha256());
  if (oldSize === size) return path.length === 0 && equalBytes(oldRoot, root);
  if (path.some((hash) => hash.length !== hashSizeBytes)) return false;
  const [first, ...rest] = heightOf(oldSize) >= 0 ? [oldRoot, ...path] : path;
  if (first === undefined) return false;
  let place = oldSize - 1;
  let last = size - 1;
  while (place % 2 === 1) {
    place = half(place);
    last = half(last);
  }
  let oldHash = first;
  let hash = first;
  for (const sibling of rest) {
    if (last === 0) return false;
    if (place % 2 === 1 || place === last) {
      oldHash = hashNode(sha256, sibling, oldHash);
      hash = hashNode(sha256, sibling, hash);
      while (place % 2 === 0 && place !== 0) {
        place = half(place);
        last = half(last);
      }
    } else hash = hashNode(sha256, hash, sibling);
    place = half(place);
    last = half(last);
  }
  return last === 0 && equalBytes(oldHash, oldRoot) && equalBytes(hash, root);
}

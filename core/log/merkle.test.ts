import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { flipBit as flip, seeded, sha256 } from '../../tests/support/index.ts';
import { toHex } from '../kernel/index.ts';
import {
  consistencyPath,
  createFrontier,
  hashesOfTiles,
  hashLeaf,
  hashSizeBytes,
  inclusionPath,
  rootOf,
  tileHeight,
  tilePath,
  tileWidth,
  tileWidthAt,
  verifyConsistency,
  verifyInclusion,
  type ReadHash,
} from './index.ts';

const unhex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'hex'));

/** Leaves and roots of the Certificate Transparency reference implementation. */
const leaves = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'].map(
  unhex,
);
const roots = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];

type GrownTree = {
  readonly readHash: ReadHash;
  readonly rootAt: readonly Uint8Array[];
  readonly leaf: (index: number) => Uint8Array;
};

/** Grows a tree as the server does: the frontier tells complete subtrees, whose hashes at tile levels fill tiles. */
function grow(size: number, data: (index: number) => Uint8Array | string): GrownTree {
  const levels: Uint8Array[][] = [];
  const frontier = createFrontier({ sha256 });
  const rootAt = [frontier.root()];
  for (let i = 0; i < size; i += 1) {
    frontier.append(hashLeaf(sha256, data(i)), (level, index, hash) => {
      if (level % tileHeight !== 0) return;
      const hashes = (levels[level / tileHeight] ??= []);
      expect(index).toBe(hashes.length);
      hashes.push(hash);
    });
    rootAt.push(frontier.root());
  }
  const readTile = (level: number, index: number): Uint8Array =>
    new Uint8Array(Buffer.concat((levels[level] ?? []).slice(index * tileWidth, (index + 1) * tileWidth)));
  return { readHash: hashesOfTiles(sha256, readTile), rootAt, leaf: (index) => hashLeaf(sha256, data(index)) };
}

describe('the Merkle tree', () => {
  it('has the roots of the reference vectors', () => {
    const tree = grow(leaves.length, (index) => leaves[index] ?? '');
    expect(tree.rootAt.slice(1).map(toHex)).toEqual(roots);
    roots.forEach((root, i) => expect(toHex(rootOf({ sha256, readHash: tree.readHash, size: i + 1 }))).toBe(root));
  });

  it('has SHA-256 of nothing as the root of the empty tree', () => {
    expect(toHex(rootOf({ sha256, readHash: () => new Uint8Array(32), size: 0 }))).toBe(
      'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    );
  });

  it('proves every leaf of every tree up to 70 leaves, and every older tree', () => {
    const tree = grow(70, (index) => `leaf ${index}`);
    for (let size = 1; size <= 70; size += 1) {
      const root = tree.rootAt[size] ?? new Uint8Array();
      for (let index = 0; index < size; index += 1) {
        const path = inclusionPath({ sha256, readHash: tree.readHash, index, size });
        expect(verifyInclusion({ sha256, leaf: tree.leaf(index), index, size, path, root })).toBe(true);
        expect(verifyInclusion({ sha256, leaf: tree.leaf(index), index: index + 1, size, path, root })).toBe(false);
      }
      for (let oldSize = 0; oldSize <= size; oldSize += 1) {
        const path = consistencyPath({ sha256, readHash: tree.readHash, oldSize, size });
        const oldRoot = tree.rootAt[oldSize] ?? new Uint8Array();
        expect(verifyConsistency({ sha256, oldSize, oldRoot, size, root, path })).toBe(true);
      }
    }
  });
});

describe('a proof of another size', () => {
  const tree = grow(40, (index) => `leaf ${index}`);
  const rootAt = (size: number): Uint8Array => tree.rootAt[size] ?? new Uint8Array();

  it('does not pass for a deeper tree, though it ends in the same root', () => {
    for (let size = 1; size <= 40; size += 1) {
      const path = inclusionPath({ sha256, readHash: tree.readHash, index: 0, size });
      const claim = { sha256, leaf: tree.leaf(0), index: 0, path, root: rootAt(size) };
      expect(verifyInclusion({ ...claim, size })).toBe(true);
      expect(verifyInclusion({ ...claim, size: 2 * size + 1 })).toBe(false);
    }
  });

  it('does not pass as an extension of a tree to a deeper one', () => {
    for (let oldSize = 1; oldSize < 20; oldSize += 1) {
      for (let size = oldSize + 1; size <= 40; size += 1) {
        const path = consistencyPath({ sha256, readHash: tree.readHash, oldSize, size });
        const claim = { sha256, oldSize, oldRoot: rootAt(oldSize), root: rootAt(size), path };
        expect(verifyConsistency({ ...claim, size })).toBe(true);
        expect(verifyConsistency({ ...claim, size: 4 * size + 3 })).toBe(false);
      }
    }
  });
});

describe('proofs of random trees of up to 2,000 leaves', () => {
  const tree = grow(2_000, (index) => `entry ${index}`);
  const shape = fc.integer({ min: 1, max: 2_000 }).chain((size) =>
    fc.record({
      size: fc.constant(size),
      index: fc.nat(size - 1),
      oldSize: fc.integer({ min: 1, max: size }),
      at: fc.nat(),
      byte: fc.nat(31),
    }),
  );
  const rootAt = (size: number): Uint8Array => tree.rootAt[size] ?? new Uint8Array();

  it('verify, and fail after any change of one byte of leaf, path or root', () => {
    fc.assert(
      fc.property(shape, ({ size, index, at, byte }) => {
        const good = {
          sha256,
          leaf: tree.leaf(index),
          index,
          size,
          path: inclusionPath({ sha256, readHash: tree.readHash, index, size }),
          root: rootAt(size),
        };
        expect(verifyInclusion(good)).toBe(true);
        expect(verifyInclusion({ ...good, leaf: flip(good.leaf, byte) })).toBe(false);
        expect(verifyInclusion({ ...good, root: flip(good.root, byte) })).toBe(false);
        expect(verifyInclusion({ ...good, path: [...good.path, good.leaf] })).toBe(false);
        if (good.path.length === 0) return;
        const place = at % good.path.length;
        expect(
          verifyInclusion({ ...good, path: good.path.map((hash, i) => (i === place ? flip(hash, byte) : hash)) }),
        ).toBe(false);
        expect(verifyInclusion({ ...good, path: good.path.slice(1) })).toBe(false);
      }),
      seeded('inclusion proofs', 400),
    );
  });

  it('show that a tree extends an older one, and fail after any change of one byte', () => {
    fc.assert(
      fc.property(shape, ({ size, oldSize, at, byte }) => {
        const good = {
          sha256,
          oldSize,
          oldRoot: rootAt(oldSize),
          size,
          root: rootAt(size),
          path: consistencyPath({ sha256, readHash: tree.readHash, oldSize, size }),
        };
        expect(verifyConsistency(good)).toBe(true);
        expect(verifyConsistency({ ...good, oldRoot: flip(good.oldRoot, byte) })).toBe(false);
        expect(verifyConsistency({ ...good, root: flip(good.root, byte) })).toBe(false);
        if (good.path.length === 0) return;
        const place = at % good.path.length;
        expect(
          verifyConsistency({ ...good, path: good.path.map((hash, i) => (i === place ? flip(hash, byte) : hash)) }),
        ).toBe(false);
        expect(verifyConsistency({ ...good, path: good.path.slice(1) })).toBe(false);
        expect(verifyConsistency({ ...good, oldSize: size, size: oldSize })).toBe(false);
      }),
      seeded('consistency proofs', 400),
    );
  });

  it('continue from a frontier that was opened again', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_990 }), (size) => {
        const frontier = createFrontier({ sha256, readHash: tree.readHash, size });
        expect(frontier.root()).toEqual(rootAt(size));
        for (let i = size; i < size + 10; i += 1) frontier.append(tree.leaf(i));
        expect(frontier.size()).toBe(size + 10);
        expect(frontier.root()).toEqual(rootAt(size + 10));
      }),
      seeded('frontier', 100),
    );
  });
});

describe('tiles', () => {
  it('have the paths of the specification', () => {
    expect(tilePath({ level: 0, index: 1_234_067, width: 256 })).toBe('tile/0/x001/x234/067');
    expect(tilePath({ level: 'entries', index: 0, width: 17 })).toBe('tile/entries/000.p/17');
  });

  it('of a tree of 70,000 leaves have the widths of the specification', () => {
    const size = 70_000;
    expect(tileWidthAt({ level: 0, index: 272, size })).toBe(256);
    expect(tileWidthAt({ level: 0, index: 273, size })).toBe(112);
    expect(tileWidthAt({ level: 0, index: 274, size })).toBe(0);
    expect(tileWidthAt({ level: 1, index: 0, size })).toBe(256);
    expect(tileWidthAt({ level: 1, index: 1, size })).toBe(17);
    expect(tileWidthAt({ level: 2, index: 0, size })).toBe(1);
    expect(hashSizeBytes).toBe(32);
  });
});

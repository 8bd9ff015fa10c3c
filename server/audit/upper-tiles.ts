import { hashNode, hashSizeBytes, tileHeight, tileWidth } from '../../core/log/index.ts';
import { sha256 } from '../../eds/index.ts';
import { blockOf, blockSizeBytes, nodeOf, offsetSizeBytes, type Block } from '../log/index.ts';
import { firstDifference, type Report } from './finding.ts';
import type { ReadFile } from './read-file.ts';

/** The hash over a full tile. */
export function topOf(block: Block): Uint8Array {
  const inner = tileHeight - 1;
  return hashNode(sha256, nodeOf(block, inner, 0), nodeOf(block, inner, 1));
}

type Derived = { readonly file: ReadFile; readonly name: string; readonly report: Report; readonly isLive: boolean };

/** Compares octets that are derived from the leaves with those of the file. */
function compare(
  { file, name, report }: Derived,
  at: number,
  bytes: Uint8Array,
  expected: 'tree-node' | 'bundle-start',
): void {
  const found = file.read(at, bytes.length);
  const offset = firstDifference(found, bytes);
  if (offset < 0) return;
  const is = offset === found.length ? 'unfinished' : 'different';
  report({ place: `log/${name}`, key: '', offset: at + offset, is, expected });
}

/** What stands behind the derived octets was never written, or is the rest of a crash. */
function compareEnd({ file, name, report, isLive }: Derived, end: number): void {
  if (!isLive && file.size > end)
    report({ place: `log/${name}`, key: '', offset: end, is: 'unfinished', expected: 'file-end' });
}

/** One tile level above the leaves. */
export type UpperLevel = {
  /** Takes the next hash; answers the hash of the tile that it completes. */
  readonly take: (hash: Uint8Array) => Uint8Array | undefined;
  readonly finish: () => void;
};

export function openUpperLevel(derived: Derived): UpperLevel {
  let hashes: Uint8Array[] = [];
  let index = 0;
  return {
    take: (hash) => {
      hashes.push(hash);
      if (hashes.length < tileWidth) return undefined;
      const block = blockOf(index, Buffer.concat(hashes));
      compare(derived, index * blockSizeBytes, block.bytes, 'tree-node');
      hashes = [];
      index += 1;
      return topOf(block);
    },
    finish: () => {
      const at = index * blockSizeBytes;
      compare(derived, at, Buffer.concat(hashes), 'tree-node');
      compareEnd(derived, at + hashes.length * hashSizeBytes);
    },
  };
}

/** The table of the places where bundles end. */
export type BundleStarts = { readonly take: (end: number) => void; readonly finish: () => void };

export function openBundleStarts(derived: Derived): BundleStarts {
  let count = 0;
  return {
    take: (end) => {
      const bytes = Buffer.alloc(offsetSizeBytes);
      bytes.writeBigUInt64BE(BigInt(end));
      compare(derived, count * offsetSizeBytes, bytes, 'bundle-start');
      count += 1;
    },
    finish: () => compareEnd(derived, count * offsetSizeBytes),
  };
}

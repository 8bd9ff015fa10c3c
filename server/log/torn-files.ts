import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { equalBytes } from '../../core/kernel/index.ts';
import { hashLeaf, hashSizeBytes, tileWidth } from '../../core/log/index.ts';
import { sha256 } from '../../eds/index.ts';
import { syncFolder } from '../keys/index.ts';
import { openFile, readAt, type File } from './files.ts';
import { blockSizeBytes, nodeOffset } from './tile-block.ts';

/** Tile levels kept: 256^5 leaves are more than a thousand billion. */
export const levels = 5;
export const offsetSizeBytes = 8;
export const lengthSizeBytes = 2;
/** A round of the sequencer fits, and what a crash may have torn is read again at the next start in a blink. */
export const appendMax = 2_048;
/** The files above the leaves are flushed when this many new bundles wait for it: they are derived, and seldom flushed makes appends fast. */
export const unsyncedBundlesMax = 16;
/** Bundles whose derived files a crash may have torn: those that waited, and those of the append under way. */
const tornBundlesMax = unsyncedBundlesMax + appendMax / tileWidth;
/** The files of one log. */
export type Files = { readonly bundles: File; readonly starts: File; readonly upper: readonly File[] };

export function openFiles(folder: string): Files {
  mkdirSync(folder, { recursive: true });
  const bundles = openFile(join(folder, 'bundles'));
  const starts = openFile(join(folder, 'bundle-starts'));
  const upper = Array.from({ length: levels - 1 }, (_, i) => openFile(join(folder, `tiles-${i + 1}`)));
  syncFolder(folder);
  return { bundles, starts, upper };
}

/** Hashes that a file of tiles certainly holds; a full tile counts with its nodes. */
function heldHashes(file: File): number {
  const full = Math.floor(file.size / blockSizeBytes);
  const rest = Math.floor((file.size % blockSizeBytes) / hashSizeBytes);
  return full * tileWidth + Math.min(rest, tileWidth - 1);
}

/** Where each bundle starts that an earlier append made durable, and the first that may be torn. */
export function trustedStarts({ bundles, starts, upper }: Files): number[] {
  const count = Math.floor(starts.size / offsetSizeBytes);
  const bytes = readAt(starts, 0, count * offsetSizeBytes);
  let trusted = Math.max(0, count - tornBundlesMax);
  const startOf = (bundle: number): number =>
    bundle === 0 ? 0 : Number(bytes.readBigUInt64BE((bundle - 1) * offsetSizeBytes));
  while (trusted > 0 && startOf(trusted) > bundles.size) trusted -= 1;
  for (const [i, file] of upper.entries()) {
    const span = tileWidth ** i;
    const held = heldHashes(file);
    if (Math.floor(trusted / span) > held) trusted = held * span;
  }
  return Array.from({ length: trusted + 1 }, (_, bundle) => startOf(bundle));
}

/** The entries of the bundle at `start` that are whole, at most 256: each must have the hash that stands in its place. */
export function wholeEntries(bundles: File, start: number): Uint8Array[] {
  const entries: Uint8Array[] = [];
  let end = start + blockSizeBytes;
  while (entries.length < tileWidth && end + lengthSizeBytes <= bundles.size) {
    const length = readAt(bundles, end, lengthSizeBytes).readUInt16BE();
    if (end + lengthSizeBytes + length > bundles.size) break;
    const entry = readAt(bundles, end + lengthSizeBytes, length);
    const hash = readAt(bundles, start + nodeOffset(0, entries.length), hashSizeBytes);
    if (!equalBytes(hashLeaf(sha256, entry), hash)) break;
    entries.push(entry);
    end += lengthSizeBytes + length;
  }
  return entries;
}

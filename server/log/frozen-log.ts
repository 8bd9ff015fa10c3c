import { closeSync, existsSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { equalBytes, ok, refuse, type Result } from '../../core/kernel/index.ts';
import {
  hashesOfTiles,
  hashNode,
  hashSizeBytes,
  openCheckpoint,
  rootOf,
  tileHeight,
  tileWidth,
  type NoteKey,
  type ReadHash,
} from '../../core/log/index.ts';
import { sha256 } from '../../eds/index.ts';
import { verifyEd25519 } from '../keys/index.ts';
import { blockSizeBytes, nodeOffset } from './tile-block.ts';
import { lengthSizeBytes, offsetSizeBytes } from './torn-files.ts';

/** The log as its published checkpoint names it, read and never written: beside a server that runs, or without one. */
export type FrozenLog = {
  readonly size: number;
  /** The published checkpoint, a signed note. */
  readonly note: string;
  /** The head that witnesses cosigned last, where there is one; not judged. */
  readonly cosigned: string | undefined;
  readonly readHash: ReadHash;
  /** Texts of the entries [from, to), within one bundle of 256. */
  readonly readEntries: (from: number, to: number) => readonly string[];
  readonly close: () => void;
};

/** An entry bundle of 256 leaves of the largest size: more is no bundle. */
const bundleSizeMaxBytes = tileWidth * (65_535 + lengthSizeBytes);

class Reader {
  readonly #bundles: number;
  readonly #bundlesSize: number;
  /** Start of each bundle; found on from the last that the index names. */
  readonly #starts: number[] = [0];

  constructor(folder: string) {
    this.#bundles = openSync(join(folder, 'bundles'), 'r');
    this.#bundlesSize = fstatSync(this.#bundles).size;
    const index = readFileSync(join(folder, 'bundle-starts'));
    for (let at = 0; at + offsetSizeBytes <= index.length; at += offsetSizeBytes)
      this.#starts.push(Number(index.readBigUInt64BE(at)));
  }

  read(at: number, length: number): Buffer {
    const bytes = Buffer.alloc(length);
    let done = 0;
    while (done < length) {
      const count = readSync(this.#bundles, bytes, done, length - done, at + done);
      if (count === 0) throw new RangeError('the log ends early');
      done += count;
    }
    return bytes;
  }

  /** Bytes of the entries of a bundle and where they end, each with its length before it. */
  #entries(bundle: number): Buffer {
    const start = this.startOf(bundle) + blockSizeBytes;
    const next = this.#starts[bundle + 1] ?? this.#bundlesSize;
    const length = Math.min(next - start, bundleSizeMaxBytes);
    if (length < 0) throw new RangeError('the log ends early');
    return this.read(start, length);
  }

  startOf(bundle: number): number {
    while (this.#starts.length <= bundle) {
      const last = this.#starts.length - 1;
      const bytes = this.#entries(last);
      let end = 0;
      for (let i = 0; i < tileWidth; i += 1) end += lengthSizeBytes + bytes.readUInt16BE(end);
      this.#starts.push((this.#starts[last] ?? 0) + blockSizeBytes + end);
    }
    return this.#starts[bundle] ?? 0;
  }

  texts(from: number, to: number): readonly string[] {
    const bundle = Math.floor(from / tileWidth);
    const bytes = this.#entries(bundle);
    const texts: string[] = [];
    let at = 0;
    for (let index = bundle * tileWidth; index < to; index += 1) {
      const end = at + lengthSizeBytes + bytes.readUInt16BE(at);
      if (end > bytes.length) throw new RangeError('the log ends early');
      if (index >= from) texts.push(bytes.toString('utf8', at + lengthSizeBytes, end));
      at = end;
    }
    return texts;
  }

  close(): void {
    closeSync(this.#bundles);
  }
}

/** Roots of the full bundles, 32 bytes each: 40 kB for a million leaves. All that stands above them is folded from these. */
function rootsOfBundles(reader: Reader, count: number): Buffer {
  const roots = Buffer.alloc(count * hashSizeBytes);
  for (let bundle = 0; bundle < count; bundle += 1) {
    const pair = reader.read(reader.startOf(bundle) + nodeOffset(tileHeight - 1, 0), 2 * hashSizeBytes);
    const root = hashNode(sha256, pair.subarray(0, hashSizeBytes), pair.subarray(hashSizeBytes));
    roots.set(root, bundle * hashSizeBytes);
  }
  return roots;
}

function hashesOf(reader: Reader, size: number): ReadHash {
  const levels = [rootsOfBundles(reader, Math.floor(size / tileWidth))];
  const leaves: { tile: number; hashes: Uint8Array } = { tile: -1, hashes: new Uint8Array(0) };
  const readHash: ReadHash = hashesOfTiles(sha256, (level, index) => {
    const span = tileWidth * hashSizeBytes;
    if (level > 0) return (levels[level - 1] ?? Buffer.alloc(0)).subarray(index * span, (index + 1) * span);
    if (leaves.tile !== index) {
      const width = Math.min(tileWidth, size - index * tileWidth);
      leaves.hashes = reader.read(reader.startOf(index), width * hashSizeBytes);
      leaves.tile = index;
    }
    return leaves.hashes;
  });
  for (let count = Math.floor(size / tileWidth ** 2); count > 0; count = Math.floor(count / tileWidth)) {
    const level = levels.length;
    const above = Buffer.alloc(count * hashSizeBytes);
    for (let i = 0; i < count; i += 1) above.set(readHash((level + 1) * tileHeight, i), i * hashSizeBytes);
    levels.push(above);
  }
  return readHash;
}

/**
 * Opens the log of a folder as its checkpoint names it. Refuses `log-unpublished` where there is no checkpoint of this key, and
 * `log-files-differ` where the files do not make the tree that was signed.
 */
export function openFrozenLog(folder: string, key: NoteKey): Result<FrozenLog, 'log-unpublished' | 'log-files-differ'> {
  const read = (name: string): string | undefined => {
    const path = join(folder, name);
    return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
  };
  const note = read('checkpoint');
  const head = note === undefined ? undefined : openCheckpoint({ note, logKey: key, verifyEd25519 });
  if (note === undefined || head?.ok !== true) return refuse('log-unpublished');
  const { size, root } = head.value;
  const reader = new Reader(folder);
  try {
    const readHash = hashesOf(reader, size);
    if (equalBytes(rootOf({ sha256, readHash, size }), root)) {
      const readEntries = (from: number, to: number): readonly string[] => reader.texts(from, to);
      return ok({
        size,
        note,
        cosigned: read('checkpoint.cosigned'),
        readHash,
        readEntries,
        close: () => reader.close(),
      });
    }
  } catch (error) {
    // A file that ends early, or a length that leads past its end: not the tree that was signed.
    if (!(error instanceof RangeError)) throw error;
  }
  reader.close();
  return refuse('log-files-differ');
}

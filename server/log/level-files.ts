import { closeSync, fdatasyncSync, fstatSync, ftruncateSync, mkdirSync, openSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { assert } from '../../core/kernel/index.ts';
import { hashSizeBytes, tileWidth } from '../../core/log/index.ts';
import { syncFolder } from '../keys/index.ts';

/** Tile levels kept: 256^5 leaves are more than a thousand billion. */
const levels = 5;
const offsetSizeBytes = 8;
const lengthSizeBytes = 2;

/**
 * The log on disk, append-only: one file of hashes a tile level, so that C2SP tile L/N.p/W is the byte range
 * [8192·N, +32·W) of file L; the entries in the form of entry bundles; and where each entry ends.
 */
export type LevelFiles = {
  /** Leaves that every file holds wholly. */
  readonly size: () => number;
  readonly readHashes: (level: number, index: number, count: number) => Uint8Array;
  /** Entries [from, to) as a C2SP entry bundle: each with its length before it. */
  readonly readEntries: (from: number, to: number) => Uint8Array;
  /** Not durable before `sync`. `hashes` are by tile level, in order. */
  readonly append: (entries: readonly Uint8Array[], hashes: readonly (readonly Uint8Array[])[]) => void;
  readonly sync: () => void;
  readonly close: () => void;
};

type File = { readonly descriptor: number; size: number; isSynced: boolean };

function openFile(path: string): File {
  const descriptor = openSync(path, 'a+', 0o644);
  return { descriptor, size: fstatSync(descriptor).size, isSynced: false };
}

function readAt(file: File, at: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  assert(at + length <= file.size, 'log files: what is read was written');
  let done = 0;
  while (done < length) {
    const count = readSync(file.descriptor, bytes, done, length - done, at + done);
    assert(count > 0, 'log files: a file does not shrink');
    done += count;
  }
  return bytes;
}

function appendTo(file: File, parts: readonly Uint8Array[]): void {
  const bytes = Buffer.concat(parts);
  let done = 0;
  while (done < bytes.length) done += writeSync(file.descriptor, bytes, done);
  file.size += bytes.length;
  file.isSynced = false;
}

function cut(file: File, size: number): void {
  if (file.size === size) return;
  ftruncateSync(file.descriptor, size);
  fdatasyncSync(file.descriptor);
  file.size = size;
}

function entriesEnd(ends: File, count: number): number {
  return count === 0 ? 0 : Number(readAt(ends, (count - 1) * offsetSizeBytes, offsetSizeBytes).readBigUInt64BE());
}

/** The most leaves that a torn tail left whole in all files. */
function wholeLeaves(hashes: readonly File[], entries: File, ends: File): number {
  const [leaves] = hashes;
  let count = Math.min(Math.floor((leaves?.size ?? 0) / hashSizeBytes), Math.floor(ends.size / offsetSizeBytes));
  while (count > 0 && entriesEnd(ends, count) > entries.size) count -= 1;
  for (const [level, file] of hashes.entries()) {
    // An upper file that is behind takes the leaves with it: they are derived again from the database.
    const held = Math.floor(file.size / hashSizeBytes);
    if (Math.floor(count / tileWidth ** level) > held) count = (held + 1) * tileWidth ** level - 1;
  }
  return count;
}

/** Writes entries in the form of a bundle, and where each of them ends. */
function appendEntries(entries: File, ends: File, added: readonly Uint8Array[]): void {
  let end = entries.size;
  const parts: Uint8Array[] = [];
  const offsets: Uint8Array[] = [];
  for (const entry of added) {
    const length = Buffer.alloc(lengthSizeBytes);
    length.writeUInt16BE(entry.length);
    parts.push(length, entry);
    end += lengthSizeBytes + entry.length;
    const offset = Buffer.alloc(offsetSizeBytes);
    offset.writeBigUInt64BE(BigInt(end));
    offsets.push(offset);
  }
  appendTo(entries, parts);
  appendTo(ends, offsets);
}

/** Opens the files of a log and cuts off whatever a crash left half written. The database is the truth: nothing is lost by a cut. */
export function openLevelFiles(folder: string): LevelFiles {
  mkdirSync(folder, { recursive: true });
  const hashes = Array.from({ length: levels }, (_, level) => openFile(join(folder, `level-${level}`)));
  const entries = openFile(join(folder, 'entries'));
  const ends = openFile(join(folder, 'entry-ends'));
  syncFolder(folder);
  const all = [...hashes, entries, ends];
  let size = wholeLeaves(hashes, entries, ends);
  for (const [level, file] of hashes.entries()) cut(file, Math.floor(size / tileWidth ** level) * hashSizeBytes);
  cut(entries, entriesEnd(ends, size));
  cut(ends, size * offsetSizeBytes);

  function sync(): void {
    for (const file of all) {
      if (!file.isSynced) fdatasyncSync(file.descriptor);
      file.isSynced = true;
    }
  }

  // What a crash left in memory of the system only is flushed before anything is built on it.
  sync();

  function level(number: number): File {
    const file = hashes[number];
    assert(file !== undefined, 'log files: the tree is not higher than its files');
    return file;
  }

  return {
    size: () => size,
    readHashes: (number, index, count) => readAt(level(number), index * hashSizeBytes, count * hashSizeBytes),
    readEntries: (from, to) => {
      const start = entriesEnd(ends, from);
      return readAt(entries, start, entriesEnd(ends, to) - start);
    },
    append: (added, addedHashes) => {
      appendEntries(entries, ends, added);
      for (const [number, list] of addedHashes.entries()) if (list.length > 0) appendTo(level(number), list);
      size += added.length;
    },
    sync,
    close: () => {
      for (const file of all) closeSync(file.descriptor);
    },
  };
}

import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type { Operation } from './recording.ts';

type Inode = { durable: Buffer; pending: Operation[] };
type NameChange = { readonly folder: string; readonly apply: (names: Map<string, Inode>) => void };

/** A sector is written whole or not at all; a write may be torn between sectors. */
const sectorSizeBytes = 512;

/** Numbers in [0, 1) from a seed (mulberry32). */
export function chanceFrom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function applied(buffer: Buffer, { op, offset, data }: Operation): Buffer {
  if (op === 'T') {
    return offset <= buffer.length
      ? Buffer.from(buffer.subarray(0, offset))
      : Buffer.concat([buffer, Buffer.alloc(offset - buffer.length)]);
  }
  const end = offset + data.length;
  const grown = end > buffer.length ? Buffer.concat([buffer, Buffer.alloc(end - buffer.length)]) : buffer;
  data.copy(grown, offset);
  return grown;
}

/**
 * A disk that promises no more than POSIX does: content is durable after fsync of the file, names (made, moved, removed)
 * after fsync of the folder; until then any part of the writes and any first part of the name changes may survive.
 */
export class DiskModel {
  readonly #names = new Map<string, Inode>();
  readonly #durableNames = new Map<string, Inode>();
  #pendingNames: NameChange[] = [];
  readonly #folders: Set<string>;
  /** Folders that were made on the way: what lies in one whose own name is lost is lost with it. */
  readonly #made = new Set<string>();

  /** Of these folders, which are there from the beginning; files are moved within one only. */
  constructor(...folders: readonly string[]) {
    this.#folders = new Set(folders);
  }

  #rename(change: NameChange): void {
    change.apply(this.#names);
    this.#pendingNames.push(change);
  }

  #inode(path: string): Inode {
    let inode = this.#names.get(path);
    if (inode === undefined) {
      // Made by a call that the recorder does not know: as if created here.
      const made: Inode = { durable: Buffer.alloc(0), pending: [] };
      this.#rename({ folder: dirname(path), apply: (names) => void names.set(path, made) });
      inode = made;
    }
    return inode;
  }

  perform(operation: Operation): void {
    const { op, path, data } = operation;
    switch (op) {
      case 'C': {
        const made: Inode = { durable: Buffer.alloc(0), pending: [] };
        return this.#rename({ folder: dirname(path), apply: (names) => void names.set(path, made) });
      }
      case 'W':
      case 'T':
        return void this.#inode(path).pending.push(operation);
      case 'S':
        return this.#folders.has(path) ? this.#syncFolder(path) : this.#syncFile(path);
      case 'U':
        return this.#rename({ folder: dirname(path), apply: (names) => void names.delete(path) });
      case 'R': {
        const to = data.toString('utf8');
        const moved = this.#inode(path);
        const apply = (names: Map<string, Inode>): void => {
          names.delete(path);
          names.set(to, moved);
        };
        return this.#rename({ folder: dirname(path), apply });
      }
      case 'L': {
        const to = data.toString('utf8');
        const linked = this.#inode(path);
        return this.#rename({ folder: dirname(to), apply: (names) => void names.set(to, linked) });
      }
      case 'M': {
        this.#folders.add(path);
        this.#made.add(path);
        const made: Inode = { durable: Buffer.alloc(0), pending: [] };
        return this.#rename({ folder: dirname(path), apply: (names) => void names.set(path, made) });
      }
    }
  }

  #syncFolder(path: string): void {
    for (const { folder, apply } of this.#pendingNames) if (folder === path) apply(this.#durableNames);
    this.#pendingNames = this.#pendingNames.filter(({ folder }) => folder !== path);
  }

  #syncFile(path: string): void {
    const inode = this.#names.get(path);
    if (inode === undefined) return;
    // The buffer is shared with images that were cut before: it is copied before it is written into.
    let durable: Buffer = Buffer.from(inode.durable);
    for (const operation of inode.pending) durable = applied(durable, operation);
    inode.durable = durable;
    inode.pending = [];
  }

  /** What a power cut now would leave, as chance decides it: path to content. */
  cut(chance: () => number): ReadonlyMap<string, Buffer> {
    const names = new Map(this.#durableNames);
    const extent = chance();
    const survivors =
      extent < 0.3
        ? 0
        : extent > 0.7
          ? this.#pendingNames.length
          : Math.floor(chance() * (this.#pendingNames.length + 1));
    for (const change of this.#pendingNames.slice(0, survivors)) change.apply(names);
    const files = [...names].filter(([path]) => !this.#made.has(path) && this.#isReachable(path, names));
    return new Map(files.map(([path, inode]) => [path, survivingContent(inode, chance)]));
  }

  #isReachable(path: string, names: ReadonlyMap<string, Inode>): boolean {
    for (let folder = dirname(path); this.#made.has(folder); folder = dirname(folder))
      if (!names.has(folder)) return false;
    return true;
  }
}

function survivingContent({ durable, pending }: Inode, chance: () => number): Buffer {
  const extent = chance();
  if (extent < 0.25) return durable;
  let content: Buffer = Buffer.from(durable);
  for (const operation of pending) {
    if (extent > 0.75) content = applied(content, operation);
    else if (operation.op === 'T') content = chance() < 0.5 ? applied(content, operation) : content;
    else content = tornWrite(content, operation, chance);
  }
  return content;
}

function tornWrite(content: Buffer, operation: Operation, chance: () => number): Buffer {
  let torn: Buffer = content;
  for (let at = 0; at < operation.data.length;) {
    const offset = operation.offset + at;
    const length = Math.min(operation.data.length - at, sectorSizeBytes - (offset % sectorSizeBytes));
    if (chance() < 0.5) torn = applied(torn, { ...operation, offset, data: operation.data.subarray(at, at + length) });
    at += length;
  }
  return torn;
}

/** Puts what survived into a folder of its own. */
export function writeImage(
  image: ReadonlyMap<string, Buffer>,
  options: { readonly from: string; readonly to: string },
): void {
  rmSync(options.to, { recursive: true, force: true });
  mkdirSync(options.to, { recursive: true, mode: 0o700 });
  for (const [path, content] of image) {
    const target = join(options.to, relative(options.from, path));
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, content);
  }
}

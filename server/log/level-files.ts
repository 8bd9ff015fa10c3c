import { assert } from '../../core/kernel/index.ts';
import { hashSizeBytes, tileHeight, tileWidth, type ReadHash } from '../../core/log/index.ts';
import { closeFile, cutFile, readAt, syncFile, writeAt, type File } from './files.ts';
import { createStaging } from './staging.ts';
import { blockOf, blockSizeBytes, emptyBlock, nodeOf, nodeOffset, type Block } from './tile-block.ts';
import {
  lengthSizeBytes,
  levels,
  offsetSizeBytes,
  openFiles,
  trustedStarts,
  unsyncedBundlesMax,
  wholeEntries,
  type Files,
} from './torn-files.ts';

/** Full tiles are read once and never change: 2,048 of 16 KiB are 32 MiB. */
const cachedBlocksMax = 2_048;
/**
 * Room behind the last entry: a flush of bytes in a place that the file has already costs the disk a third less than one that has
 * to note a longer file. Zeros, cut off by the next opening; a quarter of a MiB takes a hundred commits of one entry.
 */
const room = Buffer.alloc(262_144);
/** An append of more entries pays for a longer file with all of them, and writing zeros first would cost it more. */
const fewEntriesMax = 16;

/**
 * The log on disk. `bundles` holds, 256 leaves at a time, the tile of their hashes and then the entries in the form of an
 * entry bundle, so that C2SP tiles 0/N[.p/W] and entries/N[.p/W] are byte ranges of it and each entry lies in one file with the hash
 * that proves it whole: one flush makes an append durable. `tiles-L` are the tiles above; they and `bundle-starts`
 * are derived from the leaves, change once in 256 of them and are flushed once in some thousands.
 */
export type LevelFiles = {
  /** Leaves that are held and durable. */
  readonly size: () => number;
  /** Hashes of one tile level, within one tile. */
  readonly readHashes: (level: number, index: number, count: number) => Uint8Array;
  /** Hash of a complete subtree. */
  readonly readNode: ReadHash;
  /** Entries [from, to) as a C2SP entry bundle: each with its length before it. */
  readonly readEntries: (from: number, to: number) => Uint8Array;
  /** Adds an entry to the append under way and answers its leaf hash; then every subtree that it completes is put, leaf first. */
  readonly stage: (entry: Uint8Array | string) => Uint8Array;
  readonly put: (level: number, index: number, hash: Uint8Array) => void;
  /** Ends the append; durable on return. After a throw the files must be opened again. */
  readonly commit: () => void;
  /**
   * Called once after opening: entries behind `size` that were found whole, a bundle at a time, each list to be appended
   * again before the next is asked for. What a crash left torn behind them is cut off by the next append, not before: files
   * that hold less than they should are looked at as they are.
   */
  readonly recover: () => Generator<readonly Uint8Array[], void>;
  readonly close: () => void;
};

/** One opened log; its methods are those of `LevelFiles`. */
class Levels {
  readonly #files: Files;
  /** Start of each bundle, the one that grows included. */
  readonly #starts: number[];
  /** The last tile of each level, which grows. */
  readonly #growing: Block[];
  readonly #cache = new Map<string, Block>();
  /** Ends of the entries of the bundle that grows, from its first entry on. */
  #ends: number[] = [0];
  #size: number;
  #staged = 0;
  readonly #staging = createStaging();
  /** Hashes of the bundle that grows which are on disk. */
  #writtenHashes = 0;
  #newBundles = 0;
  #unsyncedBundles = 0;
  /** The end of what was opened may be torn: it is looked at, and cut off before the first append. */
  #state: 'recovering' | 'opened' | 'written' = 'recovering';

  constructor(folder: string) {
    this.#files = openFiles(folder);
    this.#starts = trustedStarts(this.#files);
    const bundles = this.#starts.length - 1;
    this.#size = bundles * tileWidth;
    this.#growing = Array.from({ length: levels }, (_, level) => {
      const hashes = Math.floor(this.#size / tileWidth ** level);
      const index = Math.floor(hashes / tileWidth);
      const width = (hashes % tileWidth) * hashSizeBytes;
      return width === 0
        ? emptyBlock(index)
        : blockOf(index, readAt(this.#upper(level), index * blockSizeBytes, width));
    });
  }

  #upper(level: number): File {
    const file = this.#files.upper[level - 1];
    assert(file !== undefined, 'log files: the tree is not higher than its files');
    return file;
  }

  #growingAt(level: number): Block {
    const block = this.#growing[level];
    assert(block !== undefined, 'log files: the tree is not higher than its files');
    return block;
  }

  #startOf(bundle: number): number {
    const start = this.#starts[bundle];
    assert(start !== undefined, 'log files: the bundle is held');
    return start;
  }

  #remember(level: number, block: Block): Block {
    if (this.#cache.size >= cachedBlocksMax) this.#cache.clear();
    this.#cache.set(`${level}/${block.index}`, block);
    return block;
  }

  #block(level: number, index: number): Block {
    const growing = this.#growingAt(level);
    if (growing.index === index) return growing;
    const known = this.#cache.get(`${level}/${index}`);
    if (known !== undefined) return known;
    assert(index < growing.index, 'log files: the tile is held');
    const bytes =
      level === 0
        ? readAt(this.#files.bundles, this.#startOf(index), blockSizeBytes)
        : readAt(this.#upper(level), index * blockSizeBytes, blockSizeBytes);
    return this.#remember(level, { index, bytes });
  }

  readonly size = (): number => this.#size;

  readonly readNode = (level: number, index: number): Uint8Array => {
    const inner = level % tileHeight;
    const perTile = tileWidth >> inner;
    return nodeOf(this.#block((level - inner) / tileHeight, Math.floor(index / perTile)), inner, index % perTile);
  };

  readonly readHashes = (level: number, index: number, count: number): Uint8Array => {
    const at = index % tileWidth;
    assert(at + count <= tileWidth, 'log files: hashes are read within one tile');
    assert(index + count <= Math.floor(this.#size / tileWidth ** level), 'log files: what is read was written');
    const block = this.#block(level, Math.floor(index / tileWidth));
    return block.bytes.subarray(at * hashSizeBytes, (at + count) * hashSizeBytes);
  };

  readonly readEntries = (from: number, to: number): Uint8Array => {
    assert(to <= this.#size, 'log files: what is read was written');
    const parts: Uint8Array[] = [];
    for (let at = from; at < to;) {
      const bundle = Math.floor(at / tileWidth);
      const first = bundle * tileWidth;
      const last = Math.min(to, first + tileWidth);
      parts.push(this.#readBundle(bundle, at - first, last - first));
      at = last;
    }
    return Buffer.concat(parts);
  };

  #readBundle(bundle: number, from: number, to: number): Uint8Array {
    const base = this.#startOf(bundle) + blockSizeBytes;
    const isGrowing = bundle === this.#starts.length - 1;
    if (isGrowing) {
      const start = this.#ends[from] ?? 0;
      return readAt(this.#files.bundles, base + start, (this.#ends[to] ?? 0) - start);
    }
    const bytes = readAt(this.#files.bundles, base, this.#startOf(bundle + 1) - base);
    let end = 0;
    let start = 0;
    for (let i = 0; i < to; i += 1) {
      if (i === from) start = end;
      end += lengthSizeBytes + bytes.readUInt16BE(end);
    }
    return bytes.subarray(start, end);
  }

  readonly stage = (entry: Uint8Array | string): Uint8Array => {
    if (this.#state === 'opened') this.#cutTornEnd();
    const before = this.#staging.sizeBytes();
    const hash = this.#staging.add(entry);
    this.#ends.push((this.#ends.at(-1) ?? 0) + this.#staging.sizeBytes() - before);
    this.#staged += 1;
    return hash;
  };

  readonly put = (level: number, index: number, hash: Uint8Array): void => {
    const inner = level % tileHeight;
    const tileLevel = (level - inner) / tileHeight;
    // The first node of a tile above says that the tile below is complete.
    if (inner === 0 && tileLevel > 0) this.#complete(tileLevel - 1);
    const block = this.#growingAt(tileLevel);
    const perTile = tileWidth >> inner;
    assert(block.index === Math.floor(index / perTile), 'log files: nodes come in order');
    block.bytes.set(hash, nodeOffset(inner, index % perTile));
  };

  #complete(level: number): void {
    const block = this.#growingAt(level);
    this.#remember(level, block);
    this.#growing[level] = emptyBlock(block.index + 1);
    if (level > 0) return writeAt(this.#upper(level), block.index * blockSizeBytes, block.bytes);
    const start = this.#startOf(block.index);
    writeAt(this.#files.bundles, start, block.bytes);
    this.#writeEntries(start);
    this.#starts.push(start + blockSizeBytes + (this.#ends.at(-1) ?? 0));
    this.#ends = [0];
    this.#writtenHashes = 0;
    this.#newBundles += 1;
  }

  /** Writes what was staged behind the entries of the bundle that are on disk. */
  #writeEntries(start: number): void {
    const bytes = this.#staging.take();
    if (bytes.length === 0) return;
    writeAt(this.#files.bundles, start + blockSizeBytes + (this.#ends.at(-1) ?? 0) - bytes.length, bytes);
  }

  readonly commit = (): void => {
    const { bundles } = this.#files;
    const [block] = this.#growing;
    assert(block !== undefined, 'log files: the leaves have a level');
    const start = this.#startOf(block.index);
    const hashes = this.#ends.length - 1;
    const fresh = block.bytes.subarray(this.#writtenHashes * hashSizeBytes, hashes * hashSizeBytes);
    if (fresh.length > 0) writeAt(bundles, start + this.#writtenHashes * hashSizeBytes, fresh);
    this.#writtenHashes = hashes;
    this.#writeEntries(start);
    if (this.#staged <= fewEntriesMax) this.#makeRoom();
    syncFile(bundles);
    if (this.#newBundles > 0) this.#commitUpper();
    this.#size += this.#staged;
    this.#staged = 0;
  };

  /** The tiles above and the starts of bundles: derived, and flushed once in some bundles, so that a crash tears few of them. */
  #commitUpper(): void {
    const before = Math.floor(this.#size / tileWidth);
    const after = this.#starts.length - 1;
    const added = Buffer.alloc((after - before) * offsetSizeBytes);
    for (let i = before; i < after; i += 1)
      added.writeBigUInt64BE(BigInt(this.#startOf(i + 1)), (i - before) * offsetSizeBytes);
    writeAt(this.#files.starts, before * offsetSizeBytes, added);
    for (let level = 1; level < levels; level += 1) {
      const span = tileWidth ** (level - 1);
      if (Math.floor(after / span) === Math.floor(before / span)) break;
      const block = this.#growingAt(level);
      const width = Math.floor(after / span) % tileWidth;
      if (width > 0)
        writeAt(this.#upper(level), block.index * blockSizeBytes, block.bytes.subarray(0, width * hashSizeBytes));
    }
    this.#unsyncedBundles += this.#newBundles;
    this.#newBundles = 0;
    if (this.#unsyncedBundles < unsyncedBundlesMax) return;
    for (const file of [...this.#files.upper, this.#files.starts]) syncFile(file);
    this.#unsyncedBundles = 0;
  }

  *recover(): Generator<readonly Uint8Array[], void> {
    for (;;) {
      const entries = wholeEntries(this.#files.bundles, this.#startOf(this.#starts.length - 1));
      if (entries.length > 0) yield entries;
      if (entries.length < tileWidth) break;
    }
    this.#state = 'opened';
  }

  /** Where the last entry ends. */
  #end(): number {
    const end = this.#ends.at(-1) ?? 0;
    return this.#startOf(this.#starts.length - 1) + (end === 0 ? 0 : blockSizeBytes + end);
  }

  #makeRoom(): void {
    const { bundles } = this.#files;
    if (this.#state === 'written' && bundles.size <= this.#end()) writeAt(bundles, this.#end(), room);
  }

  #cutTornEnd(): void {
    const { bundles, starts } = this.#files;
    cutFile(bundles, this.#end());
    cutFile(starts, (this.#starts.length - 1) * offsetSizeBytes);
    syncFile(bundles);
    syncFile(starts);
    this.#state = 'written';
  }

  readonly close = (): void => {
    const { bundles, starts, upper } = this.#files;
    // What is at rest has no room; an append that failed is left as it is, for the next opening to judge.
    if (this.#staged === 0 && this.#state === 'written') cutFile(bundles, this.#end());
    for (const file of [bundles, starts, ...upper]) closeFile(file);
  };
}

/** Opens the files of a log. Only what is surely durable counts in `size`; `recover` must run before anything else. */
export function openLevelFiles(folder: string): LevelFiles {
  return new Levels(folder);
}

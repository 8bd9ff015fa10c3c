import { hashLeaf, hashSizeBytes, tileWidth } from '../../core/log/index.ts';
import { sha256 } from '../../eds/index.ts';
import { blockOf, blockSizeBytes, lengthSizeBytes, type Block } from '../log/index.ts';
import { firstDifference, type Report } from './finding.ts';
import type { ReadFile } from './read-file.ts';

/** One leaf as the tables have it. */
export type TableLeaf = { readonly leafId: string; readonly body: string | undefined };
/** The text that counts as the leaf: what two of table, entry and tile hash agree on; `undefined` where none is legible. */
export type JudgedLeaf = { readonly hash: Uint8Array; readonly text: string | undefined };

/** Reads `bundles` beside the leaves of the tables, a bundle at a time, and accounts for every octet. */
export type BundleReader = {
  /** The next 256 leaves, or those that the tree has left; answers them with their tile. */
  readonly take: (leaves: readonly TableLeaf[]) => { readonly leaves: readonly JudgedLeaf[]; readonly block: Block };
  /** Where the next bundle starts. */
  readonly end: () => number;
  /** After the last leaf: behind it is room, all zeros, or what a crash left. */
  readonly finish: () => void;
};

export type BundleOptions = {
  readonly file: ReadFile;
  readonly report: Report;
  /** Leaves that the files must hold; those behind may be missing after a crash. */
  readonly durable: number;
  /** True where a server may write behind the leaves that are taken. */
  readonly isLive: boolean;
};

const place = 'log/bundles';
/** Read at once of what lies behind the last entry. */
const pieceSizeBytes = 1_048_576;

function encode(text: string): Buffer {
  const entry = Buffer.from(text);
  const length = Buffer.alloc(lengthSizeBytes);
  length.writeUInt16BE(entry.length % 65_536);
  return Buffer.concat([length, entry]);
}

/** The entry that stands in the file at `at`, by the length before it. */
function entryAt(file: ReadFile, at: number): Buffer | undefined {
  const length = file.read(at, lengthSizeBytes);
  if (length.length < lengthSizeBytes) return undefined;
  const entry = file.read(at + lengthSizeBytes, length.readUInt16BE());
  return entry.length === length.readUInt16BE() ? entry : undefined;
}

type Place = { readonly index: number; readonly at: number; readonly slotAt: number; readonly slot: Buffer };

/** True where the entries end: the file does, or there is room yet, with neither hash nor length in it. */
function isNothing(file: ReadFile, { at, slot }: Place): boolean {
  const length = file.read(at, lengthSizeBytes);
  return length.length < lengthSizeBytes || [...length, ...slot].every((octet) => octet === 0);
}

class Bundles {
  readonly #options: BundleOptions;
  #start = 0;
  #size = 0;
  #isShort = false;

  constructor(options: BundleOptions) {
    this.#options = options;
  }

  readonly end = (): number => this.#start;

  readonly take = (leaves: readonly TableLeaf[]): { leaves: readonly JudgedLeaf[]; block: Block } => {
    const { file } = this.#options;
    const start = this.#start;
    const slots = file.read(start, leaves.length * hashSizeBytes);
    let at = start + blockSizeBytes;
    const judged = leaves.map((leaf, i) => {
      const slot = slots.subarray(i * hashSizeBytes, (i + 1) * hashSizeBytes);
      const { size, ...one } = this.#judge(leaf, {
        index: this.#size + i,
        at,
        slotAt: start + i * hashSizeBytes,
        slot,
      });
      at += size;
      return one;
    });
    const bundle = this.#size / tileWidth;
    const block = blockOf(bundle, Buffer.concat(judged.map(({ hash }) => hash)));
    if (!this.#isShort) this.#compareRest(start, block, leaves.length);
    this.#size += leaves.length;
    const isFull = leaves.length === tileWidth;
    if (isFull || leaves.length > 0) this.#start = at;
    return { leaves: judged, block };
  };

  readonly finish = (): void => {
    const { file, isLive, report } = this.#options;
    if (isLive) return;
    for (let at = this.#start; at < file.size; at += pieceSizeBytes) {
      const found = file.read(at, pieceSizeBytes);
      const offset = firstDifference(found, Buffer.alloc(found.length));
      if (offset < 0) continue;
      report({ place, key: '', offset: at + offset, is: 'unfinished', expected: 'file-end' });
      return;
    }
  };

  /** The part of the tile that is no hash of a leaf: nodes where it is full, else nothing yet. */
  #compareRest(start: number, block: Block, width: number): void {
    const { file, isLive, report } = this.#options;
    const isFull = width === tileWidth;
    // A bundle that grows may be written on meanwhile.
    if (!isFull && isLive) return;
    const from = width * hashSizeBytes;
    const found = file.read(start + from, blockSizeBytes - from);
    const expected = isFull ? block.bytes.subarray(from) : Buffer.alloc(blockSizeBytes - from);
    const offset = firstDifference(found, expected);
    if (offset >= 0)
      report({
        place,
        key: '',
        offset: start + from + offset,
        is: 'different',
        expected: isFull ? 'tree-node' : 'zero',
      });
  }

  #judge({ leafId, body }: TableLeaf, at: Place): JudgedLeaf & { readonly size: number } {
    const { file, report } = this.#options;
    const expected = body === undefined ? undefined : encode(body);
    const hash = body === undefined ? undefined : hashLeaf(sha256, body);
    const found = file.read(at.at, expected?.length ?? 0);
    const isSlotOfBody = hash !== undefined && at.slot.equals(hash);
    const different = expected === undefined ? 0 : firstDifference(found, expected);
    if (expected !== undefined && hash !== undefined && isSlotOfBody && different < 0)
      return { hash, text: body, size: expected.length };
    if (this.#isShort || isNothing(file, at)) return this.#short(at, body, expected?.length ?? 0);
    const entry = entryAt(file, at.at);
    const isSlotOfEntry = entry !== undefined && at.slot.equals(hashLeaf(sha256, entry));
    const key = String(at.index);
    if (entry !== undefined && isSlotOfEntry && !isSlotOfBody) {
      const offset = body === undefined ? -1 : firstDifference(Buffer.from(body), entry);
      if (body !== undefined)
        report({ place: 'table leaf', key: leafId, column: 'body', offset, is: 'different', expected: 'entry' });
      return { hash: at.slot, text: entry.toString(), size: lengthSizeBytes + entry.length };
    }
    if (!isSlotOfBody) {
      const offset = at.slotAt + Math.max(0, firstDifference(at.slot, hash ?? at.slot));
      report({ place, key, offset, is: 'different', expected: 'leaf-hash' });
    }
    if (different >= 0) report({ place, key, offset: at.at + different, is: 'different', expected: 'entry' });
    return {
      hash: hash ?? at.slot,
      text: body,
      size: expected?.length ?? lengthSizeBytes + (entry?.length ?? 0),
    };
  }

  /** The entries end before this one: named once. */
  #short(at: Place, body: string | undefined, size: number): JudgedLeaf & { readonly size: number } {
    const { durable, file, report } = this.#options;
    const is = at.index < durable ? 'missing' : 'unfinished';
    if (!this.#isShort)
      report({ place, key: String(at.index), offset: Math.min(at.at, file.size), is, expected: 'entry' });
    this.#isShort = true;
    return { hash: hashLeaf(sha256, body ?? ''), text: body, size };
  }
}

/** Starts at the first bundle. */
export function openBundles(options: BundleOptions): BundleReader {
  return new Bundles(options);
}

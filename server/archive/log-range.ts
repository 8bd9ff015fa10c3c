import { assert, equalBytes, fromBase64, toBase64, type Sha256 } from '../../core/kernel/index.ts';
import { consistencyPath, createFrontier, hashLeaf, verifyConsistency, type Frontier } from '../../core/log/index.ts';
import { sha256 } from '../../eds/index.ts';
import type { Manifest } from './manifest.ts';

/** Entries of the log in order, from `from` on, at most `limit` at a time. */
export type ReadEntries = (from: number, limit: number) => Promise<readonly string[]>;

/** What a manifest says of its range of the log. */
export type LogProof = Pick<Manifest['log'], 'before' | 'root' | 'consistency'>;

/** Entries asked for at once: a few hundred kilobytes. */
const batchMax = 1_000;
/** Entries of a bundle (C2SP tlog-tiles). */
export const bundleWidth = 256;

type Wanted = ReadonlyMap<string, Uint8Array>;
const keyOf = (level: number, index: number): string => `${level}/${index}`;
const nothing = new Uint8Array(32);

/** Places of the hashes that a computation asks for, found by playing it with empty ones. */
function placesOf(play: (readHash: (level: number, index: number) => Uint8Array) => unknown): readonly string[] {
  const places: string[] = [];
  play((level, index) => {
    places.push(keyOf(level, index));
    return nothing;
  });
  return places;
}

const edgeOf = (size: number): readonly string[] =>
  // From the smallest subtree on; a manifest lists the largest first.
  placesOf((readHash) => createFrontier({ sha256, readHash, size })).toReversed();

async function grow(
  { read, size, wanted }: { readonly read: ReadEntries; readonly size: number; readonly wanted: ReadonlySet<string> },
  onLeaf: (frontier: Frontier) => void,
): Promise<Wanted> {
  const found = new Map<string, Uint8Array>();
  const frontier = createFrontier({ sha256 });
  while (frontier.size() < size) {
    const entries = await read(frontier.size(), Math.min(batchMax, size - frontier.size()));
    assert(entries.length > 0, 'archive: the database holds what the checkpoint names');
    for (const entry of entries) {
      frontier.append(hashLeaf(sha256, entry), (level, index, hash) => {
        if (wanted.has(keyOf(level, index))) found.set(keyOf(level, index), hash);
      });
      onLeaf(frontier);
    }
  }
  return found;
}

/**
 * Works out what leads from the entries `first` to `last` to the tree of `size` leaves, by hashing the whole log once; the memory is a
 * few hashes, however long it is. `undefined` where the tree of the entries has not this root: then nothing may be archived.
 */
export async function proveRange(options: {
  readonly read: ReadEntries;
  readonly first: number;
  readonly last: number;
  readonly size: number;
  readonly root: Uint8Array;
}): Promise<LogProof | undefined> {
  const { read, first, last, size, root } = options;
  assert(first < last && last <= size, 'archive: a range lies within the log');
  const proof = (readHash: (level: number, index: number) => Uint8Array): Uint8Array[] =>
    consistencyPath({ sha256, readHash, oldSize: last, size });
  const edge = edgeOf(first);
  let rootAtLast: Uint8Array = nothing;
  let rootAtSize: Uint8Array = nothing;
  const hashes = await grow({ read, size, wanted: new Set([...edge, ...placesOf(proof)]) }, (frontier) => {
    if (frontier.size() === last) rootAtLast = frontier.root();
    if (frontier.size() === size) rootAtSize = frontier.root();
  });
  if (!equalBytes(rootAtSize, root)) return undefined;
  const hashAt = (key: string): Uint8Array => {
    const hash = hashes.get(key);
    assert(hash !== undefined, 'archive: every hash of the proof was met');
    return hash;
  };
  return {
    before: edge.map((key) => toBase64(hashAt(key))),
    root: toBase64(rootAtLast),
    consistency: proof((level, index) => hashAt(keyOf(level, index))).map(toBase64),
  };
}

function bytesOf(text: string): Uint8Array {
  const bytes = fromBase64(text);
  return bytes.ok ? bytes.value : new Uint8Array(0);
}

/** Grows the tree of a manifest over the entries of its range. */
export type RangeCheck = {
  readonly add: (entry: Uint8Array) => void;
  /** True where the entries lead to the root of the range, and that tree to the one of the checkpoint. */
  readonly holds: (checkpointRoot: Uint8Array) => boolean;
};

/** Opens the check of a range; the manifest's own hashes are believed only by what they lead to. */
export function checkRange(log: Manifest['log'], hash: Sha256 = sha256): RangeCheck | undefined {
  const edge = edgeOf(log.first);
  const before = log.before.map(bytesOf);
  if (edge.length !== before.length || log.first >= log.last || log.last > log.checkpointSize) return undefined;
  const known = new Map(edge.map((key, at) => [key, before[at] ?? nothing]));
  const readHash = (level: number, index: number): Uint8Array => known.get(keyOf(level, index)) ?? nothing;
  const frontier = createFrontier({ sha256: hash, size: log.first, readHash });
  return {
    add: (entry) => frontier.append(hashLeaf(hash, entry)),
    holds: (checkpointRoot) =>
      frontier.size() === log.last &&
      equalBytes(frontier.root(), bytesOf(log.root)) &&
      verifyConsistency({
        sha256: hash,
        oldSize: log.last,
        oldRoot: bytesOf(log.root),
        size: log.checkpointSize,
        root: checkpointRoot,
        path: log.consistency.map(bytesOf),
      }),
  };
}

/** Entries as a C2SP entry bundle writes them: two octets of length before each. */
export function bundleOf(entries: readonly string[]): Buffer {
  return Buffer.concat(
    entries.flatMap((entry) => {
      const bytes = Buffer.from(entry);
      assert(bytes.length < 65_536, 'archive: an entry fits its length');
      return [Buffer.from([bytes.length >> 8, bytes.length & 0xff]), bytes];
    }),
  );
}

/** Entries of a bundle, or `undefined` where it is none. */
export function entriesOf(bundle: Uint8Array): readonly Uint8Array[] | undefined {
  const bytes = Buffer.from(bundle);
  const entries: Uint8Array[] = [];
  for (let at = 0; at < bytes.length;) {
    if (at + 2 > bytes.length) return undefined;
    const end = at + 2 + bytes.readUInt16BE(at);
    if (end > bytes.length) return undefined;
    entries.push(bytes.subarray(at + 2, end));
    at = end;
  }
  return entries;
}

/** True where the entries are those of the tree of `size` leaves with this root. */
export async function isLogOf(options: {
  readonly read: ReadEntries;
  readonly size: number;
  readonly root: Uint8Array;
}): Promise<boolean> {
  const { read, size, root } = options;
  let last: Uint8Array = sha256();
  await grow({ read, size, wanted: new Set() }, (frontier) => {
    if (frontier.size() === size) last = frontier.root();
  });
  return equalBytes(last, root);
}

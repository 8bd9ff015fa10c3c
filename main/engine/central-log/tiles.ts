import { ok, refuse, type Result } from '../../../core/kernel/index.ts';
import {
  hashesOfTiles,
  hashSizeBytes,
  inclusionPath,
  leafHash,
  tilePath,
  tileWidth,
  tileWidthAt,
  verifyInclusion,
} from '../../../core/log/index.ts';
import { sha256 } from '../../../eds/index.ts';

/** A head of the log that this workstation has verified. */
export type OwnHead = { readonly size: number; readonly root: Uint8Array };

/** Fetches a tile by its C2SP path. */
export type FetchTile = (path: string) => Promise<Result<Uint8Array>>;

/** Entries of full tiles that were verified and are kept: some 110 kB each. */
const bundlesMax = 64;
/** Tiles of hashes of 8 kB each; one page needs a few. */
const hashTilesMax = 256;
/** Tiles that one proof may need: two a level, and one for the right edge of each. */
const fetchesMax = 24;

class MissingTile extends Error {
  readonly at: { readonly level: number; readonly index: number; readonly width: number };

  constructor(at: MissingTile['at']) {
    super('a tile is missing');
    this.at = at;
  }
}

function keep<T>(map: Map<string, T>, key: string, value: T, max: number): void {
  const [oldest] = map.keys();
  if (map.size >= max && oldest !== undefined) map.delete(oldest);
  map.set(key, value);
}

/** Texts of an entry bundle of exactly `width` entries; `undefined` for any other bytes. */
function textsOf(bytes: Uint8Array, width: number): readonly string[] | undefined {
  const bundle = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const texts: string[] = [];
  let at = 0;
  while (texts.length < width && at + 2 <= bundle.length) {
    const end = at + 2 + bundle.readUInt16BE(at);
    if (end > bundle.length) return undefined;
    texts.push(bundle.toString('utf8', at + 2, end));
    at = end;
  }
  return texts.length === width && at === bundle.length ? texts : undefined;
}

/** An entry with its place in the tree that it was proven in. */
export type ProvenEntry = { readonly text: string; readonly path: readonly Uint8Array[] };

/** The public tiles of the log, believed only as far as the own head proves them. */
export class LogTiles {
  readonly #fetch: FetchTile;
  readonly #bundles = new Map<string, readonly string[]>();
  readonly #hashes = new Map<string, Uint8Array>();

  constructor(fetch: FetchTile) {
    this.#fetch = fetch;
  }

  /** Entries of a tile, 256 or as many as the head has there. Refuses `log-tile-wrong` where they do not lead to the head. */
  async entries(tile: number, head: OwnHead): Promise<Result<readonly string[]>> {
    const width = tileWidthAt({ level: 0, index: tile, size: head.size });
    const name = `${tile}/${width}`;
    const known = this.#bundles.get(name);
    if (known !== undefined) return ok(known);
    const bytes = await this.#fetch(tilePath({ level: 'entries', index: tile, width }));
    if (!bytes.ok) return bytes;
    const texts = textsOf(bytes.value, width);
    if (texts === undefined) return refuse('log-tile-wrong');
    // The path of the first entry holds a hash over all others of its tile: one proof proves them all.
    const proven = await this.#prove(tile * tileWidth, texts, head);
    if (!proven.ok) return proven;
    keep(this.#bundles, name, texts, bundlesMax);
    return ok(texts);
  }

  /** One entry with its own proof. */
  async entry(index: number, head: OwnHead): Promise<Result<ProvenEntry>> {
    const texts = await this.entries(Math.floor(index / tileWidth), head);
    if (!texts.ok) return texts;
    const path = await this.#prove(index, texts.value, head);
    const text = texts.value[index % tileWidth];
    if (!path.ok) return path;
    return text === undefined ? refuse('log-tile-wrong') : ok({ text, path: path.value });
  }

  async #prove(index: number, texts: readonly string[], head: OwnHead): Promise<Result<readonly Uint8Array[]>> {
    const tile = Math.floor(index / tileWidth);
    const leaves = texts.map((text) => leafHash(sha256, text));
    const own = Buffer.concat(leaves);
    const readHash = hashesOfTiles(sha256, (level, at) => {
      if (level === 0 && at === tile) return own;
      const width = tileWidthAt({ level, index: at, size: head.size });
      const known = this.#hashes.get(`${level}/${at}/${width}`);
      if (known === undefined) throw new MissingTile({ level, index: at, width });
      return known;
    });
    for (let fetched = 0; fetched < fetchesMax; fetched += 1) {
      try {
        const path = inclusionPath({ sha256, readHash, index, size: head.size });
        const leaf = leaves[index % tileWidth] ?? new Uint8Array(hashSizeBytes);
        const isProven = verifyInclusion({ sha256, leaf, index, size: head.size, path, root: head.root });
        if (isProven) return ok(path);
        // What was kept may be what is wrong: nothing of it is used again.
        this.#hashes.clear();
        return refuse('log-tile-wrong');
      } catch (error) {
        if (!(error instanceof MissingTile)) throw error;
        const { level, index: at, width } = error.at;
        const bytes = await this.#fetch(tilePath({ level, index: at, width }));
        if (!bytes.ok) return bytes;
        if (bytes.value.length !== width * hashSizeBytes) return refuse('log-tile-wrong');
        keep(this.#hashes, `${level}/${at}/${width}`, bytes.value, hashTilesMax);
      }
    }
    return refuse('log-tile-wrong');
  }
}

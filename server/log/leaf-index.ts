import { assert } from '../../core/kernel/index.ts';
import { hashSizeBytes, leafHash, tileWidth } from '../../core/log/index.ts';
import { sha256 } from '../../eds/index.ts';
import type { LevelFiles } from './level-files.ts';

/** Where the log holds a leaf text: what was signed once is found whatever the database says. */
export type LeafIndex = {
  /** Its first index, or `undefined` where the log does not hold it. */
  readonly indexOf: (text: string) => number | undefined;
};

/** Slots at the start; at least two a leaf are kept free, so that a search is short. */
const slotsMin = 4_096;

/**
 * Makes the index of the files, by the hashes that stand in them: eight to sixteen octets a leaf are in memory, since whoever owns
 * the database does not own it. Read in at the first question.
 */
export function createLeafIndex(log: {
  readonly size: () => number;
  readonly readHashes: LevelFiles['readHashes'];
}): LeafIndex {
  let size = 0;
  /** The first four octets of a hash, and its leaf index + 1; 0 is a free slot. */
  let prints = new Uint32Array(slotsMin);
  let places = new Uint32Array(slotsMin);

  function put(print: number, place: number): void {
    const mask = places.length - 1;
    let slot = print & mask;
    while (places[slot] !== 0) slot = (slot + 1) & mask;
    prints[slot] = print;
    places[slot] = place;
  }

  function widen(): void {
    const before = { prints, places };
    prints = new Uint32Array(2 * before.places.length);
    places = new Uint32Array(2 * before.places.length);
    for (const [slot, place] of before.places.entries()) if (place !== 0) put(before.prints[slot] ?? 0, place);
  }

  function catchUp(): void {
    while (size < log.size()) {
      const count = Math.min(tileWidth - (size % tileWidth), log.size() - size);
      const hashes = Buffer.from(log.readHashes(0, size, count));
      for (let at = 0; at < hashes.length; at += hashSizeBytes) {
        size += 1;
        if (2 * size > places.length) widen();
        put(hashes.readUInt32BE(at), size);
      }
    }
  }

  return {
    indexOf: (text) => {
      catchUp();
      const hash = Buffer.from(leafHash(sha256, text));
      const print = hash.readUInt32BE(0);
      const mask = places.length - 1;
      let first: number | undefined;
      for (let slot = print & mask; places[slot] !== 0; slot = (slot + 1) & mask) {
        const index = (places[slot] ?? 0) - 1;
        if (prints[slot] !== print || index >= (first ?? Infinity)) continue;
        assert(index < size, 'leaf index: what it names is held');
        if (hash.equals(log.readHashes(0, index, 1))) first = index;
      }
      return first;
    },
  };
}

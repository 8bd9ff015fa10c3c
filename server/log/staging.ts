import { assert } from '../../core/kernel/index.ts';
import { sha256 } from '../../eds/index.ts';
import { lengthSizeBytes } from './torn-files.ts';

/** Entries of an append under way as they will lie in the file: each with its length before it, one after the other. */
export type Staging = {
  /** Adds an entry (a text as UTF-8) and answers its leaf hash; `sizeBytes` grows by what was added. */
  readonly add: (entry: Uint8Array | string) => Uint8Array;
  /** Bytes that wait. */
  readonly sizeBytes: () => number;
  /** What waits, until the next `add`; nothing waits afterwards. */
  readonly take: () => Uint8Array;
};

/** A hundred entries of 2 KiB fit; grows up to a bundle of the largest entries, 16 MiB. */
const firstSizeBytes = 262_144;
const utf8SizeMaxBytes = 3;

export function createStaging(): Staging {
  let bytes = Buffer.allocUnsafeSlow(firstSizeBytes);
  let size = 0;

  function makeRoom(count: number): void {
    if (size + count <= bytes.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(2 * bytes.length, size + count));
    bytes.copy(grown, 0, 0, size);
    bytes = grown;
  }

  function put(entry: Uint8Array | string, at: number): number {
    if (typeof entry === 'string') return bytes.write(entry, at);
    bytes.set(entry, at);
    return entry.length;
  }

  return {
    add: (entry) => {
      makeRoom(lengthSizeBytes + entry.length * (typeof entry === 'string' ? utf8SizeMaxBytes : 1));
      const start = size + lengthSizeBytes;
      const length = put(entry, start);
      assert(length < 65_536, 'log files: an entry is shorter than 64 KiB');
      // The prefix of a leaf (RFC 6962 §2.1) stands where the length will: the entry is hashed where it lies.
      bytes[start - 1] = 0;
      const hash = sha256(bytes.subarray(start - 1, start + length));
      bytes.writeUInt16BE(length, size);
      size = start + length;
      return hash;
    },
    sizeBytes: () => size,
    take: () => {
      const taken = bytes.subarray(0, size);
      size = 0;
      return taken;
    },
  };
}

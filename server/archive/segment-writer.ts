import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createZstdCompress } from 'node:zlib';
import { toHex, type Sha256Hex } from '../../core/kernel/index.ts';
import { Pieces } from './pieces.ts';
import { tarEnd, tarHeader, tarPadding } from './tar.ts';

/** Level 3: four times smaller on entries, and ciphertext passes at the speed of a copy (decision 0008). The checksum finds rot before any hash is known. */
const packing = {
  params: { [constants.ZSTD_c_compressionLevel]: 3, [constants.ZSTD_c_checksumFlag]: 1 },
} as const;

/** A member to be written; `read` gives exactly `sizeBytes`. */
export type Member = {
  readonly name: string;
  readonly sizeBytes: number;
  readonly read: () => AsyncIterable<Uint8Array>;
};

/** Where a member stands in the packed file: a frame of its own, so that it is read without all that stands before it. */
export type WrittenMember = {
  readonly name: string;
  readonly sizeBytes: number;
  readonly sha256: Sha256Hex;
  readonly at: number;
  readonly packedSizeBytes: number;
};

/** A member of octets at hand. */
export function memberOf(name: string, bytes: Uint8Array | string): Member {
  const content = Buffer.from(bytes as Uint8Array);
  return {
    name,
    sizeBytes: content.length,
    read: async function* () {
      yield content;
    },
  };
}

/** As much at once as a block of the format: what the packer is given in other pieces it may pack into other octets. */
const pieceSizeBytes = 131_072;

async function* inPieces(parts: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer, void> {
  const pieces = new Pieces(parts);
  while (!(await pieces.isAtEnd())) {
    const piece: Uint8Array[] = [];
    await pieces.pass(pieceSizeBytes, (part) => void piece.push(part));
    yield Buffer.concat(piece);
  }
}

/** Writes a packed tar: each member is one zstd frame, and frames put together are one file that any `zstd` and `tar` read. */
export type SegmentWriter = {
  readonly add: (member: Member) => Promise<WrittenMember>;
  /** Ends the archive; answers the hash and size of the whole file. Durable only after a sync of the file. */
  readonly end: () => Promise<{ readonly sha256: Sha256Hex; readonly sizeBytes: number }>;
};

/** Opens a writer on an empty file. The same members in the same order give the same octets. */
export function openSegmentWriter(file: FileHandle): SegmentWriter {
  const whole = createHash('sha256');
  let at = 0;

  async function frame(parts: () => AsyncIterable<Uint8Array>): Promise<{ at: number; packedSizeBytes: number }> {
    const start = at;
    await pipeline(Readable.from(inPieces(parts())), createZstdCompress(packing), async (packed) => {
      for await (const chunk of packed as AsyncIterable<Buffer>) {
        whole.update(chunk);
        // At a place of our own counting, so that a short write is not taken for a whole one.
        for (let done = 0; done < chunk.length;)
          done += (await file.write(chunk, done, chunk.length - done, at + done)).bytesWritten;
        at += chunk.length;
      }
    });
    return { at: start, packedSizeBytes: at - start };
  }

  return {
    add: async ({ name, sizeBytes, read }) => {
      const hash = createHash('sha256');
      let readBytes = 0;
      const place = await frame(async function* () {
        yield tarHeader(name, sizeBytes);
        for await (const chunk of read()) {
          hash.update(chunk);
          readBytes += chunk.length;
          yield chunk;
        }
        if (readBytes !== sizeBytes) throw new Error('archive: a member has the size that was said');
        yield tarPadding(sizeBytes);
      });
      return { name, sizeBytes, sha256: toHex(hash.digest()) as Sha256Hex, ...place };
    },
    end: async () => {
      await frame(async function* () {
        yield tarEnd;
      });
      return { sha256: toHex(whole.digest()) as Sha256Hex, sizeBytes: at };
    },
  };
}

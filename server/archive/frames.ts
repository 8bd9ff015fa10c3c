import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createZstdDecompress } from 'node:zlib';
import type { Pieces } from './pieces.ts';

const magic = 0xfd2fb528;
const blockSizeMaxBytes = 131_072;
const contentSizeBytes = [0, 2, 4, 8] as const;

async function exactly(pieces: Pieces, sizeBytes: number): Promise<Buffer> {
  const bytes = await pieces.read(sizeBytes);
  if (bytes === undefined) throw new Error('archive: a frame is whole');
  return bytes;
}

/** The octets of one zstd frame (RFC 8878 §3.1.1), found by its own headers; throws where there is none. */
async function* octetsOfFrame(pieces: Pieces): AsyncGenerator<Buffer, void> {
  const head = await exactly(pieces, 5);
  const descriptor = head.readUInt8(4);
  const isSingle = (descriptor & 0x20) !== 0;
  // Dictionaries, reserved bits and frames that are skipped are none of ours.
  if (head.readUInt32LE(0) !== magic || (descriptor & 0x0b) !== 0) throw new Error('archive: a frame of ours');
  const content = contentSizeBytes[descriptor >> 6] ?? 0;
  yield Buffer.concat([head, await exactly(pieces, isSingle ? Math.max(1, content) : 1 + content)]);
  for (let isLast = false; !isLast;) {
    const block = await exactly(pieces, 3);
    const value = block.readUIntLE(0, 3);
    const kind = (value >> 1) & 3;
    const sizeBytes = kind === 1 ? 1 : value >> 3;
    if (kind === 3 || sizeBytes > blockSizeMaxBytes) throw new Error('archive: a block of a frame');
    yield Buffer.concat([block, await exactly(pieces, sizeBytes)]);
    isLast = (value & 1) === 1;
  }
  if ((descriptor & 0x04) !== 0) yield await exactly(pieces, 4);
}

/**
 * Unpacks frames that were put together, as `zstd -d` does. The runtime's own stream leaves out what follows a frame within
 * the same read. Throws where a frame is not whole, not ours, or not what its checksum says.
 */
export async function* unpackFrames(pieces: Pieces): AsyncGenerator<Uint8Array, void> {
  while (!(await pieces.isAtEnd())) {
    const plain = createZstdDecompress();
    const fed = pipeline(Readable.from(octetsOfFrame(pieces)), plain);
    // Its error comes out of `plain` as well.
    fed.catch(() => undefined);
    for await (const chunk of plain as AsyncIterable<Buffer>) yield chunk;
    await fed;
  }
}

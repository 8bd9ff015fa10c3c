import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { createZstdDecompress } from 'node:zlib';
import { ok, refuse, toHex, type Result, type Sha256Hex } from '../../core/kernel/index.ts';
import { unpackFrames } from './frames.ts';
import { Pieces } from './pieces.ts';
import { parseTarHeader, tarEnd, tarPadding } from './tar.ts';

const headerSizeBytes = 512;
/** Members that are kept whole while reading: all but ciphertexts. A bundle has 256 entries of at most 64 KiB. */
const keptSizeMaxBytes = 268_435_456;

/** A member as it was read back. `content` only where it was asked for. */
export type ReadMember = {
  readonly name: string;
  readonly sizeBytes: number;
  readonly sha256: Sha256Hex;
  readonly content: Uint8Array | undefined;
};

export type SegmentMalformed = 'archive-segment-malformed';

async function readMembers(
  pieces: Pieces,
  isKept: (name: string) => boolean,
  onMember: (member: ReadMember) => void,
): Promise<boolean> {
  for (;;) {
    const header = await pieces.read(headerSizeBytes);
    if (header === undefined) return false;
    if (header.equals(tarEnd.subarray(0, headerSizeBytes))) break;
    const named = parseTarHeader(header);
    if (named === undefined) return false;
    const { name, sizeBytes } = named;
    const keeps = isKept(name);
    if (keeps && sizeBytes > keptSizeMaxBytes) return false;
    const hash = createHash('sha256');
    const parts: Uint8Array[] = [];
    const isWhole = await pieces.pass(sizeBytes, (piece) => {
      hash.update(piece);
      if (keeps) parts.push(piece);
    });
    const padding = tarPadding(sizeBytes);
    if (!isWhole || (await pieces.read(padding.length))?.equals(padding) !== true) return false;
    const content = keeps ? Buffer.concat(parts) : undefined;
    onMember({ name, sizeBytes, sha256: toHex(hash.digest()) as Sha256Hex, content });
  }
  const end = await pieces.read(headerSizeBytes);
  // Nothing may stand behind the end: another reader would see what this one did not.
  return end?.equals(tarEnd.subarray(headerSizeBytes)) === true && (await pieces.isAtEnd());
}

/**
 * Reads a segment from disk, octet by octet: every member with its hash, in order, and the hash of the packed file. Refuses what is
 * not whole or not in our form.
 */
export async function readSegment(
  path: string,
  options: { readonly isKept: (name: string) => boolean; readonly onMember: (member: ReadMember) => void },
): Promise<Result<{ readonly sha256: Sha256Hex; readonly sizeBytes: number }, SegmentMalformed>> {
  const whole = createHash('sha256');
  let sizeBytes = 0;
  async function* packed(): AsyncGenerator<Uint8Array, void> {
    for await (const chunk of createReadStream(path, { highWaterMark: 1_048_576 }) as AsyncIterable<Buffer>) {
      whole.update(chunk);
      sizeBytes += chunk.length;
      yield chunk;
    }
  }
  try {
    const plain = new Pieces(unpackFrames(new Pieces(packed())));
    if (!(await readMembers(plain, options.isKept, options.onMember))) return refuse('archive-segment-malformed');
  } catch {
    // A file that is gone, cut or rotten; which of these, nobody can tell from here.
    return refuse('archive-segment-malformed');
  }
  return ok({ sha256: toHex(whole.digest()) as Sha256Hex, sizeBytes });
}

/** Opens the content of one member by its place; the caller compares its hash. Throws where the file is not what was written. */
export async function* readMemberAt(
  path: string,
  place: { readonly at: number; readonly packedSizeBytes: number; readonly sizeBytes: number },
): AsyncGenerator<Uint8Array, void> {
  const { at, packedSizeBytes, sizeBytes } = place;
  const packed = createReadStream(path, { start: at, end: at + packedSizeBytes - 1 });
  const plain = packed.pipe(createZstdDecompress());
  packed.on('error', (error) => plain.destroy(error));
  let skip = headerSizeBytes;
  let left = sizeBytes;
  try {
    for await (const chunk of plain as AsyncIterable<Buffer>) {
      const from = Math.min(skip, chunk.length);
      skip -= from;
      const piece = chunk.subarray(from, from + left);
      left -= piece.length;
      if (piece.length > 0) yield piece;
    }
  } finally {
    packed.destroy();
  }
  if (left > 0) throw new Error('archive: a member is read whole');
}

// Reads entries of a zip file whose bytes are pinned by SHA-256. Not a general reader: no zip64, no encryption.
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { inflateRawSync } from 'node:zlib';
import { SetUpError } from '../commands.mjs';

const endOfDirectory = 0x06054b50;
const stored = 0;
const deflated = 8;

function readAt(descriptor, offset, length) {
  const bytes = Buffer.alloc(length);
  if (readSync(descriptor, bytes, 0, length, offset) !== length) throw new SetUpError('the zip file ends too early');
  return bytes;
}

function directoryOf(descriptor, sizeBytes) {
  const tailBytes = Math.min(sizeBytes, 65_557);
  const tail = readAt(descriptor, sizeBytes - tailBytes, tailBytes);
  for (let at = tailBytes - 22; at >= 0; at -= 1) {
    if (tail.readUInt32LE(at) === endOfDirectory) {
      return {
        count: tail.readUInt16LE(at + 10),
        bytes: readAt(descriptor, tail.readUInt32LE(at + 16), tail.readUInt32LE(at + 12)),
      };
    }
  }
  throw new SetUpError('this is not a zip file');
}

/** Yields `{ name, mode, isFolder, isLink, read() }` for each entry; `read` inflates it into memory. */
export function* zipEntries(file) {
  const descriptor = openSync(file, 'r');
  try {
    const { count, bytes } = directoryOf(descriptor, statSync(file).size);
    for (let i = 0, at = 0; i < count; i += 1) {
      const method = bytes.readUInt16LE(at + 10);
      const packedBytes = bytes.readUInt32LE(at + 20);
      const nameBytes = bytes.readUInt16LE(at + 28);
      const unixMode = bytes.readUInt32LE(at + 38) >>> 16;
      const headerAt = bytes.readUInt32LE(at + 42);
      const name = bytes.toString('utf8', at + 46, at + 46 + nameBytes);
      at += 46 + nameBytes + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
      const read = () => {
        const header = readAt(descriptor, headerAt, 30);
        const dataAt = headerAt + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
        const packed = readAt(descriptor, dataAt, packedBytes);
        if (method === stored) return packed;
        if (method === deflated) return inflateRawSync(packed);
        throw new SetUpError(`${name} is packed by an unknown method ${method}`);
      };
      yield {
        name,
        mode: unixMode & 0o777,
        isFolder: name.endsWith('/'),
        isLink: (unixMode & 0o170000) === 0o120000,
        read,
      };
    }
  } finally {
    closeSync(descriptor);
  }
}

import { Readable } from 'node:stream';
import { isMissing, type BlobStore } from '../evidence/index.ts';
import { readArchiveItem, readBlob, type Database } from '../store/index.ts';
import { segmentPath, type ArchivePlace } from './place.ts';
import { readMemberAt } from './segment-reader.ts';

async function* skipped(chunks: AsyncIterable<Uint8Array>, fromByte: number): AsyncGenerator<Uint8Array, void> {
  let skip = fromByte;
  for await (const chunk of chunks) {
    const from = Math.min(skip, chunk.length);
    skip -= from;
    if (from < chunk.length) yield chunk.subarray(from);
  }
}

/**
 * The store of blobs with the archive behind it: what moved is read out of its segment, to the same octets. Nothing is put into the
 * archive here, and `list` names what is online.
 */
export function withArchive(
  online: BlobStore,
  { database, folder }: { readonly database: Database } & Pick<ArchivePlace, 'folder'>,
): BlobStore {
  async function* read(blob: Parameters<BlobStore['read']>[0], fromByte: number): AsyncGenerator<Uint8Array, void> {
    let isBegun = false;
    try {
      for await (const chunk of online.read(blob, fromByte) as AsyncIterable<Buffer>) {
        isBegun = true;
        yield chunk;
      }
      return;
    } catch (error) {
      // It may move between two looks; what was opened stays readable to its end.
      if (isBegun || !isMissing(error)) throw error;
    }
    const item = await readArchiveItem(database, blob);
    const known = await readBlob(database, blob);
    if (item === undefined || known === undefined) throw new Error('archive: a blob that is asked for is held');
    const place = { at: item.at_byte, packedSizeBytes: item.packed_size_bytes, sizeBytes: known.size_bytes };
    yield* skipped(readMemberAt(segmentPath({ folder }, item.segment), place), fromByte);
  }

  return {
    ...online,
    read: (blob, fromByte = 0) => Readable.from(read(blob, fromByte), { objectMode: false }),
    stat: async (blob) => {
      const held = await online.stat(blob);
      if (held !== undefined) return held;
      const item = await readArchiveItem(database, blob);
      const known = item === undefined ? undefined : await readBlob(database, blob);
      return known === undefined ? undefined : { sizeBytes: known.size_bytes };
    },
  };
}

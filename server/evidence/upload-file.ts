import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import {
  chunkSizeMaxBytes,
  openRecord,
  parseRecordHeader,
  recordCount,
  recordHeader,
  recordHeaderSizeBytes,
  recordNoncePrefixSizeBytes,
  recordPlace,
  recordSizeBytes,
  recordTagSizeBytes,
  sealRecord,
  type RecordCipher,
} from '../../core/evidence/index.ts';
import { assert } from '../../core/kernel/index.ts';
import { syncFolderAside } from './blob-store.ts';
import { createMemoryPool } from './memory-pool.ts';

/** What an upload file is opened with. The key belongs to this file alone. */
export type UploadFileOptions = {
  readonly path: string;
  readonly cipher: RecordCipher;
  readonly sizeBytes: number;
  readonly randomBytes: (size: number) => Uint8Array;
};

/**
 * The sealed file of an upload. What comes in is sealed record by record into the form that the blob will have, so that a whole upload
 * is the blob. `offsetBytes` names bytes that a power cut does not take.
 */
export type UploadFile = {
  readonly sizeBytes: number;
  readonly offsetBytes: () => number;
  readonly isWhole: () => boolean;
  /**
   * Adds the records of chunks that follow each other, under one flush; durable on return. Where it throws, nothing was added: the file
   * is cut back, and one that cannot be cut back takes nothing any more, since it may show bytes that are not on the disk.
   */
  readonly append: (...chunks: readonly Uint8Array[]) => Promise<void>;
  readonly close: () => Promise<void>;
};

/** Records are read and written in steps of this many: one chunk. */
const recordsAStep = chunkSizeMaxBytes / recordSizeBytes;
/** What chunks are sealed into. Uploads of a few devices at a time are all that a disk is faster with. */
const sealing = createMemoryPool(chunkSizeMaxBytes + recordsAStep * recordTagSizeBytes, 4);

/** Reads up to `length` bytes; fewer at the end of the file. */
export async function readFrom(file: FileHandle, at: number, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(length);
  let done = 0;
  while (done < length) {
    const { bytesRead } = await file.read(bytes, done, length - done, at + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return bytes.subarray(0, done);
}

async function writeAll(file: FileHandle, at: number, bytes: Uint8Array): Promise<void> {
  let done = 0;
  while (done < bytes.length) done += (await file.write(bytes, done, bytes.length - done, at + done)).bytesWritten;
}

/** Where `records` whole records end. */
function endOf(sizeBytes: number, records: number): number {
  if (records === 0) return recordHeaderSizeBytes;
  const last = recordPlace(sizeBytes, records - 1);
  return last.at + last.sealedSizeBytes;
}

/** How many records from the first on are whole: what a crash tore does not open, and nothing after it counts. */
async function countWholeRecords(file: FileHandle, header: Uint8Array, options: UploadFileOptions): Promise<number> {
  const { cipher, sizeBytes } = options;
  const count = recordCount(sizeBytes);
  for (let first = 0; first < count; first += recordsAStep) {
    const until = Math.min(first + recordsAStep, count);
    const start = recordPlace(sizeBytes, first).at;
    const bytes = await readFrom(file, start, endOf(sizeBytes, until) - start);
    for (let index = first; index < until; index += 1) {
      const place = recordPlace(sizeBytes, index);
      const sealed = bytes.subarray(place.at - start, place.at - start + place.sealedSizeBytes);
      if (!openRecord(cipher, header, place, sealed).ok) return index;
    }
  }
  return count;
}

/** Reads the header of a file, or makes it: a file without a whole one holds nothing. */
async function readOrMakeHeader(file: FileHandle, options: UploadFileOptions): Promise<Uint8Array> {
  const read = parseRecordHeader(await readFrom(file, 0, recordHeaderSizeBytes));
  if (read.ok) return read.value;
  const header = recordHeader(options.randomBytes(recordNoncePrefixSizeBytes));
  await file.truncate(0);
  await writeAll(file, 0, header);
  return header;
}

/**
 * Opens or makes the file. Everything that is there is read and opened first; what is whole counts, and is synced together with the
 * file's name before anybody is told of it.
 */
export async function openUploadFile(options: UploadFileOptions): Promise<UploadFile> {
  const { path, cipher, sizeBytes } = options;
  const file = await open(path, constants.O_RDWR | constants.O_CREAT, 0o600);
  try {
    const header = await readOrMakeHeader(file, options);
    const records = await countWholeRecords(file, header, options);
    await file.truncate(endOf(sizeBytes, records));
    await file.sync();
    await syncFolderAside(dirname(path));
    return uploadFile(file, { header, cipher, sizeBytes, records });
  } catch (error) {
    await file.close();
    throw error;
  }
}

type Opened = { readonly header: Uint8Array; readonly cipher: RecordCipher; readonly sizeBytes: number };

/** Seals a chunk whose first record is `first` into `memory`. */
function sealChunk({ header, cipher, sizeBytes }: Opened, chunk: Uint8Array, first: number, memory: Buffer): Buffer {
  let end = 0;
  for (let from = 0, index = first; from < chunk.length; index += 1) {
    const place = recordPlace(sizeBytes, index);
    const plain = chunk.subarray(from, from + place.plainSizeBytes);
    sealRecord(cipher, header, place, plain, memory.subarray(end, end + place.sealedSizeBytes));
    from += place.plainSizeBytes;
    end += place.sealedSizeBytes;
  }
  return memory.subarray(0, end);
}

function uploadFile(file: FileHandle, opened: Opened & { readonly records: number }): UploadFile {
  const { sizeBytes } = opened;
  let records = opened.records;
  let isBroken = false;
  const offsetBytes = (): number => Math.min(records * recordSizeBytes, sizeBytes);

  /** Writes chunks behind each other; answers how many records they were. */
  async function writeChunks(chunks: readonly Uint8Array[]): Promise<number> {
    const memory = sealing.take();
    try {
      let added = 0;
      for (const chunk of chunks) {
        const at = endOf(sizeBytes, records + added);
        await writeAll(file, at, sealChunk(opened, chunk, records + added, memory));
        added += Math.ceil(chunk.length / recordSizeBytes);
      }
      return added;
    } finally {
      sealing.give(memory);
    }
  }

  return {
    sizeBytes,
    offsetBytes,
    isWhole: () => records === recordCount(sizeBytes),
    append: async (...chunks) => {
      assert(!isBroken, 'evidence: a file that could not be cut back takes nothing');
      const end = endOf(sizeBytes, records);
      let added = 0;
      try {
        added = await writeChunks(chunks);
        await file.datasync();
      } catch (error) {
        isBroken = true;
        // Pages that the disk refused may be shown as if it had taken them: they must not be found by the next start.
        await file.truncate(end);
        await file.sync();
        isBroken = false;
        throw error;
      }
      records += added;
    },
    close: () => file.close(),
  };
}

import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import {
  openRecord,
  parseRecordHeader,
  recordCount,
  recordHeaderSizeBytes,
  recordPlace,
  sealedSizeBytes,
  type RecordCipher,
} from '../../core/evidence/index.ts';
import { ok, refuse, type Result, type Sha256Hex } from '../../core/kernel/index.ts';
import { readFrom } from './upload-file.ts';

/** What a sealed file turned out to hold. */
export type PassHashes = { readonly plain: Sha256Hex; readonly sealed: Sha256Hex; readonly sealedSizeBytes: number };

/** A record that does not open: the disk, or somebody at it, changed the file. */
export class RecordsMalformed extends Error {
  override readonly name = 'RecordsMalformed';
}

/** One reading of a sealed file from the disk. Records are told by steps, so that the process goes on with other work between. */
export type SealedPass = {
  /** Plaintext, from where the pass is. Throws `RecordsMalformed` where a record does not open. */
  readonly plain: () => AsyncGenerator<Uint8Array>;
  /** Reads what is left, and tells the hashes of the whole. */
  readonly finish: () => Promise<Result<PassHashes, 'evidence-records-malformed'>>;
  readonly close: () => Promise<void>;
};

/** Records of one read from the disk: the engine takes 1 MiB in a few milliseconds, and other work runs between two reads. */
const recordsAStep = 16;

/** Starts a reading of a sealed file that holds `sizeBytes` of plaintext. */
export async function openSealedPass(options: {
  readonly path: string;
  readonly cipher: RecordCipher;
  readonly sizeBytes: number;
}): Promise<SealedPass> {
  const { path, cipher, sizeBytes } = options;
  const file = await open(path, 'r');
  const plainHash = createHash('sha256');
  const sealedHash = createHash('sha256');
  const count = recordCount(sizeBytes);
  let header: Uint8Array | undefined;
  let next = 0;

  async function readHeader(): Promise<Uint8Array> {
    if (header !== undefined) return header;
    const bytes = await readFrom(file, 0, recordHeaderSizeBytes);
    const parsed = parseRecordHeader(bytes);
    const { size } = await file.stat();
    if (!parsed.ok || size !== sealedSizeBytes(sizeBytes))
      throw new RecordsMalformed('a sealed file has its header and size');
    sealedHash.update(bytes);
    header = parsed.value;
    return header;
  }

  async function* plain(): AsyncGenerator<Uint8Array> {
    const head = await readHeader();
    while (next < count) {
      const until = Math.min(next + recordsAStep, count);
      const start = recordPlace(sizeBytes, next).at;
      const last = recordPlace(sizeBytes, until - 1);
      const bytes = await readFrom(file, start, last.at + last.sealedSizeBytes - start);
      while (next < until) {
        const place = recordPlace(sizeBytes, next);
        const sealed = bytes.subarray(place.at - start, place.at - start + place.sealedSizeBytes);
        const opened = openRecord(cipher, head, place, sealed);
        if (!opened.ok) throw new RecordsMalformed('a record opens');
        sealedHash.update(sealed);
        plainHash.update(opened.value);
        // Counted before it is handed on: a reader that stops early has had it.
        next += 1;
        yield opened.value;
      }
    }
  }

  return {
    plain,
    finish: async () => {
      try {
        const rest = plain();
        while ((await rest.next()).done !== true);
      } catch (error) {
        if (error instanceof RecordsMalformed) return refuse('evidence-records-malformed');
        throw error;
      }
      return ok({
        plain: plainHash.digest('hex') as Sha256Hex,
        sealed: sealedHash.digest('hex') as Sha256Hex,
        sealedSizeBytes: sealedSizeBytes(sizeBytes),
      });
    },
    close: () => file.close(),
  };
}

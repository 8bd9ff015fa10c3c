import { createHash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
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

/** Records of one read from the disk: the engine takes 1 MiB in a few milliseconds, and other work runs between two reads. */
const recordsAStep = 16;

/** One reading of a sealed file that holds `sizeBytes` of plaintext, from the disk. */
export class SealedPass {
  readonly #file: FileHandle;
  readonly #cipher: RecordCipher;
  readonly #sizeBytes: number;
  readonly #plainHash = createHash('sha256');
  readonly #sealedHash = createHash('sha256');
  #header: Uint8Array | undefined;
  #next = 0;

  private constructor(file: FileHandle, cipher: RecordCipher, sizeBytes: number) {
    this.#file = file;
    this.#cipher = cipher;
    this.#sizeBytes = sizeBytes;
  }

  static async open(path: string, cipher: RecordCipher, sizeBytes: number): Promise<SealedPass> {
    return new SealedPass(await open(path, 'r'), cipher, sizeBytes);
  }

  async #readHeader(): Promise<Uint8Array> {
    if (this.#header !== undefined) return this.#header;
    const bytes = await readFrom(this.#file, 0, recordHeaderSizeBytes);
    const parsed = parseRecordHeader(bytes);
    const { size } = await this.#file.stat();
    if (!parsed.ok || size !== sealedSizeBytes(this.#sizeBytes))
      throw new RecordsMalformed('a sealed file has its header and size');
    this.#sealedHash.update(bytes);
    this.#header = parsed.value;
    return parsed.value;
  }

  /** Plaintext, from where the pass is. Throws `RecordsMalformed` where a record does not open. */
  async *plain(): AsyncGenerator<Uint8Array> {
    const header = await this.#readHeader();
    const count = recordCount(this.#sizeBytes);
    while (this.#next < count) {
      const until = Math.min(this.#next + recordsAStep, count);
      const start = recordPlace(this.#sizeBytes, this.#next).at;
      const last = recordPlace(this.#sizeBytes, until - 1);
      const bytes = await readFrom(this.#file, start, last.at + last.sealedSizeBytes - start);
      while (this.#next < until) yield this.#openNext(header, bytes, start);
    }
  }

  #openNext(header: Uint8Array, bytes: Buffer, start: number): Uint8Array {
    const place = recordPlace(this.#sizeBytes, this.#next);
    const sealed = bytes.subarray(place.at - start, place.at - start + place.sealedSizeBytes);
    const opened = openRecord(this.#cipher, header, place, sealed);
    if (!opened.ok) throw new RecordsMalformed('a record opens');
    this.#sealedHash.update(sealed);
    this.#plainHash.update(opened.value);
    // Counted before it is handed on: a reader that stops early has had it.
    this.#next += 1;
    return opened.value;
  }

  /** Reads what is left, and tells the hashes of the whole. */
  async finish(): Promise<Result<PassHashes, 'evidence-records-malformed'>> {
    try {
      const rest = this.plain();
      while ((await rest.next()).done !== true);
    } catch (error) {
      if (error instanceof RecordsMalformed) return refuse('evidence-records-malformed');
      throw error;
    }
    return ok({
      plain: this.#plainHash.digest('hex') as Sha256Hex,
      sealed: this.#sealedHash.digest('hex') as Sha256Hex,
      sealedSizeBytes: sealedSizeBytes(this.#sizeBytes),
    });
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}

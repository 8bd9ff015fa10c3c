import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import { assert, type Sha256Hex } from '../../../core/kernel/index.ts';
import {
  openRecord,
  parseRecordHeader,
  recordHeader,
  recordHeaderSizeBytes,
  recordPlace,
  recordSizeBytes,
  sealedSizeBytes,
  sealRecord,
} from '../../../core/evidence/index.ts';
import type { Durability } from '../disk.ts';
import { recordCipher } from './cipher.ts';

type NewFile = {
  readonly file: string;
  readonly key: Uint8Array;
  readonly noncePrefix: Uint8Array;
  /** Of the plaintext, at least one byte. */
  readonly sizeBytes: number;
};

/** An encrypted file that grows piece by piece. It counts for nothing until `finish` and the journal entry that names it. */
export class RecordFile {
  readonly file: string;
  readonly sizeBytes: number;
  readonly #descriptor: number;
  readonly #key: Uint8Array;
  readonly #header: Uint8Array;
  readonly #hash = createHash('sha256');
  readonly #record = Buffer.alloc(recordSizeBytes);
  #takenBytes = 0;
  #isOpen = true;

  constructor({ file, key, noncePrefix, sizeBytes }: NewFile) {
    this.file = file;
    this.sizeBytes = sizeBytes;
    this.#key = key;
    this.#header = recordHeader(noncePrefix);
    this.#descriptor = openSync(file, 'wx', 0o600);
    this.#write(this.#header, 0);
  }

  get takenBytes(): number {
    return this.#takenBytes;
  }

  #write(bytes: Uint8Array, position: number): void {
    for (let at = 0; at < bytes.length;) at += writeSync(this.#descriptor, bytes, at, bytes.length - at, position + at);
  }

  append(bytes: Uint8Array): void {
    assert(this.#takenBytes + bytes.length <= this.sizeBytes, 'evidence: no more bytes than were announced');
    this.#hash.update(bytes);
    for (let at = 0; at < bytes.length;) {
      const place = recordPlace(this.sizeBytes, Math.floor(this.#takenBytes / recordSizeBytes));
      const filledBytes = this.#takenBytes - place.index * recordSizeBytes;
      const part = bytes.subarray(at, at + place.plainSizeBytes - filledBytes);
      this.#record.set(part, filledBytes);
      at += part.length;
      this.#takenBytes += part.length;
      if (filledBytes + part.length < place.plainSizeBytes) continue;
      const plain = this.#record.subarray(0, place.plainSizeBytes);
      this.#write(sealRecord(recordCipher(this.#key), this.#header, place, plain), place.at);
    }
  }

  /** Makes the content durable; the name is the caller's. Answers the hash of the plaintext. */
  finish(durability: Durability): Sha256Hex {
    assert(this.#takenBytes === this.sizeBytes, 'evidence: as many bytes as were announced');
    durability.syncFile(this.#descriptor);
    this.close();
    return this.#hash.digest('hex') as Sha256Hex;
  }

  /** Closes without a promise. */
  close(): void {
    if (this.#isOpen) closeSync(this.#descriptor);
    this.#isOpen = false;
    this.#record.fill(0);
  }
}

export type StoredFile = { readonly file: string; readonly key: Uint8Array; readonly sizeBytes: number };

function readAt(descriptor: number, position: number, sizeBytes: number): Buffer | undefined {
  const bytes = Buffer.allocUnsafe(sizeBytes);
  return readSync(descriptor, bytes, 0, sizeBytes, position) === sizeBytes ? bytes : undefined;
}

/** Plaintext from `offset` on, at most `limit` bytes; `undefined` where a record was changed, cut off or belongs elsewhere. */
export function readRecords(
  { file, key, sizeBytes }: StoredFile,
  { offset, limit }: { readonly offset: number; readonly limit: number },
): Uint8Array<ArrayBuffer> | undefined {
  const end = Math.min(sizeBytes, offset + limit);
  const plain = new Uint8Array(Math.max(0, end - offset));
  const descriptor = openSync(file, 'r');
  try {
    if (fstatSync(descriptor).size !== sealedSizeBytes(sizeBytes)) return undefined;
    const bytes = readAt(descriptor, 0, recordHeaderSizeBytes);
    const header = bytes === undefined ? undefined : parseRecordHeader(bytes);
    if (header?.ok !== true) return undefined;
    if (plain.length === 0) return plain;
    const first = recordPlace(sizeBytes, Math.floor(offset / recordSizeBytes));
    const last = recordPlace(sizeBytes, Math.floor((end - 1) / recordSizeBytes));
    const sealed = readAt(descriptor, first.at, last.at + last.sealedSizeBytes - first.at);
    if (sealed === undefined) return undefined;
    const cipher = recordCipher(key);
    for (let at = offset; at < end;) {
      const place = recordPlace(sizeBytes, Math.floor(at / recordSizeBytes));
      const start = place.at - first.at;
      const opened = openRecord(cipher, header.value, place, sealed.subarray(start, start + place.sealedSizeBytes));
      if (!opened.ok) return undefined;
      const from = at - place.index * recordSizeBytes;
      const part = opened.value.subarray(from, from + end - at);
      plain.set(part, at - offset);
      at += part.length;
      opened.value.fill(0);
    }
    return plain;
  } finally {
    closeSync(descriptor);
  }
}

/** Bytes that are read at once where a whole file is hashed. */
const pieceSizeBytes = 16 * recordSizeBytes;

/** True where every record opens and the plaintext has this hash. */
export function isWhole(stored: StoredFile, sha256: Sha256Hex): boolean {
  const hash = createHash('sha256');
  for (let offset = 0; offset < stored.sizeBytes; offset += pieceSizeBytes) {
    const piece = readRecords(stored, { offset, limit: pieceSizeBytes });
    if (piece === undefined) return false;
    hash.update(piece);
    piece.fill(0);
  }
  return hash.digest('hex') === sha256;
}

import { assert, ok, refuse, type Result } from '../kernel/index.ts';

/**
 * The sealed form of evidence, at the workstation and at the server: a header of 32 bytes, then AES-256-GCM records of 64 KiB of
 * plaintext (the last one is shorter, and empty only where the whole is). Each file has a random key of its own. The nonce of a record
 * is the header's random prefix and the record's index; its additional data are the header and whether the record is the last one. A
 * record that is changed, moved, left out, or cut off at the end therefore does not open. This stands against no clever use of the same
 * key twice: whoever writes another plaintext under the same key and header has broken the promise of the cipher.
 */
export const recordSizeBytes = 65_536;
export const recordTagSizeBytes = 16;
export const recordKeySizeBytes = 32;
export const recordHeaderSizeBytes = 32;
export const recordNoncePrefixSizeBytes = 8;

/** ASCII of `qorgan-evidence1`. */
const magic = Uint8Array.from([
  0x71, 0x6f, 0x72, 0x67, 0x61, 0x6e, 0x2d, 0x65, 0x76, 0x69, 0x64, 0x65, 0x6e, 0x63, 0x65, 0x31,
]);
const sealedRecordSizeBytes = recordSizeBytes + recordTagSizeBytes;

/**
 * AES-256-GCM under one key with a tag of 16 bytes; passed in, since `core` has no cipher. `seal` fills `sealed` with ciphertext and tag;
 * `open` answers `undefined` for what was not sealed so.
 */
export type RecordCipher = {
  readonly seal: (nonce: Uint8Array, additional: Uint8Array, plain: Uint8Array, sealed: Uint8Array) => void;
  readonly open: (nonce: Uint8Array, additional: Uint8Array, sealed: Uint8Array) => Uint8Array | undefined;
};

/** The header: magic (16), size of a record (4, big-endian), nonce prefix (8), zero (4). */
export function recordHeader(noncePrefix: Uint8Array): Uint8Array {
  assert(noncePrefix.length === recordNoncePrefixSizeBytes, 'evidence: a nonce prefix has 8 bytes');
  const header = new Uint8Array(recordHeaderSizeBytes);
  header.set(magic);
  new DataView(header.buffer).setUint32(16, recordSizeBytes);
  header.set(noncePrefix, 20);
  return header;
}

/** Reads a header; refuses all but the bytes that `recordHeader` makes. */
export function parseRecordHeader(bytes: Uint8Array): Result<Uint8Array, 'evidence-records-malformed'> {
  if (bytes.length !== recordHeaderSizeBytes) return refuse('evidence-records-malformed');
  const header = Uint8Array.from(bytes);
  const made = recordHeader(header.subarray(20, 28));
  return made.every((byte, i) => byte === header[i]) ? ok(header) : refuse('evidence-records-malformed');
}

/** How many records hold a plaintext: one at least. */
export function recordCount(sizeBytes: number): number {
  return Math.max(1, Math.ceil(sizeBytes / recordSizeBytes));
}

/** Size of the sealed form of a plaintext, header included. */
export function sealedSizeBytes(sizeBytes: number): number {
  return recordHeaderSizeBytes + sizeBytes + recordCount(sizeBytes) * recordTagSizeBytes;
}

/** Where a record stands: `at` in the sealed file, with its sealed and its plain size. */
export type RecordPlace = {
  readonly index: number;
  readonly at: number;
  readonly sealedSizeBytes: number;
  readonly plainSizeBytes: number;
  readonly isLast: boolean;
};

/** Place of record `index` of a plaintext of `sizeBytes`. */
export function recordPlace(sizeBytes: number, index: number): RecordPlace {
  const count = recordCount(sizeBytes);
  assert(Number.isSafeInteger(index) && index >= 0 && index < count, 'evidence: a record stands within its file');
  const isLast = index === count - 1;
  const plainSizeBytes = isLast ? sizeBytes - index * recordSizeBytes : recordSizeBytes;
  return {
    index,
    at: recordHeaderSizeBytes + index * sealedRecordSizeBytes,
    sealedSizeBytes: plainSizeBytes + recordTagSizeBytes,
    plainSizeBytes,
    isLast,
  };
}

function nonceOf(header: Uint8Array, index: number): Uint8Array {
  const nonce = new Uint8Array(12);
  nonce.set(header.subarray(20, 28));
  new DataView(nonce.buffer).setUint32(8, index);
  return nonce;
}

function additionalOf(header: Uint8Array, isLast: boolean): Uint8Array {
  const additional = new Uint8Array(recordHeaderSizeBytes + 1);
  additional.set(header);
  additional[recordHeaderSizeBytes] = isLast ? 1 : 0;
  return additional;
}

/** Ciphertext and tag of one record, in `sealed`, which has their size. */
export function sealRecord(
  cipher: RecordCipher,
  header: Uint8Array,
  place: RecordPlace,
  plain: Uint8Array,
  sealed: Uint8Array = new Uint8Array(place.sealedSizeBytes),
): Uint8Array {
  assert(plain.length === place.plainSizeBytes, 'evidence: a record is filled');
  assert(sealed.length === place.sealedSizeBytes, 'evidence: a sealed record fills its place');
  cipher.seal(nonceOf(header, place.index), additionalOf(header, place.isLast), plain, sealed);
  return sealed;
}

/** Plaintext of one record; `evidence-records-malformed` where it is not what was sealed at this place of this file. */
export function openRecord(
  cipher: RecordCipher,
  header: Uint8Array,
  place: RecordPlace,
  sealed: Uint8Array,
): Result<Uint8Array, 'evidence-records-malformed'> {
  if (sealed.length !== place.sealedSizeBytes) return refuse('evidence-records-malformed');
  const plain = cipher.open(nonceOf(header, place.index), additionalOf(header, place.isLast), sealed);
  return plain === undefined ? refuse('evidence-records-malformed') : ok(plain);
}

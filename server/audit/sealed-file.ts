import { createHash } from 'node:crypto';
import {
  openRecord,
  parseRecordHeader,
  recordCount,
  recordHeader,
  recordHeaderSizeBytes,
  recordPlace,
  sealedSizeBytes,
  type RecordCipher,
} from '../../core/evidence/index.ts';
import { firstDifference } from './finding.ts';
import { openToRead, type ReadFile } from './read-file.ts';

/** What a sealed file turned out to be. A wrong octet within a record is named by the start of the record: it opens whole or not at all. */
export type SealedFile =
  | { readonly is: 'absent' }
  | { readonly is: 'whole'; readonly plain: string; readonly sealed: string }
  /** Every record that is there opens, and the rest is still to come. */
  | { readonly is: 'partial' }
  | { readonly is: 'wrong'; readonly offset: number };

function read(file: ReadFile, cipher: RecordCipher, sizeBytes: number): SealedFile {
  const bytes = file.read(0, recordHeaderSizeBytes);
  if (bytes.length < recordHeaderSizeBytes) return { is: 'partial' };
  const header = parseRecordHeader(bytes);
  if (!header.ok) return { is: 'wrong', offset: firstDifference(bytes, recordHeader(bytes.subarray(20, 28))) };
  const [plain, sealed] = [createHash('sha256'), createHash('sha256').update(bytes)];
  for (let index = 0; index < recordCount(sizeBytes); index += 1) {
    const place = recordPlace(sizeBytes, index);
    const record = file.read(place.at, place.sealedSizeBytes);
    if (record.length === 0) return { is: 'partial' };
    const opened = openRecord(cipher, header.value, place, record);
    if (!opened.ok) return { is: 'wrong', offset: place.at };
    plain.update(opened.value);
    sealed.update(record);
  }
  const end = sealedSizeBytes(sizeBytes);
  if (file.size > end) return { is: 'wrong', offset: end };
  return { is: 'whole', plain: plain.digest('hex'), sealed: sealed.digest('hex') };
}

/** Reads a sealed file to its end, a record at a time. */
export function judgeSealedFile(path: string, cipher: RecordCipher, sizeBytes: number): SealedFile {
  const file = openToRead(path);
  if (file === undefined) return { is: 'absent' };
  try {
    return read(file, cipher, sizeBytes);
  } finally {
    file.close();
  }
}

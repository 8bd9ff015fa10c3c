import type { EvidenceDescriptor, RecordCipher } from '../../core/evidence/index.ts';
import { evidenceSubject, recordKeySizeBytes } from '../../core/evidence/index.ts';
import type { DeviceId, Sha256Hex } from '../../core/kernel/index.ts';
import { canonicalize, type Json } from '../../core/signing/index.ts';
import { parseEvidenceDescriptor } from '../../contracts/documents/index.ts';
import type { DataKey } from '../keys/index.ts';
import type { Row } from '../store/index.ts';
import { recordCipher } from './cipher.ts';

/** One upload of one device. */
export type UploadName = { readonly device: DeviceId; readonly sha256: Sha256Hex };

const uploadPurpose = 'evidence-upload';
const blobPurpose = 'evidence-blob';

/** What the sealed column of an upload holds. */
export type UploadSecret = {
  readonly descriptor: EvidenceDescriptor;
  readonly key: Uint8Array;
  readonly cipher: RecordCipher;
};

/** Device and time of an upload are part of what is sealed: whose it is, and by when it is forgotten. */
function purposeOf({ device, created_at_ms: atMs }: Pick<Row<'evidence_upload'>, 'device' | 'created_at_ms'>): string {
  return `${uploadPurpose} ${device} ${atMs}`;
}

/** Seals a descriptor and the key of its file. */
export function sealUpload(
  dataKey: DataKey,
  row: Pick<Row<'evidence_upload'>, 'device' | 'created_at_ms'>,
  { descriptor, key }: Pick<UploadSecret, 'descriptor' | 'key'>,
): Buffer {
  return dataKey.seal(purposeOf(row), Buffer.concat([key, Buffer.from(canonicalize(descriptor as unknown as Json))]));
}

/** Opens the sealed column; throws where it was edited, or where it is of another upload. */
export function openUploadSecret(dataKey: DataKey, row: Row<'evidence_upload'>): UploadSecret {
  const opened = dataKey.open(purposeOf(row), row.sealed);
  const key = opened.subarray(0, recordKeySizeBytes);
  const descriptor = parseEvidenceDescriptor(opened.subarray(recordKeySizeBytes).toString());
  if (!descriptor.ok || descriptor.value.sha256 !== row.sha256 || descriptor.value.sizeBytes !== row.size_bytes)
    throw new Error('evidence: an upload row says what its sealed part says');
  return { descriptor: descriptor.value, key, cipher: recordCipher(key) };
}

/** Seals the key of a blob; the ciphertext hash binds it to its file. */
export function sealBlobKey(dataKey: DataKey, blob: Sha256Hex, key: Uint8Array): Buffer {
  return dataKey.seal(`${blobPurpose} ${blob}`, key);
}

/** The key of a blob; throws where the row was edited. */
export function openBlobKey(dataKey: DataKey, row: Row<'evidence_blob'>): RecordCipher {
  return recordCipher(dataKey.open(`${blobPurpose} ${row.blob}`, row.sealed));
}

export function subjectOf({ sha256 }: UploadName): string {
  return evidenceSubject(sha256);
}

export function nameOfRow(row: Row<'evidence_upload'>): UploadName {
  return { device: row.device as DeviceId, sha256: row.sha256 as Sha256Hex };
}

import { createHash } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import {
  evidenceSubject,
  openRecord,
  parseRecordHeader,
  recordCount,
  recordHeaderSizeBytes,
  recordPlace,
  recordSizeBytes,
  recordTagSizeBytes,
  type RecordCipher,
} from '../../core/evidence/index.ts';
import { ok, refuse, type Result, type Sha256Hex } from '../../core/kernel/index.ts';
import { openBlobKey } from '../evidence/index.ts';
import { syncFolder } from '../keys/index.ts';
import { tagRow } from '../platform/index.ts';
import { insertReading, readBlobsOf } from '../store/index.ts';
import { withArchive } from './archived-blobs.ts';
import { Pieces } from './pieces.ts';
import type { ArchivePlace } from './place.ts';

export type ExtractRefusal = 'evidence-unknown' | 'evidence-destroyed' | 'evidence-records-malformed';

/** Size of the plaintext of a sealed file. */
function plainSizeBytes(sealedBytes: number): number {
  const body = sealedBytes - recordHeaderSizeBytes;
  return body - Math.ceil(body / (recordSizeBytes + recordTagSizeBytes)) * recordTagSizeBytes;
}

/** Opens record after record; throws where one is not what was sealed at its place. */
async function* plainOf(
  sealed: AsyncIterable<Uint8Array>,
  cipher: RecordCipher,
  sizeBytes: number,
): AsyncGenerator<Uint8Array, void> {
  const pieces = new Pieces(sealed);
  const header = parseRecordHeader((await pieces.read(recordHeaderSizeBytes)) ?? new Uint8Array(0));
  if (!header.ok) throw new Error('archive: sealed evidence has its header');
  for (let index = 0; index < recordCount(sizeBytes); index += 1) {
    const place = recordPlace(sizeBytes, index);
    const record = (await pieces.read(place.sealedSizeBytes)) ?? new Uint8Array(0);
    const plain = openRecord(cipher, header.value, place, record);
    if (!plain.ok) throw new Error('archive: a record opens');
    yield plain.value;
  }
}

/** Writes the plaintext into a new file (0600); true where its hash is the one asked for. */
async function write(path: string, plain: AsyncIterable<Uint8Array>, sha256: Sha256Hex): Promise<boolean> {
  const file = await open(path, 'wx', 0o600);
  const hash = createHash('sha256');
  try {
    for await (const part of plain) {
      hash.update(part);
      await file.appendFile(part);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  syncFolder(dirname(path));
  return hash.digest('hex') === sha256;
}

/**
 * Decrypts a piece of evidence, from wherever its ciphertext is, into a new file, and compares its hash with the one that was taken at its
 * capture; a file that is not that is removed again. The reading is written down first. The file must not exist.
 */
export async function extractEvidence(
  place: ArchivePlace,
  request: { readonly sha256: Sha256Hex; readonly path: string },
): Promise<Result<null, ExtractRefusal>> {
  const { desk, blobs, folder } = place;
  const { sha256, path } = request;
  const row = (await readBlobsOf(desk.database, sha256)).at(-1);
  if (row === undefined) return refuse('evidence-unknown');
  const subject = evidenceSubject(sha256);
  const key = (await desk.subjectKeys.known([subject])).get(subject);
  if (key === undefined) return refuse('evidence-destroyed');
  const reading = {
    reading_id: desk.surroundings.uuid(),
    device: row.device,
    reader: 'administration',
    door: 'archive-extract',
    details: JSON.stringify({ blob: row.blob }),
    at_ms: desk.surroundings.nowMs(),
  };
  await insertReading(desk.database, tagRow(desk.keyring, 'reading', reading));
  const store = withArchive(blobs, { database: desk.database, folder });
  const sealed = store.read(row.blob as Sha256Hex) as AsyncIterable<Uint8Array>;
  let isSame = false;
  try {
    isSame = await write(path, plainOf(sealed, openBlobKey(key, row), plainSizeBytes(row.size_bytes)), sha256);
  } catch (error) {
    // A file that was there already is somebody else's.
    if ((error as { readonly code?: unknown }).code === 'EEXIST') throw error;
  }
  if (isSame) return ok(null);
  await rm(path, { force: true });
  return refuse('evidence-records-malformed');
}

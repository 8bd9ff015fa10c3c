import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { recordSizeBytes } from '../../../core/evidence/index.ts';
import type { Sha256Hex } from '../../../core/kernel/index.ts';
import { openBlobStore, openUploadFile, recordCipher, SealedPass } from '../../../server/evidence/index.ts';

/** What the store has answered so far: durable bytes of each upload under way, and the blobs that a leaf may name. */
export type UploadTold = {
  readonly offsets: Readonly<Record<string, number>>;
  readonly blobs: readonly string[];
  /** A chunk or a blob that the disk refused. */
  readonly refused: number;
};

export const uploads = 64;

const hash = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Bytes of an upload: the same in every run, one to six records. */
export function plainOf(upload: number): Buffer {
  const size = 1 + ((upload * 47_777) % (6 * recordSizeBytes));
  return Buffer.alloc(size, hash(`plain ${upload}`));
}

export const cipherOf = (upload: number) => recordCipher(hash(`key ${upload}`));
export const pathOf = (folder: string, upload: number): string => join(folder, 'incoming', `upload-${upload}`);

export const openUpload = (folder: string, upload: number) =>
  openUploadFile({
    path: pathOf(folder, upload),
    cipher: cipherOf(upload),
    sizeBytes: plainOf(upload).length,
    randomBytes: (size) => hash(`prefix ${upload}`).subarray(0, size),
  });

/** Hashes of a whole upload, read from the disk. */
export async function passOf(folder: string, upload: number) {
  const pass = await SealedPass.open(pathOf(folder, upload), cipherOf(upload), plainOf(upload).length);
  const hashes = await pass.finish();
  await pass.close();
  if (!hashes.ok) throw new Error('broken: records');
  if (hashes.value.plain !== createHash('sha256').update(plainOf(upload)).digest('hex'))
    throw new Error('broken: plain');
  return hashes.value;
}

/** Opens an upload that a crash left, sends the rest from the offset that it tells, and reads the whole. */
async function faultOfUpload(folder: string, upload: number, told: number): Promise<string | undefined> {
  const file = await openUpload(folder, upload);
  try {
    if (file.offsetBytes() < told) return `lost: ${file.offsetBytes()} of ${told} bytes of upload ${upload}`;
    const rest = plainOf(upload).subarray(file.offsetBytes());
    if (rest.length > 0) await file.append(rest);
  } finally {
    await file.close();
  }
  await passOf(folder, upload);
  return undefined;
}

/** What is wrong with a store that a crash left, given what it had answered. */
export async function judgeUploads(folder: string, told: UploadTold): Promise<string | undefined> {
  mkdirSync(join(folder, 'incoming'), { recursive: true });
  const store = openBlobStore(folder);
  try {
    for (const blob of told.blobs) if (!existsSync(store.pathOf(blob as Sha256Hex))) return `lost: blob ${blob}`;
    for await (const blob of store.list()) {
      const found = createHash('sha256')
        .update(readFileSync(store.pathOf(blob)))
        .digest('hex');
      if (found !== blob) return `broken: blob ${blob}`;
    }
    for (const [upload, offset] of Object.entries(told.offsets)) {
      const fault = await faultOfUpload(folder, Number(upload), offset);
      if (fault !== undefined) return fault;
    }
    return undefined;
  } catch (error) {
    return `broken: ${String(error)}`;
  }
}

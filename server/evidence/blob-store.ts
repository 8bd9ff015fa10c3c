import { createReadStream } from 'node:fs';
import { link, lstat, mkdir, open, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import type { Sha256Hex } from '../../core/kernel/index.ts';
import { codeOf, isMissing } from './disk.ts';

/** Sealed files by the hash of their bytes, under `blobs/sha256/aa/bb/`. It knows no key and reads no plaintext. */
export type BlobStore = {
  /**
   * Gives a file that is already on the disk its name here; durable on return, with every folder on the way. The file keeps its old
   * name too. A blob that is there already is left as it is: its name says that it is the same.
   */
  readonly put: (file: string, blob: Sha256Hex) => Promise<void>;
  /** The bytes from `fromByte` on; the stream ends by an error where the blob is not there. */
  readonly read: (blob: Sha256Hex, fromByte?: number) => Readable;
  readonly stat: (blob: Sha256Hex) => Promise<{ readonly sizeBytes: number } | undefined>;
  /** Every blob, in the order of names. */
  readonly list: () => AsyncGenerator<Sha256Hex>;
  readonly pathOf: (blob: Sha256Hex) => string;
};

const partName = /^[0-9a-f]{2}$/u;
const blobName = /^[0-9a-f]{64}$/u;

/** Makes the names in a folder durable. */
export async function syncFolderAside(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** Makes a folder whose parent exists. The parent is synced even where the folder was there: whoever made it may not have come so far. */
async function makeFolder(path: string): Promise<void> {
  await mkdir(path, { mode: 0o700 }).catch((error: unknown) => {
    if (codeOf(error) !== 'EEXIST') throw error;
  });
  await syncFolderAside(dirname(path));
}

async function namesIn(path: string, pattern: RegExp): Promise<readonly string[]> {
  try {
    return (await readdir(path)).filter((name) => pattern.test(name)).sort();
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

/** Opens the store in `folder`, which exists. */
export function openBlobStore(folder: string): BlobStore {
  const root = join(folder, 'blobs', 'sha256');
  const folderOf = (blob: Sha256Hex): string => join(root, blob.slice(0, 2), blob.slice(2, 4));
  const pathOf = (blob: Sha256Hex): string => join(folderOf(blob), blob);
  return {
    pathOf,
    put: async (file, blob) => {
      const target = folderOf(blob);
      for (const path of [dirname(root), root, dirname(target), target]) await makeFolder(path);
      await link(file, pathOf(blob)).catch((error: unknown) => {
        if (codeOf(error) !== 'EEXIST') throw error;
      });
      await syncFolderAside(target);
    },
    read: (blob, fromByte = 0) => createReadStream(pathOf(blob), { start: fromByte }),
    stat: async (blob) => {
      try {
        return { sizeBytes: (await lstat(pathOf(blob))).size };
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw error;
      }
    },
    async *list() {
      for (const first of await namesIn(root, partName)) {
        for (const second of await namesIn(join(root, first), partName)) {
          for (const name of await namesIn(join(root, first, second), blobName)) yield name as Sha256Hex;
        }
      }
    },
  };
}

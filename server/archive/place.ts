import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Sha256Hex } from '../../core/kernel/index.ts';
import type { BlobStore } from '../evidence/index.ts';
import { syncFolder } from '../keys/index.ts';
import type { Desk } from '../platform/index.ts';
import type { TimeStamps } from './time-stamp.ts';

/** What the archive works with. */
export type ArchivePlace = {
  readonly desk: Desk;
  /** Folder of the segments; it exists. */
  readonly folder: string;
  readonly blobs: BlobStore;
  readonly stamps: TimeStamps;
  /** Waits until everything recorded is in the log; false where the log cannot grow. */
  readonly settle: () => Promise<boolean>;
};

export const archiveFolder = 'archive';

export const segmentPath = ({ folder }: Pick<ArchivePlace, 'folder'>, name: string): string => join(folder, name);

/** Takes ciphertexts out of the online store; durable on return. One that is gone already is as good. */
export async function takeAway(blobs: BlobStore, gone: readonly Sha256Hex[]): Promise<void> {
  const folders = new Set<string>();
  for (const blob of gone) {
    if ((await blobs.stat(blob)) === undefined) continue;
    const path = blobs.pathOf(blob);
    await rm(path, { force: true });
    folders.add(dirname(path));
  }
  for (const folder of folders) syncFolder(folder);
}

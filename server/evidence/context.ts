import { join } from 'node:path';
import type { Registry } from '../accounts/index.ts';
import type { Platform } from '../platform/index.ts';
import type { Antivirus } from './antivirus.ts';
import type { BlobStore } from './blob-store.ts';
import type { UploadName } from './upload-row.ts';

/** What the evidence store works with. */
export type EvidenceContext = {
  readonly platform: Platform;
  readonly registry: Pick<Registry, 'policy'>;
  /** Holds `incoming` and `blobs`. */
  readonly folder: string;
  readonly blobs: BlobStore;
  readonly antivirus: Antivirus;
  /** Told of each leaf that waits for the log. */
  readonly onStored: () => void;
  readonly onTrouble: (error: unknown) => void;
};

/** Uploads and quarantine: one sealed file each, by device and hash. */
export function incomingFolder(folder: string): string {
  return join(folder, 'incoming');
}

export function incomingPath(folder: string, { device, sha256 }: UploadName): string {
  return join(incomingFolder(folder), `${device}.${sha256}`);
}

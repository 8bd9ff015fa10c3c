import { statfs, unlink } from 'node:fs/promises';

/** What a full or failing disk says. Nothing was acknowledged; whoever sends may try again. */
const diskCodes = new Set(['ENOSPC', 'EDQUOT', 'EIO', 'EROFS', 'EFBIG']);

/** The system's code of an error; empty where it has none. */
export function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
}

/** True for an error by which the disk says that it took nothing. */
export function isDiskTrouble(error: unknown): boolean {
  return diskCodes.has(codeOf(error));
}

export function isMissing(error: unknown): boolean {
  return codeOf(error) === 'ENOENT';
}

/** Removes a file that may be gone already. What comes back after a crash is removed again by the next start. */
export async function removeFile(path: string): Promise<void> {
  await unlink(path).catch((error: unknown) => {
    if (!isMissing(error)) throw error;
  });
}

export async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

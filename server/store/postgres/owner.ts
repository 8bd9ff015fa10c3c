import { readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/** The user that PostgreSQL runs as; it refuses root. */
export type SystemUser = { readonly uid: number; readonly gid: number };

/**
 * `undefined` where the server itself is not root; else the user `postgres`, or `nobody` on a machine without it. A
 * production profile does not get here as root (server/boot).
 */
export function databaseUser(): SystemUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const lines = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  const entry = lines.find(([name]) => name === 'postgres') ?? lines.find(([name]) => name === 'nobody');
  return { uid: Number(entry?.[2] ?? 65_534), gid: Number(entry?.[3] ?? 65_534) };
}

/** The first folder above that other users may not pass, or `undefined` where all are open. */
export function closedFolderAbove(path: string): string | undefined {
  for (let folder = path; folder !== dirname(folder); folder = dirname(folder)) {
    const above = dirname(folder);
    if ((statSync(above).mode & 0o001) === 0) return above;
  }
  return undefined;
}

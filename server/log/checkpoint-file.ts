import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { syncFolder } from '../keys/index.ts';

const name = 'checkpoint';

/** The published checkpoint: what the world may have seen, kept apart from the database so that a restored database cannot hide it. */
export function readCheckpointFile(folder: string): string | undefined {
  const path = join(folder, name);
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

/** Replaces the published checkpoint; the old one or the new one survives any crash. Durable on return. */
export function writeCheckpointFile(folder: string, note: string): void {
  const draft = join(folder, `${name}.new`);
  const file = openSync(draft, 'w', 0o644);
  try {
    writeSync(file, note);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(draft, join(folder, name));
  syncFolder(folder);
}

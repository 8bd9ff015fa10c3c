import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { copyFile, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { InvariantError, ok, refuse, type Result } from '../../core/kernel/index.ts';
import { tileWidth } from '../../core/log/index.ts';
import { openBlobStore } from '../evidence/index.ts';
import { syncFolder } from '../keys/index.ts';
import { openLogStore } from '../log/index.ts';
import { entriesOf } from './entries.ts';
import { hashOfFile } from './hash-file.ts';
import { mirrorNames, type Mirror } from './open-mirror.ts';

export type RestoreRefusal = 'mirror-evidence-damaged' | 'mirror-empty' | 'mirror-damaged' | 'mirror-out-not-empty';

/** Bundles of one append. */
const bundlesAtOnce = 8;

/**
 * Builds the log store of the platform anew in `out/log`, from the entries alone: each is hashed again, and the tree must
 * have the root of the mirror's checkpoint before that checkpoint is written. Durable on return; answers the size.
 */
export function restoreLog(mirror: Mirror, out: string): Result<number, RestoreRefusal> {
  const { checkpoints, readEntries, tree } = mirror.store();
  const published = checkpoints.latest();
  if (published === undefined) return refuse('mirror-empty');
  const { treeSize: size, root } = published.head;
  if (size > tree.size()) return refuse('mirror-damaged', { size: tree.size() });
  if (existsSync(out) && readdirSync(out).length > 0) return refuse('mirror-out-not-empty');
  const folder = join(out, mirrorNames.log);
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  const restored = openLogStore(folder, ...mirror.logKeys);
  try {
    const step = bundlesAtOnce * tileWidth;
    for (let from = 0; from < size; from += step)
      restored.tree.append([...entriesOf(readEntries(from, Math.min(size, from + step)))]);
    if (restored.tree.size() !== size || restored.tree.rootAt(size) !== root) return refuse('mirror-damaged', { size });
    if (!restored.checkpoints.swap(undefined, published.note))
      throw new InvariantError('mirror: the restored tree is the one of its checkpoint');
  } finally {
    restored.close();
  }
  syncFolder(out);
  return ok(size);
}

/** Copies every sealed piece of evidence into `out/evidence`, each hashed on the way. Durable on return; answers how many. */
export async function restoreEvidence(mirror: Mirror, out: string): Promise<Result<number, RestoreRefusal>> {
  const folder = join(out, mirrorNames.evidence);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  syncFolder(out);
  const [held, restored] = [openBlobStore(mirror.evidence), openBlobStore(folder)];
  const draft = join(folder, 'draft');
  let count = 0;
  for await (const blob of held.list()) {
    await copyFile(held.pathOf(blob), draft);
    {
      await using file = await open(draft, 'r+');
      await file.sync();
    }
    if ((await hashOfFile(draft)) !== blob) return refuse('mirror-evidence-damaged', { blob });
    await restored.put(draft, blob);
    await rm(draft);
    count += 1;
  }
  return ok(count);
}

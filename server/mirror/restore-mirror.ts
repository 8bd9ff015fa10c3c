import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { InvariantError, ok, refuse, type Result } from '../../core/kernel/index.ts';
import { tileWidth } from '../../core/log/index.ts';
import { syncFolder } from '../keys/index.ts';
import { openLogStore } from '../log/index.ts';
import { entriesOf } from './entries.ts';
import { mirrorNames, type Mirror } from './open-mirror.ts';

export type RestoreRefusal = 'mirror-empty' | 'mirror-damaged' | 'mirror-out-not-empty';

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

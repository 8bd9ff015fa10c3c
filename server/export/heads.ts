import { equalBytes, ok, refuse, toBase64, type Result } from '../../core/kernel/index.ts';
import { consistencyPath, openCheckpoint, rootOf, type Checkpoint, type NoteKey } from '../../core/log/index.ts';
import { packageFiles, type OlderHead } from '../../core/log-package/index.ts';
import { sha256 } from '../../eds/index.ts';
import { verifyEd25519 } from '../keys/index.ts';
import type { FrozenLog } from '../log/index.ts';
import type { PackageFolder } from '../package-folder/index.ts';

type Opened = { readonly note: string; readonly head: Checkpoint };

function openHead(note: string | undefined, logKey: NoteKey): Opened | undefined {
  const head = note === undefined ? undefined : openCheckpoint({ note, logKey, verifyEd25519 });
  return note !== undefined && head?.ok === true ? { note, head: head.value } : undefined;
}

/**
 * Writes the newest head, with cosignatures where they are over it, and the older heads with the proof that the newest contains
 * them. Refuses `log-files-differ` where one of them, signed by the log, is of another tree.
 */
export function writeHeads(options: {
  readonly folder: PackageFolder;
  readonly log: FrozenLog;
  readonly logKey: NoteKey;
  readonly older: Readonly<Partial<Record<Exclude<OlderHead, 'cosigned'>, string | undefined>>>;
}): Result<null, 'log-files-differ'> {
  const { folder, log, logKey, older } = options;
  const { size, readHash } = log;
  const cosigned = openHead(log.cosigned, logKey);
  const isOfNewest = cosigned?.head.size === size;
  folder.write(packageFiles.newest, isOfNewest ? cosigned.note : log.note);
  const heads = { ...older, ...(isOfNewest ? {} : { cosigned: log.cosigned }) };
  for (const [name, note] of Object.entries(heads)) {
    const opened = openHead(note, logKey);
    if (opened === undefined || opened.head.size === 0 || opened.head.size >= size) continue;
    const { size: oldSize, root } = opened.head;
    if (!equalBytes(rootOf({ sha256, readHash, size: oldSize }), root)) return refuse('log-files-differ');
    const path = consistencyPath({ sha256, readHash, oldSize, size });
    folder.write(`checkpoints/${name}`, opened.note);
    folder.write(`checkpoints/${name}.consistency`, path.map((hash) => `${toBase64(hash)}\n`).join(''));
  }
  return ok(null);
}

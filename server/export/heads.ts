import { equalBytes, ok, refuse, toBase64, type Result } from '../../core/kernel/index.ts';
import { consistencyPath, openPinnedCheckpoint, rootOf, type Checkpoint, type LogPins } from '../../core/log/index.ts';
import { keyChangePath, packageFiles, type OlderHead } from '../../core/log-package/index.ts';
import { sha256 } from '../../eds/index.ts';
import { verifyEd25519 } from '../keys/index.ts';
import type { FrozenLog } from '../log/index.ts';
import type { PackageFolder } from '../package-folder/index.ts';

type Opened = { readonly note: string; readonly head: Checkpoint };

function openHead(note: string | undefined, pins: LogPins): Opened | undefined {
  const head = note === undefined ? undefined : openPinnedCheckpoint({ note, pins, verifyEd25519 });
  return note !== undefined && head?.ok === true ? { note, head: head.value } : undefined;
}

/** Writes the proof that the newest head contains this one; false where it is of another tree. */
function writeConsistency(
  { folder, log: { size, readHash } }: { readonly folder: PackageFolder; readonly log: FrozenLog },
  name: string,
  { size: oldSize, root }: Checkpoint,
): boolean {
  if (!equalBytes(rootOf({ sha256, readHash, size: oldSize }), root)) return false;
  const path = oldSize === size ? [] : consistencyPath({ sha256, readHash, oldSize, size });
  folder.write(name, path.map((hash) => `${toBase64(hash)}\n`).join(''));
  return true;
}

/**
 * Writes the newest head, with cosignatures where they are over it, and the older heads with the proof that the newest contains
 * them. Refuses `log-files-differ` where one of them, signed by the log, is of another tree.
 */
export function writeHeads(options: {
  readonly folder: PackageFolder;
  readonly log: FrozenLog;
  /** By which key a head of any size is believed. */
  readonly pins: LogPins;
  readonly older: Readonly<Partial<Record<Exclude<OlderHead, 'cosigned'>, string | undefined>>>;
  /** Heads at which a key took over. */
  readonly changes: readonly Checkpoint[];
}): Result<null, 'log-files-differ'> {
  const { folder, log, pins, older, changes } = options;
  const { size } = log;
  const cosigned = openHead(log.cosigned, pins);
  const isOfNewest = cosigned?.head.size === size;
  folder.write(packageFiles.newest, isOfNewest ? cosigned.note : log.note);
  const heads = { ...older, ...(isOfNewest ? {} : { cosigned: log.cosigned }) };
  for (const [name, note] of Object.entries(heads)) {
    const opened = openHead(note, pins);
    if (opened === undefined || opened.head.size === 0 || opened.head.size >= size) continue;
    if (!writeConsistency(options, `checkpoints/${name}.consistency`, opened.head)) return refuse('log-files-differ');
    folder.write(`checkpoints/${name}`, opened.note);
  }
  for (const [at, head] of changes.entries())
    if (!writeConsistency(options, keyChangePath(at + 1, 'consistency'), head)) return refuse('log-files-differ');
  return ok(null);
}

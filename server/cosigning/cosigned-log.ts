import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  meetsPolicy,
  openCheckpoint,
  openNote,
  type Checkpoint,
  type NoteKey,
  type WitnessPolicy,
} from '../../core/log/index.ts';
import { toBase64 } from '../../core/kernel/index.ts';
import { verifyMlDsa44 } from '../../eds/index.ts';
import { replaceFile, verifyEd25519 } from '../keys/index.ts';
import type { CentralLog } from '../log/index.ts';

/** The central log with what outside witnesses said of it. */
export type CosignedLog = CentralLog & {
  /** The log as a receipt of this leaf sees it: by the head that witnesses cosigned where that holds the leaf, else by the newest. */
  readonly provenFor: (leafIndex: number) => CentralLog;
  /** The newest head without any cosignature. */
  readonly ownCheckpoint: () => string;
  /** Keys of witnesses whose cosignature of the newest head is not kept yet. */
  readonly missing: (keys: readonly NoteKey[]) => readonly NoteKey[];
  /** Keeps cosignature lines over `note`, which the log published. Durable on return. */
  readonly keep: (note: string, lines: string) => void;
};

/** A note of this log with good cosignatures of known witnesses. */
type CosignedHead = { readonly note: string; readonly checkpoint: Checkpoint; readonly cosigners: readonly NoteKey[] };

const fileName = 'checkpoint.cosigned';

/**
 * Adds to the log the newest head that witnesses cosigned; it lives in a file beside the checkpoint. Such a head is shown
 * only while it is a state of this very log: a damaged file or one of another tree counts as none, and witnesses are asked again.
 */
export function openCosignedLog(options: {
  readonly log: CentralLog;
  readonly folder: string;
  readonly key: NoteKey;
  readonly policy: WitnessPolicy;
}): CosignedLog {
  const { log, key, policy } = options;
  const path = join(options.folder, fileName);
  const witnessKeys = policy.witnesses.map((witness) => witness.key);

  function readHead(note: string): CosignedHead | undefined {
    const checkpoint = openCheckpoint({ note, logKey: key, verifyEd25519 });
    const opened = openNote({ note, keys: witnessKeys, verifyEd25519, verifyMlDsa44 });
    if (!checkpoint.ok || !opened.ok || log.gap() !== undefined) return undefined;
    const { size, root } = checkpoint.value;
    const isOurs = size <= log.checkpointSize() && log.tree.rootAt(size) === toBase64(root);
    return isOurs
      ? { note, checkpoint: checkpoint.value, cosigners: opened.value.signatures.map((one) => one.key) }
      : undefined;
  }

  let kept = existsSync(path) ? readHead(readFileSync(path, 'utf8')) : undefined;
  // A newer head with too few witnesses does not replace one that has enough, and waits here for the others.
  let waiting: CosignedHead | undefined;
  const headOver = (note: string): CosignedHead | undefined =>
    [waiting, kept].find((head) => head?.note.startsWith(note) === true);

  return {
    ...log,
    checkpoint: () => headOver(log.checkpoint())?.note ?? log.checkpoint(),
    ownCheckpoint: log.checkpoint,
    provenFor: (leafIndex) => {
      const head = kept;
      return head === undefined || leafIndex >= head.checkpoint.size
        ? log
        : { ...log, checkpoint: () => head.note, checkpointSize: () => head.checkpoint.size };
    },
    missing: (keys) => keys.filter((wanted) => headOver(log.checkpoint())?.cosigners.includes(wanted) !== true),
    keep: (note, lines) => {
      const next = readHead((headOver(note)?.note ?? note) + lines);
      if (next === undefined) return;
      waiting = next;
      const isWorse = kept !== undefined && meetsPolicy(policy, kept.cosigners) && !meetsPolicy(policy, next.cosigners);
      if (isWorse) return;
      replaceFile(path, next.note, 0o644);
      kept = next;
    },
  };
}

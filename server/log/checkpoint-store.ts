import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { InvariantError, toBase64 } from '../../core/kernel/index.ts';
import { openCheckpoint, type NoteKey } from '../../core/log/index.ts';
import { syncFolder, verifyEd25519 } from '../keys/index.ts';
import type { LogTree } from './tree.ts';

/** A checkpoint that the log signed: the note as it is, and the head that it names (root in base64). */
export type SignedHead = {
  readonly note: string;
  readonly head: { readonly treeSize: number; readonly root: string };
};

/** The published checkpoint: what the world may have seen, kept apart from the database so that a restored database cannot hide it. */
export type CheckpointStore = {
  readonly latest: () => SignedHead | undefined;
  /**
   * Compare-and-swap: puts `note` in the place of `before`, durable on return; the old one or the new one survives any
   * crash. False, and nothing changed, where another stands by now, or where `note` is not of this tree or does not
   * extend `before`.
   */
  readonly swap: (before: SignedHead | undefined, note: string) => boolean;
};

const name = 'checkpoint';

function writeDurably(folder: string, note: string): void {
  const draft = join(folder, `${name}.new`);
  const file = openSync(draft, 'w', 0o644);
  try {
    const bytes = Buffer.from(note);
    let done = 0;
    while (done < bytes.length) done += writeSync(file, bytes, done);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(draft, join(folder, name));
  syncFolder(folder);
}

/** Reads a note that only this log can have signed, by any of its keys; another is a bug or a tampered file, and thrown. */
export function openSignedHead(note: string, keys: readonly NoteKey[]): SignedHead {
  const opened = keys.map((logKey) => openCheckpoint({ note, logKey, verifyEd25519 })).find(({ ok }) => ok);
  if (opened?.ok !== true) throw new InvariantError('log: the stored checkpoint is signed by the log');
  return { note, head: { treeSize: opened.value.size, root: toBase64(opened.value.root) } };
}

/** Opens the store of a folder, for the tree that its checkpoints are of. */
export function openCheckpointStore(folder: string, keys: readonly NoteKey[], tree: LogTree): CheckpointStore {
  const holds = ({ head }: SignedHead): boolean =>
    head.treeSize <= tree.size() && tree.rootAt(head.treeSize) === head.root;

  function latest(): SignedHead | undefined {
    const path = join(folder, name);
    return existsSync(path) ? openSignedHead(readFileSync(path, 'utf8'), keys) : undefined;
  }

  return {
    latest,
    swap: (before, note) => {
      const after = openSignedHead(note, keys);
      if (latest()?.note !== before?.note || !holds(after)) return false;
      if (before !== undefined && (before.head.treeSize > after.head.treeSize || !holds(before))) return false;
      writeDurably(folder, note);
      return true;
    },
  };
}

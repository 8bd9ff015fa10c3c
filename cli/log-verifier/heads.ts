import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromBase64 } from '../../core/kernel/index.ts';
import {
  meetsPolicy,
  noteKeyTypes,
  openPinnedCheckpoint,
  openNote,
  verifyConsistency,
  type Checkpoint,
  type NoteKey,
} from '../../core/log/index.ts';
import { keyChangePath, olderHeads, ownLineOf, packageFiles, type KeyChain } from '../../core/log-package/index.ts';
import { sha256, verifyEd25519, verifyMlDsa44 } from '../../eds/index.ts';
import type { Findings } from './findings.ts';
import { canVerifyMlDsa, type ReaderTrust } from './trust.ts';

export type Heads = {
  readonly newest: Checkpoint;
  /** The newest checkpoint as the proofs of entries must carry it. */
  readonly ownLine: string;
  /** Leaves under the largest head that enough of the reader's witnesses cosigned; `undefined` where none is. */
  readonly witnessedSize: number | undefined;
};

/** Witnesses that this program can judge; one that it cannot is nobody's witness. */
function judgeable({ witnesses }: ReaderTrust): readonly NoteKey[] {
  const isJudged = canVerifyMlDsa();
  return (witnesses?.witnesses ?? [])
    .map(({ key }) => key)
    .filter(({ type }) => isJudged || type !== noteKeyTypes.subtree);
}

function isWitnessed(note: string, trust: ReaderTrust): boolean {
  if (trust.witnesses === undefined) return false;
  const opened = openNote({ note, keys: judgeable(trust), verifyEd25519, verifyMlDsa44 });
  return (
    opened.ok &&
    meetsPolicy(
      trust.witnesses,
      opened.value.signatures.map(({ key }) => key),
    )
  );
}

function readLines(file: string): readonly Uint8Array[] | undefined {
  const lines = readFileSync(file, 'utf8').split('\n');
  const hashes = lines.slice(0, -1).map((line) => fromBase64(line));
  return lines.at(-1) === '' && hashes.every((hash) => hash.ok)
    ? hashes.flatMap((hash) => (hash.ok ? [hash.value] : []))
    : undefined;
}

/** True where the file beside a head leads from it to the newest. */
function isPart(proof: string, older: Checkpoint, { size, root }: Checkpoint): boolean {
  const path = existsSync(proof) ? readLines(proof) : undefined;
  const { size: oldSize, root: oldRoot } = older;
  if (path === undefined) return false;
  if (oldSize === size) return path.length === 0 && Buffer.compare(oldRoot, root) === 0;
  return verifyConsistency({ sha256, oldSize, oldRoot, size, root, path });
}

/** Judges the heads of the package, each by the log key of its time: each older one must be a part of the newest. */
export function checkHeads(folder: string, keys: KeyChain, trust: ReaderTrust, { find }: Findings): Heads | undefined {
  const { pins } = keys;
  const open = (name: string): { readonly note: string; readonly head: Checkpoint } | undefined => {
    if (!existsSync(join(folder, name))) return undefined;
    const note = readFileSync(join(folder, name), 'utf8');
    const head = openPinnedCheckpoint({ note, pins, verifyEd25519 });
    if (!head.ok) find(/signature|key/u.test(head.refusal.code) ? 'head-signature' : 'head-malformed', name);
    return head.ok ? { note, head: head.value } : undefined;
  };
  const newest = open(packageFiles.newest);
  if (newest === undefined) {
    if (!existsSync(join(folder, packageFiles.newest))) find('file-missing', packageFiles.newest);
    return undefined;
  }
  let witnessedSize = isWitnessed(newest.note, trust) ? newest.head.size : undefined;
  for (const name of olderHeads) {
    const file = `checkpoints/${name}`;
    const older = open(file);
    if (older === undefined) continue;
    if (!isPart(join(folder, `${file}.consistency`), older.head, newest.head)) find('head-inconsistent', file);
    else if (witnessedSize === undefined && isWitnessed(older.note, trust)) witnessedSize = older.head.size;
  }
  for (const [at, head] of keys.heads.entries()) {
    const file = keyChangePath(at + 1, 'consistency');
    if (!isPart(join(folder, file), head, newest.head)) find('head-inconsistent', file);
  }
  const { key } = pins.at(-1) ?? pins[0];
  return { newest: newest.head, ownLine: ownLineOf(newest.note, key), witnessedSize };
}

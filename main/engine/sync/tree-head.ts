import { equalBytes, fromBase64, ok, refuse, type Result } from '../../../core/kernel/index.ts';
import { openPinnedCheckpoint, verifyConsistency, type Checkpoint } from '../../../core/log/index.ts';
import { sha256, verifyEd25519 } from '../../../eds/index.ts';
import type { Enrolment, Shift } from '../context.ts';

/** The newest tree head that this workstation has verified; every later one must contain it. */
export type TreeHead = { readonly size: number; readonly root: Uint8Array; readonly note: string | null };

function decode(hashes: readonly string[]): readonly Uint8Array[] {
  return hashes.flatMap((hash) => {
    const bytes = fromBase64(hash);
    return bytes.ok ? [bytes.value] : [];
  });
}

/** Believes a checkpoint of the pinned log, by the key that may sign a tree of its size. */
export function readCheckpoint(enrolment: Enrolment, note: string): Result<Checkpoint> {
  return openPinnedCheckpoint({ note, pins: enrolment.logPins, verifyEd25519 });
}

/** True where the older head is the newer one or contained in it. */
export function contains(options: {
  readonly older: Checkpoint | TreeHead;
  readonly newer: Checkpoint | TreeHead;
  readonly hashes: readonly string[];
}): boolean {
  const { older, newer } = options;
  if (older.size === 0) return true;
  if (older.size === newer.size) return equalBytes(older.root, newer.root);
  return verifyConsistency({
    sha256,
    oldSize: older.size,
    oldRoot: older.root,
    size: newer.size,
    root: newer.root,
    path: decode(options.hashes),
  });
}

/**
 * The tree head after a contact: what the server shows must contain what was seen before. `log-forked` and `log-rewound` are findings
 * that no outage explains: the log was rewritten, was put back, or shows different trees to different people.
 */
export function advance(options: {
  readonly enrolment: Enrolment;
  readonly known: TreeHead;
  readonly note: string;
  readonly hashes: readonly string[];
}): Result<TreeHead> {
  const checkpoint = readCheckpoint(options.enrolment, options.note);
  if (!checkpoint.ok) return checkpoint;
  const next = { size: checkpoint.value.size, root: checkpoint.value.root, note: options.note };
  if (next.size < options.known.size) return refuse('log-rewound', { known: options.known.size, shown: next.size });
  return contains({ older: options.known, newer: next, hashes: options.hashes })
    ? ok(next)
    : refuse('log-forked', { known: options.known.size, shown: next.size });
}

/** True where the checkpoint of a receipt and the known tree head are states of one log; asks the server for the proof. */
export async function isOneLog(shift: Shift, known: TreeHead, note: string): Promise<Result<TreeHead>> {
  const checkpoint = readCheckpoint(shift.enrolment, note);
  if (!checkpoint.ok) return checkpoint;
  const seen: TreeHead = { size: checkpoint.value.size, root: checkpoint.value.root, note };
  const [older, newer] = seen.size < known.size ? [seen, known] : [known, seen];
  if (older.size === newer.size || older.size === 0)
    return contains({ older, newer, hashes: [] }) ? ok(newer) : refuse('log-forked');
  const proof = await shift.client.call('consistency', { query: { from: String(older.size), to: String(newer.size) } });
  if (!proof.ok) return proof;
  return contains({ older, newer, hashes: proof.value.hashes }) ? ok(newer) : refuse('log-forked');
}

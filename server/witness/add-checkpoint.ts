import { equalBytes, fromBase64 } from '../../core/kernel/index.ts';
import {
  hashSizeBytes,
  noteSizeMax,
  parseCheckpoint,
  parseNote,
  verifyConsistency,
  type Checkpoint,
} from '../../core/log/index.ts';
import { keyRotation } from '../../contracts/documents/index.ts';
import { sha256 } from '../../eds/index.ts';
import { cosign, signedByLog } from './cosign.ts';
import type { Witness } from './open-witness.ts';

export type WitnessAnswer = { readonly status: number; readonly body: string; readonly type: string };

const proofLinesMax = 63;
/** A note, and 63 hashes of 45 bytes after the line of the old size. */
export const requestSizeMaxBytes = noteSizeMax + 4_096;

const plain = 'text/plain; charset=utf-8';
const refused = (status: number, body: string): WitnessAnswer => ({ status, body: `${body}\n`, type: plain });
const conflict = (size: number): WitnessAnswer => ({ status: 409, body: `${size}\n`, type: 'text/x.tlog.size' });

type Submission = { readonly oldSize: number; readonly path: readonly Uint8Array[]; readonly note: string };

function parseSubmission(body: string): Submission | undefined {
  const end = body.indexOf('\n\n');
  const [first = '', ...lines] = body.slice(0, Math.max(0, end)).split('\n');
  const old = /^old (0|[1-9][0-9]{0,15})$/u.exec(first)?.[1];
  const oldSize = Number(old);
  const hashes = lines.map((line) => fromBase64(line));
  const path = hashes.flatMap((hash) => (hash.ok && hash.value.length === hashSizeBytes ? [hash.value] : []));
  if (old === undefined || !Number.isSafeInteger(oldSize)) return undefined;
  if (path.length !== lines.length || lines.length > proofLinesMax) return undefined;
  return { oldSize, path, note: body.slice(end + 2) };
}

function judge(submission: Submission, next: Checkpoint, known: Checkpoint): WitnessAnswer | undefined {
  const { oldSize, path } = submission;
  if (oldSize > next.size) return refused(400, 'the old size is above the size of the checkpoint');
  if (oldSize !== known.size) return conflict(known.size);
  if (oldSize === next.size && !equalBytes(known.root, next.root)) return conflict(known.size);
  const isExtended = verifyConsistency({
    ...{ sha256, oldSize, path },
    oldRoot: known.root,
    size: next.size,
    root: next.root,
  });
  return isExtended ? undefined : refused(422, 'the proof does not lead from the old tree to the new one');
}

/**
 * C2SP tlog-witness `add-checkpoint` on the text of a request. It answers 200 with the cosignatures once the head is on the
 * disk, 400, 403, 404, 409 (with the size that is known) or 422. It runs in one piece, so that between the comparison of
 * the old size and the write nothing else happens; one process holds the folder.
 */
export function addCheckpoint(witness: Witness, body: string): WitnessAnswer {
  const submission = parseSubmission(body);
  const parsed = submission === undefined ? undefined : parseNote(submission.note);
  const checkpoint = parsed?.ok === true ? parseCheckpoint(parsed.value.text) : undefined;
  if (submission === undefined || checkpoint?.ok !== true) return refused(400, 'this is no request with a checkpoint');
  const next = checkpoint.value;
  const keys = witness.logKeys.keysAt(next.origin, next.size);
  if (keys.length === 0) return refused(404, 'this log is not known here');
  const note = signedByLog(submission.note, keys);
  if (note === undefined) return refused(403, 'no trusted key of the log signed this');
  const known = witness.heads.read(next.origin);
  const fault = judge(submission, next, known);
  if (fault !== undefined) return fault;
  const cosigned = cosign(witness, note);
  if (cosigned === undefined) return refused(400, 'this checkpoint cannot be cosigned');
  if (next.size !== known.size) witness.heads.write(next.origin, note);
  return { status: 200, body: cosigned.slice(note.length), type: plain };
}

/**
 * Follows a change of a log's key (JSON of a `KeyRotation`), a door of our own: 200 once the new key is on the disk, 403 where the pinned key does
 * not prove it, or where its head is not the newest that this witness vouched for.
 */
export function addLogKey(witness: Witness, body: string): WitnessAnswer {
  const parsed = keyRotation.safeParse(jsonOf(body));
  if (!parsed.success) return refused(400, 'this is no change of a key');
  return witness.logKeys.follow(parsed.data, witness.heads.read)
    ? { status: 200, body: '', type: plain }
    : refused(403, 'the key that is trusted here does not prove this change');
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

import { refuse, type VerifyEd25519 } from '../kernel/index.ts';
import { parseCheckpoint } from './checkpoint.ts';
import { parseNote, type NoteKey } from './note.ts';
import { openCheckpoint } from './open-checkpoint.ts';
import { parseProof } from './proof.ts';

/** A log key and the size of the smallest tree that it may sign; it may sign until the next pin takes over. */
export type LogPin = { readonly key: NoteKey; readonly fromSize: number };

/** Keys of one log in the order in which they took over; the first is the one that was pinned at enrolment. */
export type LogPins = readonly [LogPin, ...LogPin[]];

/** The key that alone may sign a tree of this size: one that was replaced is worth nothing from then on. */
export function logKeyAt(pins: LogPins, size: number): NoteKey {
  return (pins.findLast(({ fromSize }) => fromSize <= size) ?? pins[0]).key;
}

/** The key that alone may sign the tree of this receipt (C2SP tlog-proof); a text that is none is judged by the newest. */
export function logKeyForProof(pins: LogPins, text: string): NoteKey {
  const proof = parseProof(text);
  const note = proof.ok ? parseNote(proof.value.checkpoint) : proof;
  const head = note.ok ? parseCheckpoint(note.value.text) : note;
  return logKeyAt(pins, head.ok ? head.value.size : Number.MAX_SAFE_INTEGER);
}

/** As `openCheckpoint`, by the key that may sign a tree of the size that the note names. */
export function openPinnedCheckpoint(options: {
  readonly note: string;
  readonly pins: LogPins;
  readonly verifyEd25519: VerifyEd25519;
}): ReturnType<typeof openCheckpoint> {
  const { note, pins, verifyEd25519 } = options;
  const parsed = parseNote(note);
  if (!parsed.ok) return parsed;
  const head = parseCheckpoint(parsed.value.text);
  if (!head.ok) return refuse('checkpoint-malformed');
  return openCheckpoint({ note, logKey: logKeyAt(pins, head.value.size), verifyEd25519 });
}

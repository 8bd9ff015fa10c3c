import { refuse, type Result, type VerifyEd25519 } from '../kernel/index.ts';
import { parseCheckpoint, type Checkpoint } from './checkpoint.ts';
import type { NoteKey } from './note.ts';
import { openNote } from './note-trust.ts';

/** Believes a checkpoint that the log key signed and whose origin is the name of that key. */
export function openCheckpoint(options: {
  readonly note: string;
  readonly logKey: NoteKey;
  readonly verifyEd25519: VerifyEd25519;
}): Result<
  Checkpoint,
  | 'note-malformed'
  | 'note-too-large'
  | 'note-key-unknown'
  | 'note-signature-invalid'
  | 'checkpoint-malformed'
  | 'checkpoint-other-log'
> {
  const note = openNote({ note: options.note, keys: [options.logKey], verifyEd25519: options.verifyEd25519 });
  if (!note.ok) return note;
  const checkpoint = parseCheckpoint(note.value.text);
  if (!checkpoint.ok) return checkpoint;
  return checkpoint.value.origin === options.logKey.name ? checkpoint : refuse('checkpoint-other-log');
}

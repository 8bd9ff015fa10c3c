import { fromBase64, ok, refuse, toBase64, type PlatformId, type Result, type VerifyEd25519 } from '../kernel/index.ts';
import type { Profile } from '../signing/index.ts';
import { hashSizeBytes } from './merkle.ts';
import type { NoteKey } from './note.ts';
import { openNote } from './note-trust.ts';
import { parseDecimal } from './text.ts';

/** A tree head: which log, how many leaves, which root (C2SP tlog-checkpoint). */
export type Checkpoint = { readonly origin: string; readonly size: number; readonly root: Uint8Array };

/** Origin of the log of a platform; a demonstration says so in the first word of everything it proves. */
export function logOrigin(profile: Profile, platform: PlatformId): string {
  return profile === 'demo' ? `demo.qorgan.${platform}` : `qorgan.${platform}`;
}

/** The note text of a checkpoint; signed as a note by the log. */
export function checkpointText(checkpoint: Checkpoint): string {
  return `${checkpoint.origin}\n${checkpoint.size}\n${toBase64(checkpoint.root)}\n`;
}

/** Reads a note text as a checkpoint; extension lines are refused, since no monitor could audit what they say. */
export function parseCheckpoint(text: string): Result<Checkpoint, 'checkpoint-malformed'> {
  const [origin = '', sizeText = '', rootText = '', end, ...rest] = text.split('\n');
  const size = parseDecimal(sizeText);
  const root = fromBase64(rootText);
  const isShaped = origin !== '' && end === '' && rest.length === 0;
  if (!isShaped || !size.ok || !root.ok || root.value.length !== hashSizeBytes) return refuse('checkpoint-malformed');
  return ok({ origin, size: size.value, root: root.value });
}

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

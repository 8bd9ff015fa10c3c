import { ok, refuse, type Result, type VerifyEd25519 } from '../kernel/index.ts';
import { formatNote, noteKeyTypes, parseNote, type Note, type NoteKey, type NoteSignature } from './note.ts';

/** A signature of a trusted key that was checked; a witness also says when. */
export type TrustedSignature = { readonly key: NoteKey; readonly atSeconds?: number };

/** A note with at least one good signature of a trusted key and none of a trusted key that is wrong. */
export type TrustedNote = { readonly text: string; readonly signatures: readonly TrustedSignature[] };

const timeSizeBytes = 8;
const ed25519SizeBytes = 64;

/** What a witness signs over a note text (C2SP tlog-cosignature, Ed25519). */
export function cosignedText(options: { readonly text: string; readonly atSeconds: number }): string {
  return `cosignature/v1\ntime ${options.atSeconds}\n${options.text}`;
}

function readTime(bytes: Uint8Array): number {
  return bytes.slice(0, timeSizeBytes).reduce((value, byte) => value * 256 + byte, 0);
}

function writeTime(atSeconds: number): Uint8Array {
  const bytes = new Uint8Array(timeSizeBytes);
  for (let i = timeSizeBytes - 1, rest = atSeconds; i >= 0; i -= 1, rest = Math.floor(rest / 256))
    bytes[i] = rest % 256;
  return bytes;
}

function check(options: {
  readonly note: Note;
  readonly line: NoteSignature;
  readonly key: NoteKey;
  readonly verifyEd25519: VerifyEd25519;
}): TrustedSignature | undefined {
  const { note, line, key, verifyEd25519 } = options;
  if (key.type === noteKeyTypes.ed25519) {
    const isGood =
      line.signature.length === ed25519SizeBytes && verifyEd25519(key.publicKey, note.text, line.signature);
    return isGood ? { key } : undefined;
  }
  if (line.signature.length !== timeSizeBytes + ed25519SizeBytes) return undefined;
  const atSeconds = readTime(line.signature);
  if (!Number.isSafeInteger(atSeconds)) return undefined;
  const text = cosignedText({ text: note.text, atSeconds });
  return verifyEd25519(key.publicKey, text, line.signature.slice(timeSizeBytes)) ? { key, atSeconds } : undefined;
}

/**
 * Believes a note by trusted keys (C2SP signed-note): lines of other keys are ignored, a wrong signature of a trusted
 * key refuses the whole note, and one good signature is needed.
 */
export function openNote(options: {
  readonly note: string;
  readonly keys: readonly NoteKey[];
  readonly verifyEd25519: VerifyEd25519;
}): Result<TrustedNote, 'note-malformed' | 'note-too-large' | 'note-key-unknown' | 'note-signature-invalid'> {
  const parsed = parseNote(options.note);
  if (!parsed.ok) return parsed;
  const note = parsed.value;
  const trusted: TrustedSignature[] = [];
  for (const line of note.signatures) {
    const key = options.keys.find(({ name, id }) => name === line.name && id === line.id);
    if (key === undefined) continue;
    const signature = check({ note, line, key, verifyEd25519: options.verifyEd25519 });
    if (signature === undefined) return refuse('note-signature-invalid');
    if (!trusted.some((known) => known.key === key)) trusted.push(signature);
  }
  return trusted.length === 0 ? refuse('note-key-unknown') : ok({ text: note.text, signatures: trusted });
}

/** Adds a witness's cosignature to a note that its caller verified; an earlier one of the same key is replaced. */
export function cosignNote(options: {
  readonly note: string;
  readonly key: NoteKey;
  readonly atSeconds: number;
  readonly sign: (message: string) => Uint8Array;
}): Result<string, 'note-malformed' | 'note-too-large'> {
  const { key, atSeconds, sign } = options;
  if (key.type !== noteKeyTypes.cosignature) throw new Error('log: witnesses sign by a cosignature key');
  const parsed = parseNote(options.note);
  if (!parsed.ok) return parsed;
  const { text, signatures } = parsed.value;
  const signature = Uint8Array.of(...writeTime(atSeconds), ...sign(cosignedText({ text, atSeconds })));
  const others = signatures.filter(({ name, id }) => name !== key.name || id !== key.id);
  return ok(formatNote({ text, signatures: [...others, { name: key.name, id: key.id, signature }] }));
}

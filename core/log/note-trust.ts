import { ok, refuse, type Result, type VerifyEd25519, type VerifyMlDsa44 } from '../kernel/index.ts';
import { cosignedBytes, timedSignature, verifyCosignature } from './cosignature.ts';
import { formatNote, noteKeyTypes, parseNote, type Note, type NoteKey, type NoteSignature } from './note.ts';

/** A signature of a trusted key that was checked; a witness also says when. */
export type TrustedSignature = { readonly key: NoteKey; readonly atSeconds?: number };

/** A note with at least one good signature of a trusted key and none of a trusted key that is wrong. */
export type TrustedNote = { readonly text: string; readonly signatures: readonly TrustedSignature[] };

const ed25519SizeBytes = 64;

type Verifiers = {
  readonly verifyEd25519: VerifyEd25519;
  /** Without it no ML-DSA-44 signature holds. */
  readonly verifyMlDsa44?: VerifyMlDsa44 | undefined;
};

function check(note: Note, line: NoteSignature, key: NoteKey, verifiers: Verifiers): TrustedSignature | undefined {
  const { signature } = line;
  if (key.type === noteKeyTypes.ed25519) {
    const isGood =
      signature.length === ed25519SizeBytes && verifiers.verifyEd25519(key.publicKey, note.text, signature);
    return isGood ? { key } : undefined;
  }
  const atSeconds = verifyCosignature({ text: note.text, key, signature, ...verifiers });
  return atSeconds === undefined ? undefined : { key, atSeconds };
}

/**
 * Believes a note by trusted keys (C2SP signed-note): lines of other keys are ignored, a wrong signature of a trusted
 * key refuses the whole note, and one good signature is needed.
 */
export function openNote(
  options: { readonly note: string; readonly keys: readonly NoteKey[] } & Verifiers,
): Result<TrustedNote, 'note-malformed' | 'note-too-large' | 'note-key-unknown' | 'note-signature-invalid'> {
  const parsed = parseNote(options.note);
  if (!parsed.ok) return parsed;
  const note = parsed.value;
  const trusted: TrustedSignature[] = [];
  for (const line of note.signatures) {
    const key = options.keys.find(({ name, id }) => name === line.name && id === line.id);
    if (key === undefined) continue;
    const signature = check(note, line, key, options);
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
  readonly sign: (message: string | Uint8Array) => Uint8Array;
}): Result<string, 'note-malformed' | 'note-too-large'> {
  const { key, atSeconds, sign } = options;
  if (key.type === noteKeyTypes.ed25519) throw new Error('log: witnesses sign by a cosignature key');
  const parsed = parseNote(options.note);
  if (!parsed.ok) return parsed;
  const { text, signatures } = parsed.value;
  const message = cosignedBytes({ text, key, atSeconds });
  if (message === undefined) return refuse('note-malformed');
  const signature = timedSignature(atSeconds, sign(message));
  const others = signatures.filter(({ name, id }) => name !== key.name || id !== key.id);
  return ok(formatNote({ text, signatures: [...others, { name: key.name, id: key.id, signature }] }));
}

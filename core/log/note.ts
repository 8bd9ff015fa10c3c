import { fromBase64, fromHex, ok, refuse, toBase64, toHex, type Result, type Sha256 } from '../kernel/index.ts';

/** 16 signatures of 5 kB and a text fit; more is an attack (C2SP signed-note asks for a limit of at least 16 signatures). */
export const noteSizeMax = 131_072;
export const noteSignaturesMax = 64;

/** Signature type bytes of C2SP signed-note that we make and check: plain Ed25519, and a witness's time-stamped cosignatures by Ed25519 and by ML-DSA-44. */
export const noteKeyTypes = { ed25519: 0x01, cosignature: 0x04, subtree: 0x06 } as const;
export type NoteKeyType = (typeof noteKeyTypes)[keyof typeof noteKeyTypes];

/** A key that is trusted to sign notes under a name. */
export type NoteKey = {
  readonly name: string;
  readonly type: NoteKeyType;
  readonly publicKey: Uint8Array;
  /** First four bytes of a hash, as 8 hexadecimal digits: an identifier, no proof. */
  readonly id: string;
};

export type NoteSignature = { readonly name: string; readonly id: string; readonly signature: Uint8Array };

/** A note that was read but not verified: nothing in it may be believed yet. */
export type Note = { readonly text: string; readonly signatures: readonly NoteSignature[] };

const keySizeBytes: Readonly<Record<NoteKeyType, number>> = { 0x01: 32, 0x04: 32, 0x06: 1_312 };
/** Key names have no spaces of any script and no plus. */
const nameText = /^[^\s\p{Z}\p{C}+]{1,200}$/u;
// eslint-disable-next-line no-control-regex -- a note may have no control character but the line feed
const forbidden = /[\u0000-\u0009\u000B-\u001F]|\p{Surrogate}/u;

/** The key of a name, with the identifier that C2SP signed-note recommends. */
export function noteKey(
  sha256: Sha256,
  key: { readonly name: string; readonly publicKey: Uint8Array; readonly type?: NoteKeyType },
): NoteKey {
  const { name, publicKey, type = noteKeyTypes.ed25519 } = key;
  const id = toHex(sha256(`${name}\n`, Uint8Array.of(type), publicKey).slice(0, 4));
  return { name, type, publicKey, id };
}

/** The text by which a key is handed over: `name+id+base64(type ‖ key)`. */
export function formatNoteKey(key: NoteKey): string {
  return `${key.name}+${key.id}+${toBase64(Uint8Array.of(key.type, ...key.publicKey))}`;
}

/** Reads a key text; the identifier must fit the name and the key. */
export function parseNoteKey(sha256: Sha256, text: string): Result<NoteKey, 'log-key-malformed'> {
  const [name = '', id = '', ...data] = text.split('+');
  // The base64 alphabet has a plus too, therefore the rest is joined again.
  const bytes = fromBase64(data.join('+'));
  if (!bytes.ok || !nameText.test(name)) return refuse('log-key-malformed');
  const type = Object.values(noteKeyTypes).find((known) => known === bytes.value[0]);
  if (type === undefined || bytes.value.length !== 1 + keySizeBytes[type]) return refuse('log-key-malformed');
  const key = noteKey(sha256, { name, type, publicKey: bytes.value.slice(1) });
  return key.id === id ? ok(key) : refuse('log-key-malformed');
}

function parseSignature(line: string): NoteSignature | undefined {
  const [dash, name = '', data = '', ...rest] = line.split(' ');
  const bytes = fromBase64(data);
  if (dash !== '—' || rest.length > 0 || !nameText.test(name) || !bytes.ok || bytes.value.length < 5) return undefined;
  return { name, id: toHex(bytes.value.slice(0, 4)), signature: bytes.value.slice(4) };
}

/** Reads a signed note (C2SP signed-note) without believing it. */
export function parseNote(note: string): Result<Note, 'note-malformed' | 'note-too-large'> {
  if (note.length > noteSizeMax) return refuse('note-too-large', { sizeMax: noteSizeMax });
  const at = note.lastIndexOf('\n\n');
  if (at < 0 || !note.endsWith('\n') || forbidden.test(note)) return refuse('note-malformed');
  const lines = note.slice(at + 2, -1).split('\n');
  if (lines.length > noteSignaturesMax) return refuse('note-too-large', { signaturesMax: noteSignaturesMax });
  const signatures = lines.map(parseSignature).filter((signature) => signature !== undefined);
  if (signatures.length !== lines.length) return refuse('note-malformed');
  return ok({ text: note.slice(0, at + 1), signatures });
}

/** One signature line, with its line feed. */
export function formatSignature(signature: NoteSignature): string {
  const id = fromHex(signature.id);
  if (!id.ok) throw new Error('log: a key id is hexadecimal');
  return `— ${signature.name} ${toBase64(Uint8Array.of(...id.value, ...signature.signature))}\n`;
}

/** Writes a note: the text, an empty line, the signatures. */
export function formatNote(note: Note): string {
  if (!note.text.endsWith('\n') || forbidden.test(note.text) || note.signatures.length === 0)
    throw new Error('log: a note is a text with signatures');
  return `${note.text}\n${note.signatures.map(formatSignature).join('')}`;
}

/** Signs a text (ending in a line feed) as a note by one Ed25519 key; `sign` signs the UTF-8 bytes of what it is given. */
export function signNote(options: {
  readonly text: string;
  readonly key: NoteKey;
  readonly sign: (message: string) => Uint8Array;
}): string {
  const { text, key, sign } = options;
  if (key.type !== noteKeyTypes.ed25519) throw new Error('log: notes are signed by an Ed25519 note key');
  return formatNote({ text, signatures: [{ name: key.name, id: key.id, signature: sign(text) }] });
}

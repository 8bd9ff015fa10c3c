import { equalBytes, type VerifyEd25519, type VerifyMlDsa44 } from '../kernel/index.ts';
import { parseCheckpoint, type Checkpoint } from './checkpoint.ts';
import { noteKeyTypes, type NoteKey } from './note.ts';
import { asciiBytes } from './text.ts';

const timeSizeBytes = 8;
const ed25519SizeBytes = 64;
const mlDsa44SizeBytes = 2_420;
/** Names are prefixed by one byte of length in a `cosigned_message`. */
const nameSizeMaxBytes = 255;

/** What a witness signs over a note text (C2SP tlog-cosignature, Ed25519). */
export function cosignedText(options: { readonly text: string; readonly atSeconds: number }): string {
  return `cosignature/v1\ntime ${options.atSeconds}\n${options.text}`;
}

/** Eight bytes, the most significant first. */
function uint64(value: number): Uint8Array {
  const bytes = new Uint8Array(timeSizeBytes);
  for (let i = timeSizeBytes - 1, rest = value; i >= 0; i -= 1, rest = Math.floor(rest / 256)) bytes[i] = rest % 256;
  return bytes;
}

function readUint64(bytes: Uint8Array): number {
  return bytes.reduce((value, byte) => value * 256 + byte, 0);
}

/** The `cosigned_message` that an ML-DSA-44 cosigner signs over a checkpoint (C2SP tlog-cosignature); names are ASCII. */
export function cosignedMessage(options: {
  readonly cosigner: string;
  readonly atSeconds: number;
  readonly checkpoint: Checkpoint;
}): Uint8Array {
  const { cosigner, atSeconds, checkpoint } = options;
  const [name, origin] = [asciiBytes(cosigner), asciiBytes(checkpoint.origin)];
  const label = asciiBytes('subtree/v1\n\0');
  const start = uint64(0);
  const end = uint64(checkpoint.size);
  const tree = [...start, ...end, ...checkpoint.root];
  return Uint8Array.of(...label, name.length, ...name, ...uint64(atSeconds), origin.length, ...origin, ...tree);
}

/** The bytes to be signed by this kind of key; `undefined` where the text is no checkpoint that such a key can name. */
export function cosignedBytes(options: {
  readonly text: string;
  readonly key: NoteKey;
  readonly atSeconds: number;
}): string | Uint8Array | undefined {
  const { text, key, atSeconds } = options;
  if (key.type === noteKeyTypes.cosignature) return cosignedText({ text, atSeconds });
  const checkpoint = parseCheckpoint(text);
  if (!checkpoint.ok || ![key.name, checkpoint.value.origin].every(isNameable)) return undefined;
  return cosignedMessage({ cosigner: key.name, atSeconds, checkpoint: checkpoint.value });
}

function isNameable(name: string): boolean {
  // eslint-disable-next-line no-control-regex -- what is not ASCII has another length in bytes than in characters
  return name.length <= nameSizeMaxBytes && /^[\u0000-\u007f]+$/u.test(name);
}

/** The body of a cosignature line after the key id (`timestamped_signature`). */
export function timedSignature(atSeconds: number, signature: Uint8Array): Uint8Array {
  return Uint8Array.of(...uint64(atSeconds), ...signature);
}

/** When the cosigner says that it saw the tree head, in Unix seconds; `undefined` where its signature does not hold. */
export function verifyCosignature(options: {
  readonly text: string;
  readonly key: NoteKey;
  readonly signature: Uint8Array;
  readonly verifyEd25519: VerifyEd25519;
  readonly verifyMlDsa44?: VerifyMlDsa44 | undefined;
}): number | undefined {
  const { text, key, signature, verifyEd25519, verifyMlDsa44 } = options;
  const atSeconds = readUint64(signature.slice(0, timeSizeBytes));
  const signed = signature.slice(timeSizeBytes);
  const message = Number.isSafeInteger(atSeconds) ? cosignedBytes({ text, key, atSeconds }) : undefined;
  if (message === undefined) return undefined;
  const isGood =
    typeof message === 'string'
      ? signed.length === ed25519SizeBytes && verifyEd25519(key.publicKey, message, signed)
      : signed.length === mlDsa44SizeBytes && verifyMlDsa44?.(key.publicKey, message, signed) === true;
  return isGood ? atSeconds : undefined;
}

/** True for two keys of one owner, whatever their names say. */
export function isSameKey(a: NoteKey, b: NoteKey): boolean {
  return equalBytes(a.publicKey, b.publicKey);
}

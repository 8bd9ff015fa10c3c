import { cosignNote, formatNote, openNote, parseNote, type NoteKey, type NoteSignature } from '../../core/log/index.ts';
import { verifyEd25519 } from '../keys/index.ts';
import type { Witness } from './open-witness.ts';

/** The note with the signatures of trusted keys of its log alone: what strangers added to it is neither kept nor vouched for. */
export function signedByLog(text: string, keys: readonly NoteKey[]): string | undefined {
  const note = parseNote(text);
  if (!note.ok || !openNote({ note: text, keys, verifyEd25519 }).ok) return undefined;
  const isOfLog = (line: NoteSignature): boolean => keys.some(({ name, id }) => name === line.name && id === line.id);
  return formatNote({ text: note.value.text, signatures: note.value.signatures.filter(isOfLog) });
}

/** The note with a cosignature by each key of the witness behind it; `undefined` where such a key cannot name it. */
export function cosign(witness: Pick<Witness, 'signers' | 'nowMs'>, note: string): string | undefined {
  const atSeconds = Math.floor(witness.nowMs() / 1_000);
  let cosigned = note;
  for (const { key, sign } of witness.signers) {
    const next = cosignNote({ note: cosigned, key, atSeconds, sign });
    if (!next.ok) return undefined;
    cosigned = next.value;
  }
  return cosigned;
}

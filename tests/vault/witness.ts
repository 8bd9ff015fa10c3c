import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import {
  cosignNote,
  formatNoteKey,
  formatProof,
  noteKey,
  noteKeyTypes,
  parseProof,
  type NoteKey,
} from '../../core/log/index.ts';
import { sha256 } from '../../native/vault-host/hash.ts';

/** A witness with one key, of either kind, that cosigns the head of any receipt. */
export class TestWitness {
  readonly key: NoteKey;
  readonly #privateKey: KeyObject;

  constructor(name: string, kind: 'ed25519' | 'ml-dsa-44' = 'ed25519') {
    const type = kind === 'ed25519' ? noteKeyTypes.cosignature : noteKeyTypes.subtree;
    const pair = kind === 'ed25519' ? generateKeyPairSync('ed25519') : generateKeyPairSync('ml-dsa-44');
    const spki = pair.publicKey.export({ format: 'der', type: 'spki' });
    const publicKey = Uint8Array.from(spki.subarray(kind === 'ed25519' ? -32 : -1_312));
    this.key = noteKey(sha256, { name, publicKey, type });
    this.#privateKey = pair.privateKey;
  }

  get text(): string {
    return formatNoteKey(this.key);
  }

  cosign(receipt: string, atSeconds = 1_795_400_000): string {
    const proof = parseProof(receipt);
    if (!proof.ok) throw new Error('a receipt of the test platform');
    const bytes = (message: Uint8Array | string) => Uint8Array.from(sign(null, Buffer.from(message), this.#privateKey));
    const note = cosignNote({ note: proof.value.checkpoint, key: this.key, atSeconds, sign: bytes });
    if (!note.ok) throw new Error('the note is well-formed');
    return formatProof({ ...proof.value, checkpoint: note.value });
  }
}

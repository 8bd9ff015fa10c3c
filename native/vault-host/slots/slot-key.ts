import { argon2Sync, hkdfSync } from 'node:crypto';
import { fromBase64, Secret, type Secret as SecretOf } from '../../../core/kernel/index.ts';
import type { Kdf, Slot } from './format.ts';

/** The key under which the private half of a slot lies. */
export type WrapKey = SecretOf<'slot-key'>;

const keySizeBytes = 32;

/** Argon2id (RFC 9106) over a passphrase or password; the caller wipes what it gets. */
function stretch(secret: Uint8Array, kdf: Kdf): Buffer {
  const salt = fromBase64(kdf.salt);
  if (!salt.ok) throw new Error('slots: base64 was checked by the parser');
  return argon2Sync('argon2id', {
    message: secret,
    nonce: salt.value,
    parallelism: kdf.lanes,
    tagLength: keySizeBytes,
    memory: kdf.memoryKib,
    passes: kdf.passes,
  });
}

function derive(ikm: Buffer, slot: Pick<Slot, 'id' | 'kind'>): WrapKey {
  const key = Buffer.from(hkdfSync('sha256', ikm, slot.id, `qorgan.slot-key/1 ${slot.kind}`, keySizeBytes));
  ikm.fill(0);
  return new Secret('slot-key', key);
}

/** Slot key of a passphrase. */
export function passphraseKey(slot: Pick<Slot, 'id' | 'kind'>, kdf: Kdf, passphrase: Uint8Array): WrapKey {
  return derive(stretch(passphrase, kdf), slot);
}

/** Slot key of a card: HKDF over what only the card can make, followed by the stretched password; both are needed. */
export function cardKey(
  slot: Pick<Slot, 'id' | 'kind'>,
  kdf: Kdf,
  factors: { readonly cardSecret: Uint8Array; readonly password: Uint8Array },
): WrapKey {
  const stretched = stretch(factors.password, kdf);
  const ikm = Buffer.concat([factors.cardSecret, stretched]);
  stretched.fill(0);
  return derive(ikm, slot);
}

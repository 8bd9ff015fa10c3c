import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { ok, refuse, toBase64, type Result } from '../../../core/kernel/index.ts';
import type { NewSlot, SlotKey } from '../../../contracts/vault-host/index.ts';
import { tieToCard } from './card.ts';
import type { CardPart, Kdf, KdfParameters, Slot } from './format.ts';
import { closeBox, openBox, readSealingKey } from './seal.ts';
import { cardKey, passphraseKey, type WrapKey } from './slot-key.ts';

/** What the making of slots needs from outside. */
export type SlotTools = {
  readonly random: (sizeBytes: number) => Uint8Array;
  readonly newId: () => string;
  readonly kdf: KdfParameters;
};

const saltSizeBytes = 16;
const ivSizeBytes = 12;

function boxInfo(slot: Pick<Slot, 'id' | 'kind' | 'version'>): string {
  return `qorgan.slot-box/1 ${slot.kind} ${slot.id} ${slot.version}`;
}

type Start = Pick<Slot, 'id' | 'kind' | 'label' | 'version'>;

/** Puts a private key into a box under a slot key and wipes both. */
function boxed(options: {
  readonly start: Start;
  readonly privateKey: Uint8Array;
  readonly wrapKey: WrapKey;
  readonly random: SlotTools['random'];
}): string {
  const { start, privateKey, wrapKey, random } = options;
  const box = wrapKey.use((key) =>
    closeBox({ key, iv: random(ivSizeBytes), plain: privateKey, about: boxInfo(start) }),
  );
  wrapKey.wipe();
  privateKey.fill(0);
  return box;
}

function newKdf(tools: SlotTools): Kdf {
  return { name: 'argon2id', ...tools.kdf, salt: toBase64(tools.random(saltSizeBytes)) };
}

function withOwnKey(options: {
  readonly start: Start;
  readonly tools: SlotTools;
  readonly kdf: Kdf;
  readonly wrapKey: WrapKey;
  readonly card: CardPart | null;
}): Slot {
  const { start, tools, kdf, wrapKey, card } = options;
  const pair = generateKeyPairSync('x25519');
  const privateKey = pair.privateKey.export({ format: 'der', type: 'pkcs8' });
  const publicKey = toBase64(pair.publicKey.export({ format: 'der', type: 'spki' }));
  const box = boxed({ start, privateKey, wrapKey, random: tools.random });
  return { ...start, sealing: 'x25519', publicKey, kdf, box, card };
}

/** A slot of the wished kind; the secrets stay with the caller. */
export function makeSlot(wish: NewSlot, tools: SlotTools): Result<Slot, 'slot-key-unsupported'> {
  const start = { id: tools.newId(), kind: wish.kind, label: wish.label, version: 1 };
  switch (wish.kind) {
    case 'passphrase': {
      const kdf = newKdf(tools);
      return ok(withOwnKey({ start, tools, kdf, wrapKey: passphraseKey(start, kdf, wish.passphrase), card: null }));
    }
    case 'card': {
      const tie = tieToCard({ ...wish, random: tools.random });
      if (!tie.ok) return tie;
      const kdf = newKdf(tools);
      const wrapKey = cardKey(start, kdf, { cardSecret: tie.value.secret, password: wish.password });
      tie.value.secret.fill(0);
      return ok(withOwnKey({ start, tools, kdf, wrapKey, card: tie.value.part }));
    }
    case 'recovery': {
      const key = readSealingKey(wish.publicKey);
      if (!key.ok) return key;
      const publicKey = toBase64(key.value.key.export({ format: 'der', type: 'spki' }));
      return ok({ ...start, sealing: key.value.sealing, publicKey, kdf: null, box: null, card: null });
    }
  }
}

/** The factors without the id: what proves a slot, from whatever verb they came. */
export type SlotFactors =
  | { readonly kind: 'passphrase'; readonly passphrase: Uint8Array }
  | { readonly kind: 'card'; readonly cardSecret: Uint8Array; readonly password: Uint8Array };

function wrapKeyOf(slot: Slot, kdf: Kdf, factors: SlotFactors): WrapKey {
  return factors.kind === 'card' ? cardKey(slot, kdf, factors) : passphraseKey(slot, kdf, factors.passphrase);
}

/** PKCS#8 of the slot's private half; the caller wipes it. */
function openPrivateHalf(slot: Slot, factors: SlotFactors): Result<Buffer, 'slot-kind-differs' | 'slot-key-wrong'> {
  if (slot.kind !== factors.kind || slot.kdf === null || slot.box === null) return refuse('slot-kind-differs');
  const wrapKey = wrapKeyOf(slot, slot.kdf, factors);
  const { box } = slot;
  const plain = wrapKey.use((key) => openBox({ key, box, about: boxInfo(slot) }));
  wrapKey.wipe();
  return plain === undefined ? refuse('slot-key-wrong') : ok(plain);
}

/** The private key that unseals the data key for this slot. A wrong password, card or file all answer the same. */
export function openSlot(slot: Slot, key: SlotKey): Result<KeyObject, 'slot-kind-differs' | 'slot-key-wrong'> {
  if (slot.kind !== key.kind) return refuse('slot-kind-differs');
  if (key.kind === 'recovery') return readPrivateKey(slot, key.privateKey);
  const half = openPrivateHalf(slot, key);
  if (!half.ok) return half;
  const result = readPrivateKey(slot, half.value);
  half.value.fill(0);
  return result;
}

function readPrivateKey(slot: Slot, pkcs8: Uint8Array): Result<KeyObject, 'slot-key-wrong'> {
  try {
    const key = createPrivateKey({ key: Buffer.from(pkcs8), format: 'der', type: 'pkcs8' });
    const publicKey = toBase64(createPublicKey(key).export({ format: 'der', type: 'spki' }));
    return publicKey === slot.publicKey ? ok(key) : refuse('slot-key-wrong');
  } catch {
    return refuse('slot-key-wrong');
  }
}

/** The same slot under a new password; the sealed data keys stay good, since the slot's own key pair stays. */
export function rewrapSlot(
  slot: Slot,
  change: { readonly from: SlotFactors; readonly to: SlotFactors },
  tools: SlotTools,
): Result<Slot, 'slot-kind-differs' | 'slot-key-wrong'> {
  const half = openPrivateHalf(slot, change.from);
  if (!half.ok) return half;
  const next = { ...slot, version: slot.version + 1 };
  const kdf = newKdf(tools);
  const wrapKey = wrapKeyOf(next, kdf, change.to);
  return ok({ ...next, kdf, box: boxed({ start: next, privateKey: half.value, wrapKey, random: tools.random }) });
}

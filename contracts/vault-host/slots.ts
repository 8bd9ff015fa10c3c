import * as z from 'zod';
import { sha256Hex, timeMs } from '../documents/index.ts';
import { publicKeySchema, secretBytesSchema, slotIdSchema } from './shapes.ts';

/** Readable before anything is open: names no person, so that a stolen workstation tells nothing. */
const label = z.string().min(1).max(80);

/** A way into the vault. At least one is always left. */
export const newSlotSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('passphrase'), label, passphrase: secretBytesSchema }),
  z.strictObject({
    kind: z.literal('card'),
    label,
    /** Hash of the certificate by which the card is found again; what signs is another key. */
    certificate: sha256Hex,
    /** Decryption (RSA) or agreement (P-256, P-384) key of the card. */
    publicKey: publicKeySchema,
    /** Hash of RSA-OAEP that the carrier can do; of no meaning for agreement keys. */
    oaepHash: z.enum(['sha1', 'sha256']),
    password: secretBytesSchema,
  }),
  z.strictObject({
    kind: z.literal('recovery'),
    label,
    /** RSA of at least 2048 bits, or X25519. */
    publicKey: publicKeySchema,
  }),
]);

/** What opens one slot. */
export const slotKeySchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('passphrase'), slotId: slotIdSchema, passphrase: secretBytesSchema }),
  z.strictObject({
    kind: z.literal('card'),
    slotId: slotIdSchema,
    /** What the card made of the challenge of `vault.slotChallenge`: the decrypted bytes, or the shared secret (x coordinate). */
    cardSecret: secretBytesSchema,
    password: secretBytesSchema,
  }),
  /** PKCS#8 DER. */
  z.strictObject({ kind: z.literal('recovery'), slotId: slotIdSchema, privateKey: secretBytesSchema }),
]);

/** A new password or passphrase of a slot, proven by the old one. */
export const rewrapSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('passphrase'),
    slotId: slotIdSchema,
    passphrase: secretBytesSchema,
    newPassphrase: secretBytesSchema,
    nowMs: timeMs,
  }),
  z.strictObject({
    kind: z.literal('card'),
    slotId: slotIdSchema,
    cardSecret: secretBytesSchema,
    password: secretBytesSchema,
    newPassword: secretBytesSchema,
    nowMs: timeMs,
  }),
]);

export const slotSummarySchema = z.strictObject({
  id: slotIdSchema,
  kind: z.enum(['passphrase', 'card', 'recovery']),
  label: z.string(),
  certificate: sha256Hex.nullable(),
  kdf: z.strictObject({ name: z.literal('argon2id'), memoryKib: z.int(), passes: z.int(), lanes: z.int() }).nullable(),
  /** Counts the changes of this slot. */
  version: z.int().positive(),
});

/** What the card must do to open a slot. */
export const slotChallengeSchema = z.discriminatedUnion('mechanism', [
  z.strictObject({
    mechanism: z.literal('rsa-oaep'),
    oaepHash: z.enum(['sha1', 'sha256']),
    ciphertext: z.instanceof(Uint8Array),
  }),
  z.strictObject({
    mechanism: z.literal('ecdh'),
    curve: z.enum(['P-256', 'P-384']),
    /** Uncompressed point 04‖x‖y of the slot's own half. */
    point: z.instanceof(Uint8Array),
  }),
]);

export type NewSlot = z.output<typeof newSlotSchema>;
export type SlotKey = z.output<typeof slotKeySchema>;
export type SlotRewrap = z.output<typeof rewrapSchema>;
export type SlotSummary = z.output<typeof slotSummarySchema>;
export type SlotChallenge = z.output<typeof slotChallengeSchema>;

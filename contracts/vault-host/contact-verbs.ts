import * as z from 'zod';
import { noteSizeMax } from '../../core/log/index.ts';
import { base64Exact, journalEpoch, signedDocument, timeMs } from '../documents/index.ts';
import { defineVerbs } from '../rpc/index.ts';
import { headsSchema, heldSchema, knownTreeSchema } from './shapes.ts';

/** Rows and signatures; the slowest disk that we serve answers an fsync in a second. */
const timeoutMs = 15_000;
const unbound = ['vault-closed', 'vault-not-bound'] as const;

/** What this device says to its server at a contact, and what it makes of the answer. */
export const contactVerbs = defineVerbs({
  /**
   * Signs only an RFC 9421 signature base that names this device, a canonical `qorgan.contact/1` of it, or, before the vault is
   * bound, the `enrolmentProofText` of contracts/http that names this vault's own public key and epoch.
   */
  'device.sign': {
    input: z.strictObject({
      message: z.instanceof(Uint8Array).refine((bytes) => bytes.length <= 16_384, 'message length'),
    }),
    output: z.strictObject({ signature: z.instanceof(Uint8Array) }),
    timeoutMs,
    refusals: ['vault-closed', 'device-message-foreign'],
  },

  heads: {
    input: z.null(),
    output: headsSchema.extend({ epoch: journalEpoch, tree: knownTreeSchema }),
    timeoutMs,
    refusals: unbound,
  },
  /** What the server says it holds of this device. A vault that lacks it was rolled back or cloned, and stays quarantined. */
  'contact.check': {
    input: z.strictObject({
      held: heldSchema,
      /** A `qorgan.journal-heads/1`; the vault verifies it and keeps it in the journal, not more often than it says something new. */
      statement: signedDocument,
      atMs: timeMs,
    }),
    output: z.null(),
    timeoutMs,
    refusals: [
      ...unbound,
      'journal-rolled-back',
      'journal-diverged',
      'journal-epoch-unknown',
      'log-compromised',
      'statement-invalid',
      'statement-forgotten',
      'log-distrusted',
      'vault-disk-failed',
    ],
  },
  /**
   * Takes a `qorgan.log-compromise/1` of the platform that is pinned: from then on nothing of the log is believed and no act recorded,
   * for good. Durable before it answers; a second statement changes nothing.
   */
  'log.compromised': {
    input: z.strictObject({ statement: signedDocument, atMs: timeMs }),
    output: z.null(),
    timeoutMs,
    refusals: [...unbound, 'log-compromise-invalid', 'vault-disk-failed'],
  },
  /**
   * Cosigns a tree head that `hashes` prove to contain `heads.tree` (RFC 6962), by the cosigner key that the vault made; the head
   * is durable here before the cosignature leaves. While an alarm about the log stands, `heads.tree` itself and no other. `cosigner` is a `qorgan.cosigner/1` signed by the device key.
   */
  'log.cosign': {
    input: z.strictObject({
      note: z.string().max(noteSizeMax),
      hashes: z.array(base64Exact(32)).max(64),
      atMs: timeMs,
    }),
    output: z.strictObject({ cosigner: signedDocument, note: z.string().max(noteSizeMax) }),
    timeoutMs,
    refusals: [...unbound, 'log-distrusted', 'log-forked', 'entry-malformed', 'vault-disk-failed'],
  },
});

import * as z from 'zod';
import { descriptorSizeMax } from '../../core/evidence/index.ts';
import { entryKinds } from '../../core/journal/index.ts';
import { noteSizeMax, proofSizeMax } from '../../core/log/index.ts';
import {
  actionId,
  base64Exact,
  caseId,
  count,
  iin,
  keyRotation,
  posture,
  sha256Hex,
  signedDocument,
  timeMs,
} from '../documents/index.ts';
import { attestationSchema, cmsSchema, outboxStateSchema } from './shapes.ts';

const code = z
  .string()
  .regex(/^[a-z0-9]+(?:-[a-z0-9]+)*(?::[a-z0-9-]+)?$/u)
  .max(96);
const person = z.strictObject({ iin, certificate: sha256Hex });

/**
 * Entries that main may ask for; `enrolled`, `act`, `evidence` and `slot-changed` are made by the vault alone. `promise` and `receipt`
 * move an act of the outbox and are verified first, by the keys that the enrolment bundle pinned.
 */
export const newEntrySchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('promise'), body: z.strictObject({ actionId, document: signedDocument }) }),
  z.strictObject({
    kind: z.literal('receipt'),
    body: z.strictObject({ actionId, proof: z.string().max(proofSizeMax) }),
  }),
  /** Moves a piece of evidence; `document` is the platform's own about it. */
  z.strictObject({
    kind: z.literal('evidence-receipt'),
    body: z.strictObject({
      sha256: sha256Hex,
      document: z.string().max(4 * descriptorSizeMax),
      proof: z.string().max(proofSizeMax),
    }),
  }),
  /** The server kept nothing of the act and said why; it stays to be sent, after all others. */
  z.strictObject({ kind: z.literal('outcome'), body: z.strictObject({ actionId, refusal: code }) }),
  /** A signed note whose signature and consistency main has checked. */
  z.strictObject({ kind: z.literal('checkpoint'), body: z.strictObject({ note: z.string().max(noteSizeMax) }) }),
  /** Verified by the key that was pinned before; from then on trees of its size and larger are believed by the new key alone. */
  z.strictObject({ kind: z.literal('log-key'), body: keyRotation }),
  z.strictObject({ kind: z.literal('sign-in'), body: person }),
  z.strictObject({ kind: z.literal('shift-started'), body: person }),
  z.strictObject({ kind: z.literal('posture'), body: posture }),
  /** `because`: the code by which the desk locked, where it was not the person who ended the shift. */
  z.strictObject({ kind: z.literal('shift-ended'), body: person.extend({ because: code.exactOptional() }) }),
  /**
   * Alarms about the log carry both heads as signed notes; `alarm-explained` names such an alarm as `details.entry` and proves
   * that its heads are states of one log. `promise-overdue` with the act named moves it from `promised` to `overdue`; `alarm-acknowledged` names the entry of an alarm as
   * `details.entry`; other codes are only kept.
   */
  z.strictObject({
    kind: z.literal('alarm'),
    body: z.strictObject({
      code,
      actionId: actionId.optional(),
      details: z.record(z.string().max(64), z.union([z.string().max(256), z.int()])).optional(),
      heads: z
        .strictObject({
          own: z.string().max(noteSizeMax).nullable(),
          other: z.string().max(noteSizeMax).nullable(),
          cosigner: signedDocument.optional(),
        })
        .optional(),
      consistency: z.array(base64Exact(32)).max(64).optional(),
    }),
  }),
]);

export const entryKindSchema = z.enum(entryKinds);

/** A journal entry as a list shows it. */
export const entryViewSchema = z.strictObject({
  sequence: count,
  kind: entryKindSchema,
  atMs: timeMs,
  /** The link that the next entry names. */
  hash: sha256Hex,
  /** Canonical JSON whose hash the header names. */
  body: z.string(),
});

/** An own act and how far it came. */
export const actViewSchema = z.strictObject({
  actionId,
  sequence: count,
  entrySequence: count,
  hash: sha256Hex,
  type: z.string(),
  caseId,
  caseNumber: z.string().nullable(),
  actor: person,
  recordedAtMs: timeMs,
  state: outboxStateSchema,
  /** True with a verified receipt: nothing is left to do. */
  isDone: z.boolean(),
  /** Why it was refused or superseded. */
  refusal: z.string().nullable(),
  promisedAtMs: timeMs.nullable(),
  deadlineMs: timeMs.nullable(),
  provenAtMs: timeMs.nullable(),
  /** From 0; people read it as № index + 1. */
  logIndex: count.nullable(),
  attestation: attestationSchema.nullable(),
});

/** The act with everything that a stranger needs to check it. */
export const actDetailSchema = z.strictObject({
  act: actViewSchema,
  envelope: z.string(),
  cms: cmsSchema,
  promise: signedDocument.nullable(),
  /** C2SP tlog-proof. */
  receipt: z.string().nullable(),
  /** Pinned witnesses whose lines on the receipt were verified just now, and when they say they saw the head. */
  cosigners: z.array(z.strictObject({ name: z.string(), isOutside: z.boolean(), atSeconds: count })).max(64),
});

export type NewEntry = z.output<typeof newEntrySchema>;
export type EntryView = z.output<typeof entryViewSchema>;
export type ActView = z.output<typeof actViewSchema>;
export type ActDetail = z.output<typeof actDetailSchema>;

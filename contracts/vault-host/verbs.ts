import * as z from 'zod';
import { envelopeSizeMax } from '../../core/signing/index.ts';
import { defineHost, defineVerbs, type VerbHandlers, type VerbInput, type VerbOutput } from '../rpc/index.ts';
import { actDetailSchema, actViewSchema, entryKindSchema, entryViewSchema, newEntrySchema } from './entries.ts';
import {
  actionIdSchema,
  base64Schema,
  caseChangeSchema,
  caseHistorySchema,
  caseIdSchema,
  caseStatusSchema,
  caseSummarySchema,
  deviceIdSchema,
  epochSchema,
  headSchema,
  headsSchema,
  iinSchema,
  platformIdSchema,
  profileSchema,
  registrationSchema,
  sequenceSchema,
  sha256HexSchema,
  signedDocumentSchema,
  slotIdSchema,
  timeMsSchema,
  treeHeadSchema,
} from './shapes.ts';
import { newSlotSchema, rewrapSchema, slotChallengeSchema, slotKeySchema, slotSummarySchema } from './slots.ts';

const done = z.null();
const nothing = z.null();

/** Reading and writing rows; the slowest disk that we serve answers an fsync in a second. */
const quickMs = 15_000;
/** Argon2id, the check of both chains, and a copy of the journal under a new key. */
const slowMs = 180_000;

const closed = ['vault-closed'] as const;
const unbound = ['vault-closed', 'vault-not-bound'] as const;

const people = z.strictObject({
  recognitionPhrase: z.string().max(120).nullable(),
  /** Canonical JSON of main's own making. */
  preferences: z.string().max(4_096).nullable(),
});

const enrolment = z.strictObject({
  platform: platformIdSchema,
  device: deviceIdSchema,
  deviceName: z.string(),
  operatorName: z.string(),
  logOrigin: z.string(),
  /** The document that the platform key signed; main parses the rest of it. */
  bundle: signedDocumentSchema,
  deviceRecordHash: sha256HexSchema,
});

const slotChange = ['vault-closed', 'vault-disk-failed'] as const;

/** Everything that main may ask of the vault. Verbs that write answer after the fsync. */
export const vaultVerbs = defineVerbs({
  'vault.status': {
    input: nothing,
    output: z.strictObject({
      exists: z.boolean(),
      isOpen: z.boolean(),
      /** Known while open. */
      profile: profileSchema.nullable(),
      epoch: epochSchema.nullable(),
      devicePublicKey: z.instanceof(Uint8Array).nullable(),
      enrolment: enrolment.nullable(),
      /** Readable while closed; authenticated only by the opening. */
      slots: z.array(slotSummarySchema),
      quarantine: z.enum(['journal-rolled-back', 'journal-diverged', 'journal-epoch-unknown']).nullable(),
    }),
    timeoutMs: quickMs,
    refusals: ['slots-malformed'],
  },
  /** Makes data key, device key (never leaves) and journal, and leaves the vault open and not yet bound. */
  'vault.create': {
    input: z.strictObject({ profile: profileSchema, slots: z.array(newSlotSchema).min(1).max(32), nowMs: timeMsSchema }),
    output: z.strictObject({ devicePublicKey: z.instanceof(Uint8Array), epoch: epochSchema, slots: z.array(slotSummarySchema) }),
    timeoutMs: slowMs,
    refusals: ['vault-exists', 'slot-key-unsupported', 'vault-disk-failed'],
  },
  /** Verifies bundle and device record against each other and this vault's key, and starts both chains. Idempotent. */
  'vault.bind': {
    input: z.strictObject({ bundle: signedDocumentSchema, nowMs: timeMsSchema }),
    output: enrolment,
    timeoutMs: quickMs,
    refusals: ['vault-closed', 'vault-bound', 'bundle-malformed', 'document-signature-invalid', 'bundle-foreign', 'profile-differs', 'vault-disk-failed'],
  },
  'vault.slotChallenge': {
    input: z.strictObject({ slotId: slotIdSchema }),
    output: slotChallengeSchema,
    timeoutMs: quickMs,
    refusals: ['vault-absent', 'slot-absent', 'slots-malformed', 'slot-kind-differs'],
  },
  /** Opens, finishes what a power cut left half done, and checks both chains from the first entry to the last. */
  'vault.open': {
    input: slotKeySchema,
    output: z.strictObject({ slotId: slotIdSchema, entries: z.int(), acts: z.int() }),
    timeoutMs: slowMs,
    refusals: [
      'vault-absent',
      'vault-open',
      'vault-in-use',
      'slot-absent',
      'slot-kind-differs',
      'slots-malformed',
      'slots-tampered',
      'slots-rolled-back',
      'slot-key-wrong',
      'journal-damaged',
      'vault-disk-failed',
    ],
  },
  'vault.close': { input: nothing, output: done, timeoutMs: quickMs, refusals: [] },

  'slots.add': {
    input: z.strictObject({ slot: newSlotSchema, nowMs: timeMsSchema }),
    output: slotSummarySchema,
    timeoutMs: slowMs,
    refusals: [...slotChange, 'slot-key-unsupported', 'slots-too-many'],
  },
  /** Takes the slot away and rotates the data key, so that a copy of the old slots opens nothing that comes later. */
  'slots.remove': {
    input: z.strictObject({ slotId: slotIdSchema, nowMs: timeMsSchema }),
    output: done,
    timeoutMs: slowMs,
    refusals: [...slotChange, 'slot-absent', 'slot-last'],
  },
  /** A password change. */
  'slots.rewrap': {
    input: rewrapSchema,
    output: slotSummarySchema,
    timeoutMs: slowMs,
    refusals: [...slotChange, 'slot-absent', 'slot-kind-differs', 'slot-key-wrong'],
  },
  /** New data key for all slots, nobody's secret needed. After a power cut the vault opens under the old key or the new. */
  'slots.rotate': { input: z.strictObject({ nowMs: timeMsSchema }), output: done, timeoutMs: slowMs, refusals: slotChange },

  'identity.get': { input: z.strictObject({ iin: iinSchema }), output: people, timeoutMs: quickMs, refusals: closed },
  /** `null` leaves a field as it is. */
  'identity.set': {
    input: people.extend({ iin: iinSchema }),
    output: done,
    timeoutMs: quickMs,
    refusals: [...closed, 'vault-disk-failed'],
  },

  /** What the next envelope has to name. Ask it with the clock that will be claimed. */
  'acts.next': {
    input: z.strictObject({ nowMs: timeMsSchema }),
    output: z.strictObject({
      platform: platformIdSchema,
      profile: profileSchema,
      logOrigin: z.string(),
      device: deviceIdSchema,
      epoch: epochSchema,
      sequence: sequenceSchema,
      previous: sha256HexSchema,
      treeHead: treeHeadSchema,
    }),
    timeoutMs: quickMs,
    refusals: [...unbound, 'vault-quarantined', 'clock-earlier-than-journal'],
  },
  /** One transaction: entry, view, outbox. The same bytes again give the same answer. */
  'acts.append': {
    input: z.strictObject({ envelope: z.string().max(envelopeSizeMax), cms: base64Schema, atMs: timeMsSchema }),
    output: z.strictObject({
      actionId: actionIdSchema,
      sequence: sequenceSchema,
      entrySequence: sequenceSchema,
      hash: sha256HexSchema,
      recordedAtMs: timeMsSchema,
    }),
    timeoutMs: quickMs,
    refusals: [
      ...unbound,
      'vault-quarantined',
      'envelope-malformed',
      'act-foreign',
      'act-out-of-order',
      'id-reused',
      'clock-earlier-than-journal',
      'vault-disk-failed',
    ],
  },
  /** Newest first. */
  'acts.list': {
    input: z.strictObject({ before: sequenceSchema.nullable(), limit: z.int().min(1).max(500) }),
    output: z.strictObject({ items: z.array(actViewSchema), total: z.int() }),
    timeoutMs: quickMs,
    refusals: closed,
  },
  'acts.get': {
    input: z.strictObject({ actionId: actionIdSchema }),
    output: actDetailSchema,
    timeoutMs: quickMs,
    refusals: [...closed, 'act-absent'],
  },

  'entries.append': {
    input: z.strictObject({ entry: newEntrySchema, atMs: timeMsSchema }),
    output: z.strictObject({ sequence: sequenceSchema, hash: sha256HexSchema, act: actViewSchema.nullable() }),
    timeoutMs: quickMs,
    refusals: [
      ...unbound,
      'act-absent',
      'promise-invalid',
      'receipt-invalid',
      'document-signature-invalid',
      'entry-malformed',
      'vault-disk-failed',
    ],
  },
  /** Newest first. */
  'entries.list': {
    input: z.strictObject({
      before: sequenceSchema.nullable(),
      limit: z.int().min(1).max(500),
      kinds: z.array(entryKindSchema).max(16).nullable(),
    }),
    output: z.strictObject({ items: z.array(entryViewSchema), total: z.int() }),
    timeoutMs: quickMs,
    refusals: closed,
  },

  /** What to send, and what was promised and is not proven yet; oldest first. An act that was refused blocks none behind it. */
  'outbox.next': {
    input: z.strictObject({ limit: z.int().min(1).max(64) }),
    output: z.strictObject({
      toSend: z.array(
        z.strictObject({ actionId: actionIdSchema, epoch: epochSchema, sequence: sequenceSchema, envelope: z.string(), cms: base64Schema }),
      ),
      toProve: z.array(z.strictObject({ actionId: actionIdSchema, deadlineMs: timeMsSchema, state: z.enum(['promised', 'overdue', 'refused', 'superseded']) })),
      waiting: z.int(),
      overdue: z.int(),
    }),
    timeoutMs: quickMs,
    refusals: closed,
  },

  /** Signs only an RFC 9421 signature base that names this device, or a canonical `qorgan.contact/1` of it. */
  'device.sign': {
    input: z.strictObject({ message: z.instanceof(Uint8Array).refine((bytes) => bytes.length <= 16_384, 'message length') }),
    output: z.strictObject({ signature: z.instanceof(Uint8Array) }),
    timeoutMs: quickMs,
    refusals: [...unbound, 'device-message-foreign'],
  },

  'cases.position': { input: nothing, output: z.strictObject({ position: z.int().nonnegative() }), timeoutMs: quickMs, refusals: closed },
  /** All or nothing; changes at or before the position held are passed over. `position` is where the server's answer ended. */
  'cases.apply': {
    input: z.strictObject({ position: z.int().nonnegative(), changes: z.array(caseChangeSchema).max(1_000) }),
    output: z.strictObject({ position: z.int().nonnegative(), changed: z.array(caseIdSchema) }),
    timeoutMs: quickMs,
    refusals: [...unbound, 'changes-out-of-order', 'vault-disk-failed'],
  },
  'cases.list': {
    input: z.strictObject({
      /** Empty: all. */
      statuses: z.array(caseStatusSchema).max(5),
      /** Part of number or name, any case of letters. */
      query: z.string().max(120),
      claimedBy: iinSchema.nullable(),
      decidedBy: iinSchema.nullable(),
      /** Leaves out what this person submitted. */
      notSubmittedBy: iinSchema.nullable(),
      /** Open for this person at this time: submitted, claimed by him, or claimed by another whose claim ran out. */
      openFor: z.strictObject({ iin: iinSchema, nowMs: timeMsSchema }).nullable(),
      sort: z.enum(['oldest', 'newest', 'number']),
      offset: z.int().nonnegative(),
      limit: z.int().min(1).max(500),
      withState: z.boolean(),
    }),
    output: z.strictObject({
      items: z.array(caseSummarySchema),
      /** Of the filter. */
      total: z.int(),
      /** Of all cases. */
      byStatus: z.record(caseStatusSchema, z.int()),
    }),
    timeoutMs: quickMs,
    refusals: closed,
  },
  /** With own acts that the log does not hold yet laid over; `confirmed` is what the server told. */
  'cases.get': {
    input: z.strictObject({ caseId: caseIdSchema }),
    output: z.strictObject({
      caseId: caseIdSchema,
      state: registrationSchema,
      revision: z.int(),
      hash: sha256HexSchema,
      pending: z.array(actionIdSchema),
      confirmed: z.strictObject({ state: registrationSchema, revision: z.int(), hash: sha256HexSchema }),
      history: z.array(caseHistorySchema),
    }),
    timeoutMs: quickMs,
    refusals: [...closed, 'case-absent'],
  },

  heads: { input: nothing, output: headsSchema.extend({ epoch: epochSchema }), timeoutMs: quickMs, refusals: unbound },
  /** What the server says it holds of this device. A vault that lacks it was rolled back or cloned, and stays quarantined. */
  'contact.check': {
    input: z.strictObject({
      held: z.strictObject({ epoch: epochSchema, acts: headSchema.nullable(), entries: headSchema.nullable() }),
      atMs: timeMsSchema,
    }),
    output: done,
    timeoutMs: quickMs,
    refusals: [...unbound, 'journal-rolled-back', 'journal-diverged', 'journal-epoch-unknown', 'vault-disk-failed'],
  },
  /** Both chains, all bodies, and every view against the fold. */
  'journal.check': {
    input: nothing,
    output: z.strictObject({ entries: z.int(), acts: z.int(), cases: z.int(), head: headSchema }),
    timeoutMs: slowMs,
    refusals: [...closed, 'journal-damaged'],
  },
});

export const vaultHost = defineHost({
  name: 'vault-host',
  configuration: z.strictObject({
    /** A folder of its own; made with mode 0700 when absent. */
    directory: z.string().min(1).max(4_096),
  }),
  verbs: vaultVerbs,
  events: {
    /** The vault quarantined itself; ask `vault.status`. */
    'vault.quarantined': z.strictObject({ reason: z.enum(['journal-rolled-back', 'journal-diverged', 'journal-epoch-unknown']) }),
  },
  inFlightMax: 64,
});

export type VaultHost = typeof vaultHost;
export type VaultHandlers = VerbHandlers<VaultHost>;
export type VaultVerb = keyof typeof vaultVerbs;
export type VaultInput<Verb extends VaultVerb> = VerbInput<(typeof vaultVerbs)[Verb]>;
export type VaultOutput<Verb extends VaultVerb> = VerbOutput<(typeof vaultVerbs)[Verb]>;
export type Quarantine = NonNullable<VaultOutput<'vault.status'>['quarantine']>;

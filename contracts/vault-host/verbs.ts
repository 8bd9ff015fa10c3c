import * as z from 'zod';
import { quarantineReasons } from '../../core/journal/index.ts';
import { envelopeSizeMax } from '../../core/signing/index.ts';
import { defineHost, defineVerbs, type VerbHandlers, type VerbInput, type VerbOutput } from '../rpc/index.ts';
import { actDetailSchema, actViewSchema, entryKindSchema, entryViewSchema, newEntrySchema } from './entries.ts';
import {
  actionId,
  chainHead,
  count,
  deviceId,
  iin,
  journalEpoch,
  platformId,
  profile,
  sha256Hex,
  signedDocument,
  timeMs,
} from '../documents/index.ts';
import { attestationSchema, cmsSchema, slotIdSchema, standingSchema, treeHeadSchema } from './shapes.ts';
import { accessVerbs } from './access-verbs.ts';
import { caseVerbs } from './case-verbs.ts';
import { contactVerbs } from './contact-verbs.ts';
import { evidenceVerbs } from './evidence-verbs.ts';
import { slotVerbs } from './slot-verbs.ts';
import { newSlotSchema, slotChallengeSchema, slotKeySchema, slotSummarySchema } from './slots.ts';

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
  platform: platformId,
  device: deviceId,
  deviceName: z.string(),
  operatorName: z.string(),
  logOrigin: z.string(),
  /** Keys of the log (C2SP vkey texts) that were followed after the one of the bundle, and the size from which each signs. */
  logKeys: z.array(z.strictObject({ key: z.string(), fromSize: count })),
  /** The document that the platform key signed; main parses the rest of it. */
  bundle: signedDocument,
  deviceRecordHash: sha256Hex,
});

/** Everything that main may ask of the vault. Verbs that write answer after the fsync. */
export const vaultVerbs = defineVerbs({
  'vault.status': {
    input: nothing,
    output: z.strictObject({
      exists: z.boolean(),
      isOpen: z.boolean(),
      /** Known while open. */
      profile: profile.nullable(),
      epoch: journalEpoch.nullable(),
      devicePublicKey: z.instanceof(Uint8Array).nullable(),
      enrolment: enrolment.nullable(),
      /** Readable while closed; authenticated only by the opening. */
      slots: z.array(slotSummarySchema),
      quarantine: z.enum(quarantineReasons).nullable(),
      standing: z.array(standingSchema),
    }),
    timeoutMs: quickMs,
    refusals: ['slots-malformed'],
  },
  /** Makes data key, device key (never leaves) and journal, and leaves the vault open and not yet bound. */
  'vault.create': {
    input: z.strictObject({ profile, slots: z.array(newSlotSchema).min(1).max(32), nowMs: timeMs }),
    output: z.strictObject({
      devicePublicKey: z.instanceof(Uint8Array),
      epoch: journalEpoch,
      slots: z.array(slotSummarySchema),
    }),
    timeoutMs: slowMs,
    refusals: ['vault-exists', 'slot-key-unsupported', 'vault-disk-failed'],
  },
  /** Verifies bundle and device record against each other and this vault's key, and starts both chains. Idempotent. */
  'vault.bind': {
    input: z.strictObject({ bundle: signedDocument, nowMs: timeMs }),
    output: enrolment,
    timeoutMs: quickMs,
    refusals: [
      'vault-closed',
      'vault-bound',
      'bundle-malformed',
      'document-signature-invalid',
      'bundle-foreign',
      'profile-differs',
      'vault-disk-failed',
    ],
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

  ...slotVerbs,

  'identity.get': { input: z.strictObject({ iin }), output: people, timeoutMs: quickMs, refusals: closed },
  /** `null` leaves a field as it is. */
  'identity.set': {
    input: people.extend({ iin }),
    output: done,
    timeoutMs: quickMs,
    refusals: [...closed, 'vault-disk-failed'],
  },

  /** What the next envelope has to name. Ask it with the clock that will be claimed. */
  'acts.next': {
    input: z.strictObject({ nowMs: timeMs }),
    output: z.strictObject({
      platform: platformId,
      profile,
      logOrigin: z.string(),
      device: deviceId,
      epoch: journalEpoch,
      sequence: count,
      previous: sha256Hex,
      treeHead: treeHeadSchema,
    }),
    timeoutMs: quickMs,
    refusals: [...unbound, 'vault-quarantined', 'clock-earlier-than-journal'],
  },
  /** One transaction: entry, view, outbox. The same bytes again give the same answer. */
  'acts.append': {
    input: z.strictObject({ envelope: z.string().max(envelopeSizeMax), cms: cmsSchema, atMs: timeMs }),
    output: z.strictObject({
      actionId,
      sequence: count,
      entrySequence: count,
      hash: sha256Hex,
      recordedAtMs: timeMs,
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
    input: z.strictObject({ before: count.nullable(), limit: z.int().min(1).max(500) }),
    output: z.strictObject({ items: z.array(actViewSchema), total: z.int() }),
    timeoutMs: quickMs,
    refusals: closed,
  },
  'acts.get': {
    input: z.strictObject({ actionId }),
    output: actDetailSchema,
    timeoutMs: quickMs,
    refusals: [...closed, 'act-absent'],
  },

  'entries.append': {
    input: z.strictObject({ entry: newEntrySchema, atMs: timeMs }),
    output: z.strictObject({ sequence: count, hash: sha256Hex, act: actViewSchema.nullable() }),
    timeoutMs: quickMs,
    refusals: [
      ...unbound,
      'act-absent',
      'evidence-absent',
      'promise-invalid',
      'receipt-invalid',
      'document-signature-invalid',
      'entry-malformed',
      'log-distrusted',
      'vault-disk-failed',
    ],
  },
  /** Newest first. */
  'entries.list': {
    input: z.strictObject({
      before: count.nullable(),
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
        z.strictObject({ actionId, epoch: journalEpoch, sequence: count, envelope: z.string(), cms: cmsSchema }),
      ),
      toProve: z.array(
        z.strictObject({
          actionId,
          deadlineMs: timeMs,
          state: z.enum(['promised', 'overdue', 'refused', 'superseded']),
        }),
      ),
      waiting: z.int(),
      overdue: z.int(),
    }),
    timeoutMs: quickMs,
    refusals: closed,
  },

  /** Acts after this sequence whose receipt has fewer witnesses than the pinned policy asks for, oldest first. */
  'receipts.unwitnessed': {
    input: z.strictObject({ after: count, limit: z.int().min(1).max(64) }),
    output: z.strictObject({
      items: z.array(z.strictObject({ actionId, sequence: count, level: attestationSchema.shape.level })),
    }),
    timeoutMs: quickMs,
    refusals: closed,
  },

  ...caseVerbs,
  ...accessVerbs,
  ...evidenceVerbs,

  ...contactVerbs,

  /** Both chains, all bodies, and every view against the fold. */
  'journal.check': {
    input: nothing,
    output: z.strictObject({ entries: z.int(), acts: z.int(), cases: z.int(), head: chainHead }),
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
    'vault.quarantined': z.strictObject({ reason: z.enum(quarantineReasons) }),
  },
  inFlightMax: 64,
});

export type VaultHost = typeof vaultHost;
export type VaultHandlers = VerbHandlers<VaultHost>;
export type VaultVerb = keyof typeof vaultVerbs;
export type VaultInput<Verb extends VaultVerb> = VerbInput<(typeof vaultVerbs)[Verb]>;
/** The same input once it was parsed: what the vault works with. */
export type VaultRequest<Verb extends VaultVerb> = z.output<(typeof vaultVerbs)[Verb]['input']>;
export type VaultOutput<Verb extends VaultVerb> = VerbOutput<(typeof vaultVerbs)[Verb]>;
export type Quarantine = NonNullable<VaultOutput<'vault.status'>['quarantine']>;

import * as z from 'zod';
import { clientKinds } from '../../core/access/index.ts';
import type { Json } from '../../core/kernel/index.ts';
import { releasedMax } from '../documents/index.ts';
import { idSchema, refusalSchema, sha256HexSchema, timeMsSchema } from './common.ts';
import { historyItemSchema } from './views.ts';

/** Longest name, number or line of a record that a screen takes or shows, in UTF-16 units. */
const line = z.string().max(300);
const iin = z.string().regex(/^\d{12}$/u);
/** Ids of `core/access`; a role that only a newer server knows is shown by its id. */
const role = z.string().min(1).max(64);
const roles = z.array(role).max(32);
const named = z.strictObject({ iin, name: line });

/** What one natural person may be, as the registry holds it (`StaffGrant` of core/access). */
export const staffRecordSchema = z.strictObject({
  iin,
  name: line,
  employeeNumber: line.nullable(),
  roles,
  certificates: z.array(sha256HexSchema).max(32),
  validFromMs: timeMsSchema,
  validUntilMs: timeMsSchema.nullable(),
  standing: z.enum(['active', 'dismissed']),
  contract: z.strictObject({ number: line, scope: z.string().max(2_000), party: line }).nullable(),
});

/** What a record comes to at this moment: `ahead` has not begun, `ended` is past its last day. */
export const personStandings = ['active', 'ahead', 'blocked', 'dismissed', 'ended', 'idle'] as const;

export const personSummarySchema = z.strictObject({
  iin,
  name: line,
  employeeNumber: line.nullable(),
  roles,
  standing: z.enum(personStandings),
  /** `null` for staff. */
  contract: z.strictObject({ number: line, party: line }).nullable(),
  validUntilMs: timeMsSchema.nullable(),
  /** By the time that the policy warns ahead. */
  endsSoon: z.boolean(),
  certificates: z.int().nonnegative(),
  isMe: z.boolean(),
  /** Two signatures that this desk verified put the record there; else it stands since the founding, as the server says. */
  isVerified: z.boolean(),
  /** Of record and block in the registry; a change names it, so that two changes of one record never both count. */
  hash: sha256HexSchema,
  /** When this desk last knew him to sign; `null` for never. */
  lastActMs: timeMsSchema.nullable(),
  reviewedAtMs: timeMsSchema.nullable(),
  /** Changes of this record that wait for a second signature. */
  waiting: z.int().nonnegative(),
});

export const changeKindsShown = ['staff', 'device', 'policy', 'review', 'release', 'alarm', 'block'] as const;
const changeState = z.enum(['waiting', 'confirmed', 'declined', 'withdrawn', 'in-force']);

export const changeSummarySchema = z.strictObject({
  caseId: idSchema,
  kind: z.enum(changeKindsShown),
  /** The person, the device by its name, the version of the policy, or who opened the emergency account. */
  subject: line,
  /** In which words the change is told: a new record, changed roles, a dismissal … */
  what: z.enum(['new', 'changed', 'dismissed', 'unblocked', 'blocked', 'retired', 'reviewed', 'released', 'closed']),
  state: changeState,
  author: named,
  proposedAtMs: timeMsSchema,
  reason: z.string().max(2_000),
  isMine: z.boolean(),
  /** This person may be the second one. */
  isForMe: z.boolean(),
});

/** Any record as data: the diff reads it, and its parser stands at the door of the vault. */
const recordSchema = z.custom<Json>((value) => typeof value === 'object' && value !== null);

/** An act that was received after its signer was blocked. */
export const blockedActSchema = z.strictObject({
  hash: sha256HexSchema,
  type: z.string().max(64),
  claimedAtMs: timeMsSchema,
  device: idSchema,
  sequence: z.int().positive(),
});

/** What the server tells of such an act, as this desk has verified it. */
export const toldBlockedActSchema = z.strictObject({
  /** Of the registration, where the act itself carries it or this desk holds the case. */
  number: z.string().max(64).nullable(),
  receivedAtMs: timeMsSchema,
  /** What became of it when it was received again; `null` while nobody let it in. */
  released: z.strictObject({ outcome: z.string().max(80), receivedAtMs: timeMsSchema }).nullable(),
});

/** Who opened the emergency account, when, at which server and why, as the leaf of this hash has it. */
const openingViewSchema = z.strictObject({
  leaf: sha256HexSchema,
  opener: named,
  server: line,
  reason: line,
  openedAtMs: timeMsSchema,
});

export const changeViewSchema = z.strictObject({
  summary: changeSummarySchema,
  /** `before` is `null` for a new record; a review and a block have neither, an alarm has its opening. */
  before: recordSchema.nullable(),
  after: recordSchema.nullable(),
  opening: openingViewSchema.nullable(),
  /** Of a review: keep or revoke for each. */
  people: z.array(z.strictObject({ iin, name: line, roles, decision: z.enum(['keep', 'revoke']) })).max(10_000),
  /** Of a release: what is let in, and what the server tells of it still; `null` where it tells nothing. */
  acts: z.array(blockedActSchema.extend({ told: toldBlockedActSchema.nullable() })).max(releasedMax),
  basis: z.string().max(2_000),
  end: z.strictObject({ by: named, atMs: timeMsSchema, note: z.string().max(2_000) }).nullable(),
  /** What this person may do with it: `null`, or why not. */
  allowed: z
    .array(
      z.strictObject({
        type: z.enum(['access.confirm', 'access.decline', 'access.withdraw']),
        refusal: refusalSchema.nullable(),
      }),
    )
    .max(3),
  /** The policy under which it is judged. */
  policyVersion: z.int().nonnegative(),
  history: z.array(historyItemSchema).max(16),
});

export const personViewSchema = z.strictObject({
  summary: personSummarySchema,
  record: staffRecordSchema,
  block: z.strictObject({ by: named, atMs: timeMsSchema, reason: z.string().max(2_000) }).nullable(),
  /** Newest first. */
  changes: z.array(changeSummarySchema).max(512),
  /** What the present policy lets this person do at this moment; empty for one who is not in force. */
  policyVersion: z.int().nonnegative(),
  /** Why the asker may not propose a change of this record, or block it; `null` where he may. */
  propose: refusalSchema.nullable(),
  blocking: refusalSchema.nullable(),
});

/** One act of a person in the audit: on what, when, and how far it has come. */
export const personActSchema = z.strictObject({
  actionId: idSchema,
  type: z.string().max(64),
  caseId: idSchema,
  /** The number of the registration, or the subject of the change. */
  subject: line,
  atMs: timeMsSchema,
  state: z.enum(['recorded', 'sent', 'accepted', 'logged', 'refused', 'superseded']),
  logIndex: z.int().nonnegative().nullable(),
});

export const policySummarySchema = z.strictObject({
  version: z.int().positive(),
  effectiveFromMs: timeMsSchema,
  hash: sha256HexSchema,
  state: z.enum(['in-force', 'ahead', 'replaced']),
  /** Who signed it; empty for one of the founding by the platform key. */
  signers: z.array(named).max(2),
  basis: z.string().max(2_000),
});

export const policyViewSchema = z.strictObject({
  summary: policySummarySchema,
  /** `PolicyDocument` of core/access, parsed at the door of the vault. */
  document: z.custom<import('../../core/access/index.ts').PolicyDocument>(
    (value) => typeof value === 'object' && value !== null,
  ),
  /** The version before it; `null` for the first. */
  before: recordSchema.nullable(),
});

export const postureFindings = [
  'version-old',
  'patches-old',
  'antivirus-absent',
  'antivirus-base-old',
  'disk-not-encrypted',
  'clock-wrong',
  'remote-control',
  'unknown',
] as const;

/** What a device says of itself: neglect shows in it, malice need not. `null` where the device could not find out. */
export const postureViewSchema = z.strictObject({
  atMs: timeMsSchema,
  version: line,
  patchedAtMs: timeMsSchema.nullable(),
  antivirus: z.strictObject({ name: line, baseAtMs: timeMsSchema.nullable() }).nullable(),
  isDiskEncrypted: z.boolean().nullable(),
  clockDriftMs: z.int().nullable(),
  /** Names of programs that show this screen to somebody else. */
  remoteControl: z.array(line).max(32),
  findings: z
    .array(z.strictObject({ id: z.enum(postureFindings), effect: z.enum(['warn', 'restrict', 'refuse']) }))
    .max(32),
});

export const deviceViewSchema = z.strictObject({
  id: idSchema,
  name: line,
  kind: z.enum(clientKinds),
  standing: z.enum(['active', 'retired', 'requested']),
  isThis: z.boolean(),
  location: line,
  custodian: named.nullable(),
  /** SHA-256 of its public key: what two people compare before they sign. */
  fingerprint: sha256HexSchema,
  /** Of its record in the registry; `null` for one that waits to be let in. */
  hash: sha256HexSchema.nullable(),
  /** As of a person. */
  isVerified: z.boolean(),
  enrolledAtMs: timeMsSchema.nullable(),
  lastContactMs: timeMsSchema.nullable(),
  posture: postureViewSchema.nullable(),
});

/** An opening of the emergency account with its alarm. */
export const alarmViewSchema = openingViewSchema.extend({
  leafIndex: z.int().nonnegative(),
  /** Whose second signature closed it; `null` while it stands. */
  end: z.strictObject({ by: named, atMs: timeMsSchema }).nullable(),
  /** The change that waits for a second signature; `null` where nobody has proposed one. */
  waiting: idSchema.nullable(),
  /** Why the asker may not propose to close it; `null` where he may. */
  propose: refusalSchema.nullable(),
});

export type StaffRecordView = z.output<typeof staffRecordSchema>;
export type PersonSummary = z.output<typeof personSummarySchema>;
export type PersonStanding = PersonSummary['standing'];
export type PersonView = z.output<typeof personViewSchema>;
export type PersonAct = z.output<typeof personActSchema>;
export type ChangeSummary = z.output<typeof changeSummarySchema>;
export type ChangeView = z.output<typeof changeViewSchema>;
export type OpeningView = z.output<typeof openingViewSchema>;
export type AlarmView = z.output<typeof alarmViewSchema>;
export type PolicySummary = z.output<typeof policySummarySchema>;
export type PolicyView = z.output<typeof policyViewSchema>;
export type DeviceView = z.output<typeof deviceViewSchema>;
export type PostureView = z.output<typeof postureViewSchema>;

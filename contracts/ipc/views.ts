import * as z from 'zod';
import { quarantineReasons } from '../../core/journal/index.ts';
import { attestationSchema, idSchema, localeSchema, refusalSchema, sha256HexSchema, timeMsSchema } from './common.ts';

/** A certificate on a card as the picker shows it; unusable ones carry the reason. */
export const certificateViewSchema = z.strictObject({
  /** Opaque handle of token and key, valid while the card stays in. */
  id: idSchema,
  tokenLabel: z.string(),
  commonName: z.string(),
  iin: z.string().nullable(),
  bin: z.string().nullable(),
  organisation: z.string().nullable(),
  /** Ids of roles in the certificate: individual, head, signing-right, employee … */
  certificateRoles: z.array(z.string()),
  issuer: z.string(),
  /** Family of the key as the verifier names it: rsa, ec-p256, gost-2015-512 …; `null` where it is not known. */
  algorithm: z.string().max(64).nullable(),
  notAfterMs: timeMsSchema,
  sha256: sha256HexSchema,
  attempts: z.enum(['ok', 'count-low', 'final-try', 'locked']),
  hasPinPad: z.boolean(),
  unusable: refusalSchema.nullable(),
  /** True where this certificate opens the journal of this workstation. */
  opensJournal: z.boolean(),
});

const treeHeadSchema = z.strictObject({ size: z.int(), root: z.string() });

/** The bottom line of the window: card, connection, queue, last proven entry. */
export const statusViewSchema = z.strictObject({
  card: z.strictObject({
    state: z.enum(['present', 'absent', 'locked', 'module-failed']),
    label: z.string().nullable(),
  }),
  /** Configured PKCS#11 modules whose cards cannot be seen, each with the code of the reason. */
  failedModules: z.array(z.strictObject({ id: idSchema, code: z.string() })),
  server: z.strictObject({
    state: z.enum(['connected', 'connecting', 'offline', 'refused', 'closed']),
    since: timeMsSchema.nullable(),
    url: z.string().nullable(),
    refusal: refusalSchema.nullable(),
  }),
  outbox: z.strictObject({ waiting: z.int(), overdue: z.int() }),
  /** Evidence without a receipt; `percent` of the piece that is being sent now, `refused` waits for a person. */
  evidence: z.strictObject({
    waiting: z.int(),
    paused: z.int(),
    refused: z.int(),
    percent: z.int().min(0).max(100).nullable(),
  }),
  log: z.strictObject({
    /** Index of the last own act proven in the central log; people read it as № index + 1. */
    lastIndex: z.int().nullable(),
    treeSize: z.int().nullable(),
    checkedAtMs: timeMsSchema.nullable(),
    /** Mirrors of the log at banks or the regulator, as the server told at the last contact; `isWeak` where that is no comfort. */
    mirrors: z.array(z.strictObject({ name: z.string(), cosignedAtMs: timeMsSchema.nullable(), isWeak: z.boolean() })),
  }),
  /** Openings of the emergency account whose alarm two people have not closed, as the server told at the last contact. */
  emergencies: z.int().nonnegative(),
  /** What ends soon, by the time that the policy warns ahead. */
  terms: z.strictObject({
    /** The right of the person at work. */
    endsAtMs: timeMsSchema.nullable(),
    /** The time for a review of the others, for whoever may propose one. `count`: people who are due, or overdue. */
    review: z
      .strictObject({ state: z.enum(['due', 'overdue']), dueAtMs: timeMsSchema, count: z.int().positive() })
      .nullable(),
  }),
  clock: z.strictObject({ driftMs: z.int().nullable(), state: z.enum(['good', 'warn', 'refused', 'unknown']) }),
  alarms: z.array(
    z.strictObject({
      id: idSchema,
      code: z.string(),
      atMs: timeMsSchema,
      /** About the log, and not explained: it stays whoever has read it, and nothing of the server is taken. */
      isStanding: z.boolean(),
      readAtMs: timeMsSchema.nullable(),
      /** The two tree heads that contradict each other; `null` where one was not shown. */
      heads: z.strictObject({ own: treeHeadSchema.nullable(), other: treeHeadSchema.nullable() }).nullable(),
    }),
  ),
});

export const appViewSchema = z.strictObject({
  phase: z.enum(['not-enrolled', 'locked', 'open', 'quarantined']),
  /** Why this journal records nothing any more. */
  quarantine: z.enum(quarantineReasons).nullable(),
  profile: z.enum(['demo', 'production']).nullable(),
  operatorName: z.string().nullable(),
  device: z.strictObject({ id: idSchema, name: z.string(), fingerprint: sha256HexSchema.nullable() }).nullable(),
  staff: z.strictObject({ name: z.string(), iin: z.string(), roles: z.array(z.string()) }).nullable(),
  lockedBy: refusalSchema.nullable(),
  preferences: z.strictObject({
    locale: localeSchema,
    colourScheme: z.enum(['light', 'dark', 'auto']),
    density: z.enum(['compact', 'comfortable']),
  }),
  /** Demo only: which PIN and password open which demo person's card. */
  demoCredentials: z.array(
    z.strictObject({ name: z.string(), role: z.string(), pin: z.string(), password: z.string() }),
  ),
  version: z.string(),
  status: statusViewSchema,
});

export const caseStatusSchema = z.enum(['submitted', 'claimed', 'returned', 'approved', 'refused']);

export const checkViewSchema = z.strictObject({
  id: z.enum([
    'document-valid',
    'identity-number',
    'age',
    'eds',
    'face',
    'liveness',
    'consents',
    'authority',
    'duplicate',
    'submission-signature',
  ]),
  result: z.enum(['pass', 'fail', 'unknown']),
  /** Id in locales/checks with its values. */
  reason: z.string(),
  values: z.record(z.string(), z.union([z.string(), z.number()])),
});

export const caseSummarySchema = z.strictObject({
  id: idSchema,
  number: z.string(),
  kind: z.enum(['individual', 'legal-entity']),
  name: z.string(),
  status: caseStatusSchema,
  submittedAtMs: timeMsSchema,
  changedAtMs: timeMsSchema,
  claimedBy: z.strictObject({ name: z.string(), isMe: z.boolean(), untilMs: timeMsSchema }).nullable(),
  /** Something a reviewer should see first: a failed or unknown check. */
  flags: z.int(),
  /** An own act on this case that the central log does not hold yet. */
  isPending: z.boolean(),
});

export const historyItemSchema = z.strictObject({
  actionId: idSchema,
  type: z.string(),
  byName: z.string(),
  byIin: z.string(),
  atMs: timeMsSchema,
  reasons: z.array(z.string()),
  note: z.string(),
  /** `accepted`: another's act, its signature verified here; its place in the log is the server's word. */
  state: z.enum(['recorded', 'sent', 'accepted', 'logged', 'refused', 'superseded']),
  logIndex: z.int().nullable(),
  /** Of an own act with a verified receipt. */
  attestation: attestationSchema.nullable(),
  hash: sha256HexSchema,
});

const verdictSchema = z.enum(['VALID', 'INVALID', 'INDETERMINATE']);
/** Ids in locales/eds. */
const reasonSchema = z.string().max(64);
const lineSchema = z.string().max(300);

/** The stage report of one signature, made at this workstation. */
export const signatureViewSchema = z.strictObject({
  verdict: verdictSchema,
  /** In the vocabulary of ETSI EN 319 102-1. */
  indication: z.enum(['TOTAL-PASSED', 'TOTAL-FAILED', 'INDETERMINATE']),
  subIndication: z.string().max(64),
  /** `verified-here`: everything holds but revocation, of which nothing is known here. */
  conclusion: z.enum(['valid', 'verified-here', 'invalid', 'indeterminate']),
  stage: z.string().max(32),
  reason: reasonSchema,
  stages: z
    .array(
      z.strictObject({ name: z.string().max(32), outcome: z.enum(['PASS', 'FAIL', 'UNKNOWN']), reason: reasonSchema }),
    )
    .max(16),
  /** As the certificate says; `null` where none could be read. */
  signer: z
    .strictObject({
      name: lineSchema,
      iin: lineSchema.nullable(),
      iinCheck: z.enum(['right', 'wrong', 'absent']),
      organisation: lineSchema.nullable(),
      bin: lineSchema.nullable(),
      binCheck: z.enum(['right', 'wrong', 'absent']),
      roles: z.array(z.string().max(64)).max(32),
      carrier: z.string().max(32),
      issuer: lineSchema.nullable(),
      serial: z.string().max(64),
      notBeforeMs: timeMsSchema,
      notAfterMs: timeMsSchema,
      certificate: sha256HexSchema,
      algorithm: z.string().max(64).nullable(),
      claimedAtMs: timeMsSchema.nullable(),
    })
    .nullable(),
  /** Signatures in the same file besides the one that is shown, which is the weakest. */
  otherSigners: z.int().nonnegative(),
  timeStamps: z
    .array(
      z.strictObject({
        verdict: verdictSchema,
        reason: reasonSchema,
        genTimeMs: timeMsSchema.nullable(),
        policy: lineSchema.nullable(),
        authority: lineSchema.nullable(),
        isRevocationKnown: z.boolean(),
      }),
    )
    .max(64),
  /** The time as of which everything was judged. */
  referenceTimeMs: timeMsSchema,
  /** When the server received the act, as it says; `null` while it has not told of it. */
  receivedAtMs: timeMsSchema.nullable(),
  /** When an own act was recorded here. */
  recordedAtMs: timeMsSchema.nullable(),
  /** Age of the oldest revocation list that decided here; `null` where none did. */
  revocationAsOfMs: timeMsSchema.nullable(),
});

export const allowedActSchema = z.strictObject({
  type: z.string(),
  /** `null` where the act may be signed now, otherwise why not. */
  refusal: refusalSchema.nullable(),
});

export const caseViewSchema = z.strictObject({
  summary: caseSummarySchema,
  /** Validated as RegistrationForm of core/actions at the door of the vault. */
  form: z.custom<import('../../core/actions/index.ts').RegistrationForm>(
    (value) => typeof value === 'object' && value !== null,
  ),
  checks: z.array(checkViewSchema),
  history: z.array(historyItemSchema),
  allowed: z.array(allowedActSchema),
  revision: z.int(),
});

export const journalItemSchema = z.strictObject({
  sequence: z.int(),
  kind: z.string(),
  atMs: timeMsSchema,
  hash: sha256HexSchema,
  act: z
    .strictObject({
      actionId: idSchema,
      type: z.string(),
      caseId: idSchema,
      caseNumber: z.string().nullable(),
      state: z.enum(['recorded', 'sent', 'logged', 'refused', 'superseded', 'overdue']),
      refusal: refusalSchema.nullable(),
      logIndex: z.int().nullable(),
      attestation: attestationSchema.nullable(),
    })
    .nullable(),
});

export const journalEntryViewSchema = z.strictObject({
  item: journalItemSchema,
  shownText: z.string().nullable(),
  envelope: z.string().nullable(),
  signer: z.strictObject({ name: z.string(), iin: z.string(), certificate: sha256HexSchema }).nullable(),
  /** The receipt text (C2SP tlog-proof) and what the workstation checked of it. */
  receipt: z.strictObject({ text: z.string(), index: z.int(), treeSize: z.int(), root: z.string() }).nullable(),
  times: z
    .strictObject({
      recordedAtMs: timeMsSchema,
      sentAtMs: timeMsSchema.nullable(),
      loggedAtMs: timeMsSchema.nullable(),
    })
    .nullable(),
});

export type Attestation = z.output<typeof attestationSchema>;
export type AppView = z.infer<typeof appViewSchema>;
export type StatusView = z.infer<typeof statusViewSchema>;
export type CertificateView = z.infer<typeof certificateViewSchema>;
export type CaseSummary = z.infer<typeof caseSummarySchema>;
export type CaseView = z.infer<typeof caseViewSchema>;
export type CheckView = z.infer<typeof checkViewSchema>;
export type HistoryItem = z.infer<typeof historyItemSchema>;
export type JournalItem = z.infer<typeof journalItemSchema>;
export type JournalEntryView = z.infer<typeof journalEntryViewSchema>;
export type SignatureView = z.infer<typeof signatureViewSchema>;

import * as z from 'zod';
import { retentionView } from '../http/index.ts';
import { accessVerbs } from './access.ts';
import { accountVerbs } from './account.ts';
import { idSchema, localeSchema, nothing, sha256HexSchema, timeMsSchema, verb } from './common.ts';
import { evidenceItemSchema, screenshotViewSchema } from './evidence-views.ts';
import { logEntryViewSchema, logFilterSchema, logPageSchema } from './log-views.ts';
import { rightsDraftSchema } from './rights-draft.ts';
import {
  appViewSchema,
  caseStatusSchema,
  caseSummarySchema,
  caseViewSchema,
  certificateViewSchema,
  journalEntryViewSchema,
  journalItemSchema,
  signatureViewSchema,
} from './views.ts';

const reasons = z.array(z.string().max(64)).max(16);
const note = z.string().max(2_000);

/** What a screen may propose; main builds the envelope, shows it in the sealed prompt and records it. */
export const actDraftSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('registration.claim'), caseId: idSchema }),
  z.strictObject({ type: z.literal('registration.release'), caseId: idSchema }),
  z.strictObject({ type: z.literal('registration.approve'), caseId: idSchema, note }),
  z.strictObject({ type: z.literal('registration.return'), caseId: idSchema, reasons, note }),
  z.strictObject({ type: z.literal('registration.refuse'), caseId: idSchema, reasons, note }),
]);

export type ActDraft = z.infer<typeof actDraftSchema>;

/** Every act that a screen may propose. */
const anyDraft = z.union([actDraftSchema, rightsDraftSchema]);

/** Verbs of the operator's window. Each answers a `Result`; refusals are data, bugs become `internal` with an incident id. */
export const operatorVerbs = {
  'app.get': verb(nothing, appViewSchema),
  'preferences.set': verb(
    z.strictObject({
      locale: localeSchema.optional(),
      colourScheme: z.enum(['light', 'dark', 'auto']).optional(),
      density: z.enum(['compact', 'comfortable']).optional(),
    }),
    nothing,
  ),
  'certificates.list': verb(nothing, z.array(certificateViewSchema)),
  /** Loads a card module again that could not be used or was set aside. */
  'modules.retry': verb(z.strictObject({ id: idSchema }), nothing),
  'enrolment.start': verb(
    z.strictObject({ code: z.string().max(512), name: z.string().min(1).max(80), certificateId: idSchema }),
    nothing,
  ),
  'shift.start': verb(z.strictObject({ certificateId: idSchema }), nothing),
  'shift.end': verb(nothing, nothing),
  'cases.list': verb(
    z.strictObject({
      view: z.enum(['needs-me', 'all', 'mine', 'decided']),
      statuses: z.array(caseStatusSchema).max(5),
      query: z.string().max(120),
      sort: z.enum(['oldest', 'newest', 'number']),
      offset: z.int().nonnegative(),
      limit: z.int().min(1).max(500),
    }),
    z.strictObject({ total: z.int(), items: z.array(caseSummarySchema), counts: z.record(z.string(), z.int()) }),
  ),
  'cases.get': verb(z.strictObject({ id: idSchema }), caseViewSchema),
  /** Judges the signature of an act of a case anew, here; the signed bytes stay in main. */
  'signatures.get': verb(z.strictObject({ caseId: idSchema, actionId: idSchema }), signatureViewSchema),
  /** The text that would be signed, and whether the rules allow it now. */
  'acts.preview': verb(anyDraft, z.strictObject({ text: z.string(), hash: sha256HexSchema })),
  /** Opens the sealed prompt; answers after the entry is durable, or with `cancelled`. */
  'acts.sign': verb(anyDraft, z.strictObject({ actionId: idSchema, sequence: z.int(), recordedAtMs: timeMsSchema })),
  'journal.list': verb(
    z.strictObject({ before: z.int().nullable(), limit: z.int().min(1).max(500), onlyActs: z.boolean() }),
    z.strictObject({ items: z.array(journalItemSchema), total: z.int() }),
  ),
  'journal.get': verb(z.strictObject({ sequence: z.int() }), journalEntryViewSchema),
  /** Checks both chains from the first entry to the last. */
  'journal.check': verb(nothing, z.strictObject({ entries: z.int(), acts: z.int(), head: sha256HexSchema })),
  /** Entries of the central log from `before` downwards, each verified here by the own last head. */
  'log.list': verb(
    z.strictObject({
      filter: logFilterSchema,
      before: z.int().nonnegative().nullable(),
      limit: z.int().min(1).max(256),
    }),
    logPageSchema,
  ),
  'log.get': verb(z.strictObject({ index: z.int().nonnegative() }), logEntryViewSchema),
  /** Asks for a place by the system's dialog and writes act, signature and receipt there. */
  'receipt.export': verb(z.strictObject({ actionId: idSchema }), z.strictObject({ isSaved: z.boolean() })),
  /** Newest first; of one case where one is named. */
  'evidence.list': verb(
    z.strictObject({ before: z.int().nullable(), limit: z.int().min(1).max(500), caseId: idSchema.nullable() }),
    z.strictObject({ items: z.array(evidenceItemSchema), total: z.int() }),
  ),
  /** Stays so over restarts. Going on tries once more what was refused. */
  'evidence.pause': verb(z.strictObject({ sha256: sha256HexSchema, isPaused: z.boolean() }), nothing),
  /** Takes a picture of this window and of nothing else; it is kept nowhere until `screenshot.keep`. */
  'screenshot.take': verb(nothing, screenshotViewSchema),
  /** Answers after picture and journal entry are durable. */
  'screenshot.keep': verb(
    z.strictObject({ id: idSchema, reason: z.string().min(1).max(300), caseId: idSchema.nullable() }),
    z.strictObject({ sequence: z.int(), sha256: sha256HexSchema, recordedAtMs: timeMsSchema }),
  ),
  'screenshot.drop': verb(z.strictObject({ id: idSchema }), nothing),
  /** What is kept how long, as the server counts it for whoever reads operations. */
  'retention.get': verb(nothing, retentionView),
  ...accountVerbs,
  ...accessVerbs,
  'sync.now': verb(nothing, nothing),
  'alarm.acknowledge': verb(z.strictObject({ id: idSchema }), nothing),
} as const;

/** What main tells the operator's window; each says only that something changed, the page asks again. */
export const operatorEvents = [
  'app.changed',
  'cases.changed',
  'journal.changed',
  'evidence.changed',
  'certificates.changed',
] as const;

export type OperatorVerbs = typeof operatorVerbs;
export type OperatorVerb = keyof OperatorVerbs;
export type OperatorInput<V extends OperatorVerb> = z.input<OperatorVerbs[V]['input']>;
export type OperatorOutput<V extends OperatorVerb> = z.output<OperatorVerbs[V]['output']>;
export type OperatorEvent = (typeof operatorEvents)[number];

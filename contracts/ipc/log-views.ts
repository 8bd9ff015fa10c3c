import * as z from 'zod';
import { leafKinds } from '../../core/log/index.ts';
import { attestationSchema, idSchema, refusalSchema, sha256HexSchema, timeMsSchema } from './common.ts';

/** What a person looks for in the central log; everything that is empty or `null` is not asked about. */
export const logFilterSchema = z.strictObject({
  /** A number of the log, or a part of an action id, of a device id, or of a hash. */
  query: z.string().max(120),
  kinds: z.array(z.enum(leafKinds)).max(leafKinds.length),
  outcomes: z.array(z.enum(['accepted', 'superseded', 'refused'])).max(3),
  fromMs: timeMsSchema.nullable(),
  /** Exclusive. */
  toMs: timeMsSchema.nullable(),
});

const ownActSchema = z.strictObject({
  type: z.string(),
  caseId: idSchema,
  caseNumber: z.string().nullable(),
  /** Of the entry in the own journal. */
  sequence: z.int(),
});

export const logItemSchema = z.strictObject({
  /** From 0; people read № index + 1. */
  index: z.int().nonnegative(),
  kind: z.enum(leafKinds),
  actionId: idSchema,
  device: z.string().max(128).nullable(),
  isThisDevice: z.boolean(),
  /** `accepted`, `superseded`, or `refused` with its code. */
  outcome: z.strictObject({
    state: z.enum(['accepted', 'superseded', 'refused']),
    code: z.string().max(64).nullable(),
  }),
  receivedAtMs: timeMsSchema,
  /** An own act, which the journal holds. */
  act: ownActSchema.nullable(),
});

/** Where the entries were read: the public tiles, or, where the server cannot be asked, the receipts of the own journal alone. */
const sourceSchema = z.enum(['log', 'journal']);

export const logPageSchema = z.strictObject({
  source: sourceSchema,
  /** Why the tiles could not be read. */
  refusal: refusalSchema.nullable(),
  /** The own last head, by which every entry here was verified. */
  treeSize: z.int().nonnegative(),
  checkedAtMs: timeMsSchema.nullable(),
  items: z.array(logItemSchema).max(512),
  /** Where to go on; `null` at the end. */
  next: z.int().nonnegative().nullable(),
});

export const logEntryViewSchema = z.strictObject({
  item: logItemSchema,
  source: sourceSchema,
  leaf: z.string().max(2_048),
  leafHash: sha256HexSchema,
  epoch: z.string().max(128).nullable(),
  sequence: z.int().nonnegative(),
  commitment: sha256HexSchema,
  validation: sha256HexSchema.nullable(),
  /** What the workstation verified the entry by: its own last head, or the head of a receipt that it verified when it came. */
  proof: z.strictObject({
    treeSize: z.int().nonnegative(),
    root: z.string().max(64),
    pathLength: z.int().nonnegative(),
    checkedAtMs: timeMsSchema.nullable(),
  }),
  /** A case of this workstation that the act belongs to. */
  known: z.strictObject({ caseId: idSchema, caseNumber: z.string().nullable() }).nullable(),
  /** Of the receipt in the own journal; `null` where there is none. */
  attestation: attestationSchema.nullable(),
});

export type LogFilter = z.output<typeof logFilterSchema>;
export type LogItem = z.output<typeof logItemSchema>;
export type LogPage = z.output<typeof logPageSchema>;
export type LogEntryView = z.output<typeof logEntryViewSchema>;

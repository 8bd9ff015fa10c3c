import * as z from 'zod';
import type { RegistrationEvent, Registration } from '../../core/actions/index.ts';
import type { ActionId, CaseId, DeviceId, Iin, JournalEpoch, PlatformId, Sha256Hex } from '../../core/kernel/index.ts';

/** Checks the spelling and gives the brand: the value counts as parsed from here on. */
function branded<Brand extends string>(pattern: RegExp): z.ZodPipe<z.ZodString, z.ZodTransform<Brand, string>> {
  return z.string().regex(pattern).transform((text) => text as Brand);
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/u;
const name = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/u;

export const sha256HexSchema = branded<Sha256Hex>(/^[0-9a-f]{64}$/u);
export const actionIdSchema = branded<ActionId>(uuid);
export const epochSchema = branded<JournalEpoch>(uuid);
export const platformIdSchema = branded<PlatformId>(name);
export const deviceIdSchema = branded<DeviceId>(name);
export const caseIdSchema = branded<CaseId>(name);
export const iinSchema = branded<Iin>(/^[0-9]{12}$/u);
export const profileSchema = z.enum(['demo', 'production']);
export const slotIdSchema = z.string().regex(uuid);
export const timeMsSchema = z.int().nonnegative();
export const sequenceSchema = z.int().nonnegative();
export const indexSchema = z.int().nonnegative();
export const base64Schema = z.string().max(65_536).regex(/^[A-Za-z0-9+/]*={0,2}$/u);

/** Passwords and keys: overwritten by the host once the call is answered. */
export const secretBytesSchema = z
  .instanceof(Uint8Array)
  .refine((bytes) => bytes.length > 0 && bytes.length <= 8_192, 'secret length');

/** DER SubjectPublicKeyInfo. */
export const publicKeySchema = z.instanceof(Uint8Array).refine((bytes) => bytes.length >= 32 && bytes.length <= 2_048, 'public key length');

export const signedDocumentSchema = z.strictObject({
  document: z.string().max(262_144),
  signatures: z.array(z.strictObject({ key: z.string().max(64), signature: z.string().max(128) })).min(1).max(16),
});

/** The last link of each chain; sequence 0 names the device record, on which both start. */
export const headSchema = z.strictObject({ sequence: sequenceSchema, hash: sha256HexSchema });
export const headsSchema = z.strictObject({ acts: headSchema, entries: headSchema });

export const treeHeadSchema = z.strictObject({ size: z.int().nonnegative(), root: z.string().max(64) });

/** Where an own act is on its way: see `core/sync`. */
export const outboxStateSchema = z.enum(['recorded', 'promised', 'overdue', 'logged', 'refused', 'superseded']);

/** The server's door parsed the event; the vault folds it. */
export const registrationEventSchema = z.custom<RegistrationEvent>(
  (value) => typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string',
);

export const registrationSchema = z.custom<Registration>(
  (value) => typeof value === 'object' && value !== null && 'status' in value && typeof value.status === 'string',
);

/** One accepted act as the server tells it, in the order of `position`. */
export const caseChangeSchema = z.strictObject({
  position: z.int().positive(),
  caseId: caseIdSchema,
  /** After this act. */
  revision: z.int().positive(),
  hash: sha256HexSchema,
  actionId: actionIdSchema,
  /** SHA-256 of the envelope: the link of the case hash. */
  actHash: sha256HexSchema,
  event: registrationEventSchema,
});

export const caseStatusSchema = z.enum(['submitted', 'claimed', 'returned', 'approved', 'refused']);

export const caseSummarySchema = z.strictObject({
  caseId: caseIdSchema,
  number: z.string(),
  kind: z.enum(['individual', 'legal-entity']),
  /** Surname and given names, or the organisation. */
  name: z.string(),
  status: caseStatusSchema,
  submittedAtMs: timeMsSchema,
  changedAtMs: timeMsSchema,
  submitters: z.array(iinSchema),
  claim: z.strictObject({ by: iinSchema, untilMs: timeMsSchema }).nullable(),
  revision: z.int(),
  hash: sha256HexSchema,
  /** Own acts on this case that the log does not hold yet; the summary already shows their effect. */
  pending: z.array(actionIdSchema),
  /** The whole state, when the caller asked for it. */
  state: registrationSchema.nullable(),
});

/** One act in the history of a case: the server's, or an own act that is still on its way. */
export const caseHistorySchema = z.strictObject({
  revision: z.int(),
  actionId: actionIdSchema,
  actHash: sha256HexSchema,
  event: registrationEventSchema,
  isConfirmed: z.boolean(),
  /** Of an own act. */
  state: outboxStateSchema.nullable(),
  logIndex: indexSchema.nullable(),
});

export type CaseChange = z.output<typeof caseChangeSchema>;
export type CaseSummary = z.output<typeof caseSummarySchema>;
export type CaseHistoryItem = z.output<typeof caseHistorySchema>;
export type Heads = z.output<typeof headsSchema>;
export type Head = z.output<typeof headSchema>;

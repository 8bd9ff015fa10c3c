import * as z from 'zod';
import { evidenceClasses } from '../../core/evidence/index.ts';
import { idSchema, refusalSchema, sha256HexSchema, timeMsSchema } from './common.ts';

/** A piece of evidence of this workstation and how far it came. */
export const evidenceItemSchema = z.strictObject({
  sha256: sha256HexSchema,
  /** Journal entry that holds it. */
  sequence: z.int(),
  class: z.enum(evidenceClasses),
  sizeBytes: z.int(),
  reason: z.string(),
  capturedAtMs: timeMsSchema,
  caseId: idSchema.nullable(),
  caseNumber: z.string().nullable(),
  byName: z.string(),
  /** `accepted` and `infected` by a verified receipt; `quarantined` and `refused` are the server's word, or a fault of the file here. */
  state: z.enum(['recorded', 'sending', 'paused', 'quarantined', 'accepted', 'infected', 'refused']),
  percent: z.int().min(0).max(100),
  refusal: refusalSchema.nullable(),
  logIndex: z.int().nullable(),
  /** True once an act named it. */
  isNamed: z.boolean(),
});

/** A picture of the window that is not kept yet. */
export const screenshotViewSchema = z.strictObject({
  id: idSchema,
  /** `data:` URL of the very PNG whose hash would be kept. */
  picture: z.string().startsWith('data:image/png;base64,').max(64_000_000),
  width: z.int().positive(),
  height: z.int().positive(),
  sizeBytes: z.int().positive(),
  takenAtMs: timeMsSchema,
});

export type EvidenceItem = z.infer<typeof evidenceItemSchema>;
export type ScreenshotView = z.infer<typeof screenshotViewSchema>;

import * as z from 'zod';
import { evidenceClasses, type EvidenceClass } from '../../core/evidence/index.ts';
import { ok, refuse, type Result } from '../../core/kernel/index.ts';
import { heldHashesMax, termMonthsMax, type LegalHold, type RetentionSchedule } from '../../core/retention/index.ts';
import { parseCanonical } from '../../core/signing/index.ts';
import { documentSizeMax } from './platform-documents.ts';
import { caseId, count, line, platformId, profile, sha256Hex, timeMs } from './primitives.ts';

const months = z.int().min(0).max(termMonthsMax);
const term = z.strictObject({ onlineMonths: months, archiveMonths: months });
const about = { platform: platformId, profile, version: count.min(1) } as const;
const basis = line(300, 1);

export const retentionSchedule = z.strictObject({
  form: z.literal('qorgan.retention/1'),
  ...about,
  classes: z.strictObject(
    Object.fromEntries(evidenceClasses.map((name) => [name, term])) as Record<EvidenceClass, typeof term>,
  ),
  basis,
}) satisfies z.ZodType<RetentionSchedule>;

export const legalHold = z.strictObject({
  form: z.literal('qorgan.legal-hold/1'),
  ...about,
  id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/u),
  of: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('evidence'), hashes: z.array(sha256Hex).min(1).max(heldHashesMax) }),
    z.strictObject({ kind: z.literal('case'), case: caseId }),
  ]),
  basis,
  fromMs: timeMs,
  untilMs: timeMs.nullable(),
}) satisfies z.ZodType<LegalHold>;

/** A segment of the archive that was written, read back and found whole. From this document on its ciphertexts may leave the online store. */
export const archiveSegment = z.strictObject({
  form: z.literal('qorgan.archive-segment/1'),
  ...about,
  name: line(64, 1),
  first: count,
  last: count,
  /** Of the packed file. */
  sha256: sha256Hex,
  sizeBytes: count,
  manifestSha256: sha256Hex,
  blobs: count,
  stampedAtMs: timeMs,
  verifiedAtMs: timeMs,
});
export type ArchiveSegmentDocument = z.output<typeof archiveSegment>;

/** Items of one document of destruction: it stays below the size bound of a document. */
export const destroyedItemsMax = 500;

/** What was destroyed, and by which rule: the key is gone, and leaf, ciphertext and segments stay as they were. */
export const destruction = z.strictObject({
  form: z.literal('qorgan.destruction/1'),
  ...about,
  basis,
  decidedAtMs: timeMs,
  items: z
    .array(
      z.strictObject({
        /** The leaf that accepted it, the ciphertext, and the first moment at which it might be destroyed. */
        leafIndex: count,
        blob: sha256Hex,
        class: z.enum(evidenceClasses),
        archiveUntilMs: timeMs,
        /** Versions of the schedules that decided: promised at acceptance, and newest. */
        schedules: z.strictObject({ atAcceptance: count, newest: count }),
      }),
    )
    .min(1)
    .max(destroyedItemsMax),
});
export type DestructionDocument = z.output<typeof destruction>;

function parser<Schema extends z.ZodType>(schema: Schema) {
  return (text: string): Result<z.output<Schema>, 'document-malformed'> => {
    const value = parseCanonical(text, documentSizeMax);
    const parsed = value.ok ? schema.safeParse(value.value) : undefined;
    return parsed?.success === true ? ok(parsed.data) : refuse('document-malformed');
  };
}

/** Readers of the canonical texts; signatures are checked apart. */
export const parseRetentionSchedule = parser(retentionSchedule);
export const parseLegalHold = parser(legalHold);
export const parseArchiveSegment = parser(archiveSegment);
export const parseDestruction = parser(destruction);

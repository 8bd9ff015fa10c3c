import * as z from 'zod';
import {
  descriptorSizeMax,
  evidenceClasses,
  evidenceSizeMaxBytes,
  evidenceSubject,
  type EvidenceDescriptor,
  type EvidenceDocument,
} from '../../core/evidence/index.ts';
import { ok, refuse, type Result } from '../../core/kernel/index.ts';
import { parseCanonical } from '../../core/signing/index.ts';
import { caseId, count, deviceId, line, platformId, profile, sha256Hex, timeMs } from './primitives.ts';

/** Type and subtype (RFC 6838), without parameters. */
const mediaType = z
  .string()
  .regex(/^[a-z0-9][a-z0-9.+-]{0,62}\/[a-z0-9][a-z0-9.+-]{0,62}$/u)
  .max(127);

export const evidenceDescriptor = z.strictObject({
  form: z.literal('qorgan.evidence-descriptor/1'),
  sha256: sha256Hex,
  sizeBytes: z.int().min(1).max(evidenceSizeMaxBytes),
  mediaType,
  class: z.enum(evidenceClasses),
  reason: line(300, 1),
  capturedAtMs: timeMs,
  case: caseId.nullable(),
}) satisfies z.ZodType<EvidenceDescriptor>;

export const evidenceDocument = z
  .strictObject({
    form: z.literal('qorgan.evidence/1'),
    platform: platformId,
    profile,
    device: deviceId,
    descriptor: evidenceDescriptor,
    blob: sha256Hex,
    blobSizeBytes: count.min(1),
    keyId: line(128, 1),
    verdict: z.enum(['clean', 'infected']),
    found: line(256, 1).nullable(),
    antivirus: z.strictObject({ engine: line(64, 1), baseVersion: line(64, 1), baseAtMs: timeMs }),
    receivedAtMs: timeMs,
    examinedAtMs: timeMs,
  })
  .refine(({ verdict, found }) => (verdict === 'clean') === (found === null))
  .refine(
    ({ keyId, descriptor }) => keyId === evidenceSubject(descriptor.sha256),
  ) satisfies z.ZodType<EvidenceDocument>;

/** Reads the canonical text of a descriptor. */
export function parseEvidenceDescriptor(text: string): Result<EvidenceDescriptor, 'evidence-descriptor-malformed'> {
  const value = parseCanonical(text, descriptorSizeMax);
  const parsed = value.ok ? evidenceDescriptor.safeParse(value.value) : undefined;
  return parsed?.success === true ? ok(parsed.data) : refuse('evidence-descriptor-malformed');
}

/** Reads the canonical text of an evidence document; its signature is checked apart. */
export function parseEvidenceDocument(text: string): Result<EvidenceDocument, 'document-malformed'> {
  const value = parseCanonical(text, 2 * descriptorSizeMax);
  const parsed = value.ok ? evidenceDocument.safeParse(value.value) : undefined;
  return parsed?.success === true ? ok(parsed.data) : refuse('document-malformed');
}

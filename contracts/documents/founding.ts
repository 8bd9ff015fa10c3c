import * as z from 'zod';
import { ok, refuse, type Result } from '../../core/kernel/index.ts';
import type { FoundingDocument, FoundingRecord, FoundingStatement } from '../../core/replay/index.ts';
import { parseCanonical } from '../../core/signing/index.ts';
import { documentSizeMax, parseDeviceRecord, parsePolicyDocument, parseStaffRecord } from './platform-documents.ts';
import { base64, count, iin, line, platformId, profile, sha256Hex, timeMs } from './primitives.ts';

/** Records that a platform is founded on: its first people, devices and policies. */
const foundingRecordsMax = 1_000;
/** Largest CMS of one officer. */
const cmsSizeMaxBytes = 32_768;
/** Two officers and the recovery officer. */
const signersCount = 3;

/** Canonical text that the people of a founding sign. */
export const foundingStatement = z.strictObject({
  form: z.literal('qorgan.founding-statement/1'),
  platform: platformId,
  profile,
  operatorName: line(300, 1),
  log: line(128, 1),
  keys: z.strictObject({ log: sha256Hex, logMlDsa44: sha256Hex, platform: sha256Hex }),
  officers: z.tuple([iin, iin]),
  recovery: iin,
  records: z.array(sha256Hex).min(1).max(foundingRecordsMax),
  foundedAtMs: timeMs,
  shown: z.strictObject({
    version: count,
    kk: sha256Hex,
    ru: sha256Hex,
    en: sha256Hex,
  }),
}) satisfies z.ZodType<FoundingStatement>;

export const foundingDocument = z.strictObject({
  form: z.literal('qorgan.founding/1'),
  platform: platformId,
  profile,
  statement: z.string().max(documentSizeMax),
  signatures: z
    .array(z.strictObject({ iin, certificate: sha256Hex, cms: base64(cmsSizeMaxBytes) }))
    .length(signersCount),
}) satisfies z.ZodType<FoundingDocument>;

function parseText<Schema extends z.ZodType>(
  schema: Schema,
  text: string,
): Result<z.output<Schema>, 'document-malformed'> {
  const value = parseCanonical(text, documentSizeMax);
  const parsed = value.ok ? schema.safeParse(value.value) : undefined;
  return parsed?.success === true ? ok(parsed.data) : refuse('document-malformed');
}

/** Reads the canonical text of a founding; whether its signatures hold is checked apart. */
export function parseFoundingDocument(text: string): Result<FoundingDocument, 'document-malformed'> {
  return parseText(foundingDocument, text);
}

/** Reads the canonical text that the officers signed. */
export function parseFoundingStatement(text: string): Result<FoundingStatement, 'document-malformed'> {
  return parseText(foundingStatement, text);
}

/** Reads the record of a person, a device or a policy that a founding may name; its hash is that of the text. */
export function readFoundingRecord(text: string, hash: string): FoundingRecord {
  const [staff, device, policy] = [parseStaffRecord(text), parseDeviceRecord(text), parsePolicyDocument(text)];
  if (staff.ok) return { hash, staff: staff.value };
  if (device.ok) return { hash, device: device.value };
  return policy.ok ? { hash, policy: policy.value } : { hash };
}

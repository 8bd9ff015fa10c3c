import * as z from 'zod';
import { ok, refuse, type Result } from '../../core/kernel/index.ts';
import { parseCanonical } from '../../core/signing/index.ts';
import { documentSizeMax } from './platform-documents.ts';
import { base64, count, iin, line, platformId, profile, sha256Hex, timeMs } from './primitives.ts';

/** Records that a platform is founded on: its first people, devices and policies. */
const foundingRecordsMax = 1_000;
/** Largest CMS of one officer. */
const cmsSizeMaxBytes = 32_768;
/** Two officers and the recovery officer. */
const signersCount = 3;

/**
 * What the people sign who found a platform: from the leaf of the founding on, no record of a person, a device or a policy counts that the
 * platform key alone signed. Any two of the three can change staff and policy.
 */
export const foundingStatement = z.strictObject({
  form: z.literal('qorgan.founding-statement/1'),
  platform: platformId,
  profile,
  operatorName: line(300, 1),
  log: line(128, 1),
  /** SHA-256 of each public key: of the log those of the lines that readers pin, of the platform that of its 32 bytes. */
  keys: z.strictObject({ log: sha256Hex, logMlDsa44: sha256Hex, platform: sha256Hex }),
  officers: z.tuple([iin, iin]),
  /** Whose card is kept sealed. */
  recovery: iin,
  /** Hashes of the records that count, in the order of the log. */
  records: z.array(sha256Hex).min(1).max(foundingRecordsMax),
  foundedAtMs: timeMs,
  /** SHA-256 of the text that was read before signing, in each language, and the version of its words. */
  shown: z.strictObject({
    version: count,
    kk: sha256Hex,
    ru: sha256Hex,
    en: sha256Hex,
  }),
});
export type FoundingStatement = z.output<typeof foundingStatement>;

/** The statement with the signatures of the cards of everybody whom it names. */
export const foundingDocument = z.strictObject({
  form: z.literal('qorgan.founding/1'),
  platform: platformId,
  profile,
  /** Canonical text of the statement: what the cards signed. */
  statement: z.string().max(documentSizeMax),
  signatures: z
    .array(z.strictObject({ iin, certificate: sha256Hex, cms: base64(cmsSizeMaxBytes) }))
    .length(signersCount),
});
export type FoundingDocument = z.output<typeof foundingDocument>;

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

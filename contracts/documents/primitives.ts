import * as z from 'zod';
import { policyBounds, type BoundedField } from '../../core/access/index.ts';
import {
  parseBin,
  parseIin,
  type ActionId,
  type Bin,
  type CaseId,
  type DeviceId,
  type Iin,
  type JournalEpoch,
  type PlatformId,
  type Sha256Hex,
} from '../../core/kernel/index.ts';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/u;
const uuidV7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/u;

/** A text that was checked under its name: a transform would walk every such member twice more. */
function named<Name extends string>(schema: z.ZodString): z.ZodType<Name, string> {
  return schema as unknown as z.ZodType<Name, string>;
}

/** Lower-case label: it becomes the last part of the log origin. */
export const platformId = named<PlatformId>(z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/u));

/** UUID, lower case. */
export const deviceId = named<DeviceId>(z.string().regex(uuid));

/** UUIDv7, lower case: acts sort by the time they were claimed at. */
export const actionId = named<ActionId>(z.string().regex(uuidV7));

/** UUID, lower case. */
export const caseId = named<CaseId>(z.string().regex(uuid));

/** UUID, lower case. */
export const journalEpoch = named<JournalEpoch>(z.string().regex(uuid));

export const sha256Hex = named<Sha256Hex>(z.string().regex(/^[0-9a-f]{64}$/u));

/** Individual identification number with a right control digit. */
export const iin = named<Iin>(
  z
    .string()
    .length(12)
    .refine((text) => parseIin(text).ok),
);

/** Business identification number with a right control digit. */
export const bin = named<Bin>(
  z
    .string()
    .length(12)
    .refine((text) => parseBin(text).ok),
);

/** Padding present and unused bits zero, told by the last digit: one byte string has one text, and nothing is decoded to see it. */
const canonicalBase64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/][AQgw]==|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=)?$/u;

/** Canonical base64 of at most `sizeMaxBytes` bytes. */
export function base64(sizeMaxBytes: number) {
  return z
    .string()
    .max(4 * Math.ceil(sizeMaxBytes / 3))
    .regex(canonicalBase64);
}

/** Canonical base64 of exactly `sizeBytes` bytes: a key, a nonce or a signature. */
export function base64Exact(sizeBytes: number) {
  const padding = '='.repeat((3 - (sizeBytes % 3)) % 3);
  return base64(sizeBytes)
    .length(4 * Math.ceil(sizeBytes / 3))
    .refine(
      (text) =>
        text.endsWith(padding) && (padding !== '' || !text.endsWith('=')) && (padding !== '=' || !text.endsWith('==')),
    );
}

/** Milliseconds since 1970 UTC, up to the year 9999. */
export const timeMs = z.int().min(0).max(253_402_300_799_999);

/** A count, a revision or an index. */
export const count = z.int().min(0).max(Number.MAX_SAFE_INTEGER);

/** A number of a policy, within what it may be. */
export function bounded(field: BoundedField) {
  const { min, max } = policyBounds[field];
  return z.int().min(min).max(max);
}

/** One line of text of a person: no control characters and no direction overrides, which could forge what is shown. */
export function line(lengthMax: number, lengthMin = 0) {
  return z
    .string()
    .min(lengthMin)
    .max(lengthMax)
    .regex(/^[^\p{Cc}\p{Cs}\u2028\u2029\u202A-\u202E\u2066-\u2069]*$/u);
}

export const profile = z.enum(['demo', 'production']);
export const locale = z.enum(['kk', 'ru', 'en']);

export const objectIdentifier = z
  .string()
  .regex(/^[0-2](?:\.[0-9]{1,40})+$/u)
  .max(128);

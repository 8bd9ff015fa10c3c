import * as z from 'zod';
import type { EmergencyOpening } from '../../core/access/index.ts';
import { iin, line, platformId, profile, sha256Hex, timeMs } from './primitives.ts';

const place = { platform: platformId, profile, server: line(300, 1) };
/** As he says: what he shows is no card. */
const person = { iin, name: line(200, 1) };

/** What stands in the log before the emergency account answers anything (57-5; docs/decisions/0017): who opened it, why, when, at which server. */
export const breakGlassDocument = z.strictObject({
  form: z.literal('qorgan.break-glass/1'),
  ...place,
  /** Hash of the seal that was broken: each is broken once. */
  seal: sha256Hex,
  ...person,
  reason: line(300, 1),
  openedAtMs: timeMs,
}) satisfies z.ZodType<EmergencyOpening>;

/** A seal of the emergency account: only the newest that the log names opens anything. */
export const breakGlassSealDocument = z.strictObject({
  form: z.literal('qorgan.break-glass-seal/1'),
  ...place,
  seal: sha256Hex,
  /** The seal that is void from here on, broken or not; `null` for the first. */
  replaces: sha256Hex.nullable(),
  ...person,
  sealedAtMs: timeMs,
});

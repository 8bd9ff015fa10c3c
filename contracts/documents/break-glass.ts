import * as z from 'zod';
import { iin, line, platformId, profile, sha256Hex, timeMs } from './primitives.ts';

/** What stands in the log before the emergency account answers anything (57-5; docs/decisions/0017): who opened it, why, when, at which server. */
export const breakGlassDocument = z.strictObject({
  form: z.literal('qorgan.break-glass/1'),
  platform: platformId,
  profile,
  /** Hash of the seal that was broken: each is broken once. */
  seal: sha256Hex,
  server: line(300, 1),
  /** As the opener says: two sheets and a code were shown, and no card. */
  iin,
  name: line(200, 1),
  reason: line(300, 1),
  openedAtMs: timeMs,
});
export type BreakGlassDocument = z.output<typeof breakGlassDocument>;

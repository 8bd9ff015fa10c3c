import * as z from 'zod';
import type { TermRules } from '../../core/access/index.ts';

const dayMs = 86_400_000;
const longestMs = 366 * dayMs;

export const termRules = z.strictObject({
  // Shorter than a holiday with a weekend, and the officers themselves would be idle together.
  idleMaxMs: z
    .int()
    .min(14 * dayMs)
    .max(longestMs),
  reviewEveryMs: z.int().min(dayMs).max(longestMs),
  warnAheadMs: z.int().min(0).max(longestMs),
}) satisfies z.ZodType<TermRules>;

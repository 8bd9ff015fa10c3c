import * as z from 'zod';
import type { SessionRules } from '../../core/access/index.ts';
import { actTypes } from '../../core/actions/index.ts';

const dayMs = 86_400_000;
/** Shorter ones would end while a card signs; longer ones would never end. */
const limit = z.int().min(60_000).max(dayMs);

export const sessionRules = z.strictObject({
  idleMs: limit,
  absoluteMs: limit,
  lockIdleMs: z.int().min(10_000).max(dayMs),
  stepUp: z.array(z.enum(actTypes)).max(actTypes.length),
  stepUpMs: z.int().min(10_000).max(dayMs),
}) satisfies z.ZodType<SessionRules>;

import * as z from 'zod';
import type { SessionRules } from '../../core/access/index.ts';
import { actTypes } from '../../core/actions/index.ts';
import { bounded } from './primitives.ts';

export const sessionRules = z.strictObject({
  idleMs: bounded('sessions.idleMs'),
  absoluteMs: bounded('sessions.absoluteMs'),
  lockIdleMs: bounded('sessions.lockIdleMs'),
  stepUp: z.array(z.enum(actTypes)).max(actTypes.length),
  stepUpMs: bounded('sessions.stepUpMs'),
}) satisfies z.ZodType<SessionRules>;

import * as z from 'zod';
import type { TermRules } from '../../core/access/index.ts';
import { bounded } from './primitives.ts';

export const termRules = z.strictObject({
  idleMaxMs: bounded('terms.idleMaxMs'),
  reviewEveryMs: bounded('terms.reviewEveryMs'),
  warnAheadMs: bounded('terms.warnAheadMs'),
}) satisfies z.ZodType<TermRules>;

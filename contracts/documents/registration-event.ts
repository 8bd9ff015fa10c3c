import * as z from 'zod';
import { noteLengthMax, reasonCodes, type RegistrationEvent } from '../../core/actions/index.ts';
import { iin, timeMs } from './primitives.ts';
import { registrationForm } from './registration-form.ts';

const stamp = { by: iin, atMs: timeMs };
const note = z.string().max(noteLengthMax);
const reasons = z.array(z.enum(reasonCodes)).max(reasonCodes.length);

/** What an accepted act made happen to a case; `evolveRegistration` of core folds it. */
export const registrationEvent = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('submitted'), ...stamp, form: registrationForm }),
  z.strictObject({ type: z.literal('claimed'), ...stamp, untilMs: timeMs }),
  z.strictObject({ type: z.literal('released'), ...stamp }),
  z.strictObject({ type: z.literal('returned'), ...stamp, reasons, note }),
  z.strictObject({ type: z.literal('approved'), ...stamp, note }),
  z.strictObject({ type: z.literal('refused'), ...stamp, reasons, note }),
]) satisfies z.ZodType<RegistrationEvent>;

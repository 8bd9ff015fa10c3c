import * as z from 'zod';
import { ok, refuse, type Result } from '../../core/kernel/index.ts';
import type { IntakePromise, LeafOutcome } from '../../core/log/index.ts';
import { parseCanonical } from '../../core/signing/index.ts';
import { actionId, count, deviceId, journalEpoch, platformId, sha256Hex, timeMs } from '../documents/index.ts';

const promiseSizeMax = 4_096;

const intakePromise = z.strictObject({
  form: z.literal('qorgan.promise/1'),
  platform: platformId,
  actionId,
  device: deviceId,
  epoch: journalEpoch,
  sequence: count.min(1),
  envelope: sha256Hex,
  commitment: sha256Hex,
  outcome: z
    .string()
    .regex(/^(?:accepted|superseded|refused:[a-z][a-z0-9-]{0,63})$/u)
    .transform((text) => text as LeafOutcome),
  receivedAtMs: timeMs,
  deadlineMs: timeMs,
}) satisfies z.ZodType<IntakePromise>;

/** Reads the canonical text of a promise; its signature is checked apart. */
export function parsePromise(text: string): Result<IntakePromise, 'promise-invalid'> {
  const value = parseCanonical(text, promiseSizeMax);
  const parsed = value.ok ? intakePromise.safeParse(value.value) : undefined;
  return parsed?.success === true ? ok(parsed.data) : refuse('promise-invalid');
}

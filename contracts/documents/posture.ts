import * as z from 'zod';
import { postureFindings, postureMeasures, type Posture, type PostureRules } from '../../core/access/index.ts';
import { bounded, line, timeMs } from './primitives.ts';

const version = z
  .string()
  .regex(/^\d{1,6}\.\d{1,6}\.\d{1,6}$/u)
  .max(20);
const remoteControlMax = 32;

/** `qorgan.posture/1`: the device's own word about its state. */
export const posture = z.strictObject({
  version: line(40, 1),
  system: line(80).nullable(),
  patchedAtMs: timeMs.nullable(),
  antivirus: z.union([z.literal('none'), z.strictObject({ engine: line(60, 1), baseAtMs: timeMs })]).nullable(),
  isDiskEncrypted: z.boolean().nullable(),
  clockDriftMs: z.int().nullable(),
  remoteControl: z.array(line(60, 1)).max(remoteControlMax).nullable(),
}) satisfies z.ZodType<Posture>;

const minimum = z.strictObject({ min: version, graceUntilMs: timeMs }).exactOptional();

export const postureRules = z.strictObject({
  patchAgeMaxMs: bounded('posture.patchAgeMaxMs'),
  antivirusBaseAgeMaxMs: bounded('posture.antivirusBaseAgeMaxMs'),
  clockDriftMaxMs: bounded('posture.clockDriftMaxMs'),
  reportAgeMaxMs: bounded('posture.reportAgeMaxMs'),
  measures: z.strictObject(
    Object.fromEntries(
      postureFindings.map((finding) => [finding, z.enum(postureMeasures).exactOptional()]),
    ) as unknown as Record<
      (typeof postureFindings)[number],
      z.ZodExactOptional<z.ZodEnum<{ warn: 'warn'; 'read-only': 'read-only'; refuse: 'refuse' }>>
    >,
  ),
  versions: z.strictObject({ workstation: minimum, 'import-station': minimum, kiosk: minimum }),
}) satisfies z.ZodType<PostureRules>;

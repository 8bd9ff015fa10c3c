import * as z from 'zod';
import { clientKinds, postureFindings } from '../../core/access/index.ts';
import { deviceId, line, posture, timeMs } from '../documents/index.ts';
import { defineEndpoint, noBodyMaxBytes } from './endpoint.ts';

const devicesMax = 1_000;
/** What the policy makes of what a device said of itself. */
const service = z.enum(['serve', 'warn', 'read-only', 'refuse']);
const findings = z.array(z.enum(postureFindings)).max(postureFindings.length);

export const postureResponse = z.strictObject({ service, findings });

export const devicesResponse = z.strictObject({
  devices: z
    .array(
      z.strictObject({
        id: deviceId,
        name: line(80),
        kind: z.enum(clientKinds),
        enrolledAtMs: timeMs,
        /** `null` where it never said anything. */
        posture: posture.nullable(),
        reportedAtMs: timeMs.nullable(),
        service,
        findings,
      }),
    )
    .max(devicesMax),
});
export type DevicesView = z.output<typeof devicesResponse>;

export const deviceEndpoints = {
  /** What a device says of its own state, at the start of a shift and hourly; the answer is what the policy makes of it. */
  posture: defineEndpoint({
    method: 'POST',
    path: '/v1/posture',
    auth: 'device',
    body: posture,
    response: postureResponse,
    bodySizeMaxBytes: 4_096,
    refusals: [],
  }),
  /** Every device with what it said last, for whoever reads operations. */
  devices: defineEndpoint({
    method: 'GET',
    path: '/v1/devices',
    auth: 'session',
    needs: 'operations',
    response: devicesResponse,
    bodySizeMaxBytes: noBodyMaxBytes,
    refusals: ['read-not-allowed'],
  }),
} as const;

import * as z from 'zod';
import { factorMethods } from '../../core/access/index.ts';
import { base64, deviceId, iin, line, timeMs } from '../documents/index.ts';
import { defineEndpoint, noBodyMaxBytes } from './endpoint.ts';

/** Longest reason that an officer gives, in UTF-16 units. */
const reasonMax = 300;
const sessionsMax = 500;
const sessionId = z.string().regex(/^[0-9a-f]{32}$/u);

/** An open session: where somebody is signed in, by what, and until when. Times are the server's. */
export const openSession = z.strictObject({
  id: sessionId,
  device: deviceId,
  deviceName: line(80),
  iin,
  name: line(200),
  startedAtMs: timeMs,
  /** Written down once a minute at most. */
  lastSeenMs: timeMs,
  expiresAtMs: timeMs,
  factors: z
    .array(
      z.strictObject({
        kind: z.enum(['knowledge', 'possession', 'inherence']),
        method: z.enum(factorMethods),
        atMs: timeMs,
      }),
    )
    .max(8),
  /** True for the session that asks. */
  isThis: z.boolean(),
});

export const sessionsResponse = z.strictObject({ sessions: z.array(openSession).max(sessionsMax) });
/** `all` is for whoever reads operations; the reading is written down. */
export const sessionsQuery = z.strictObject({ whose: z.enum(['own', 'all']).default('own') });
export const endSessionParams = z.strictObject({ id: sessionId });
/** Empty where the session is the own one. */
export const endSessionRequest = z.strictObject({ reason: line(reasonMax) });

/** Event of the change stream that says that its session is over and why, by a code of the catalogue; the stream ends with it. */
export const sessionEndedEvent = 'session-ended';
export const sessionEndedData = z.strictObject({
  code: z.enum(['session-ended', 'session-blocked', 'session-signed-out']),
});

export type OpenSessionView = z.output<typeof openSession>;

/** The password as it was typed, UTF-8 in base64: 128 characters of four bytes. */
export const stepUpRequest = z.strictObject({ password: base64(512) });

export const sessionEndpoints = {
  /** Renews what the session knows of the password, before an act that the policy wants it for. */
  stepUp: defineEndpoint({
    method: 'POST',
    path: '/v1/step-up',
    auth: 'session',
    needs: 'own',
    body: stepUpRequest,
    bodySizeMaxBytes: 2_048,
    refusals: ['sign-in-refused'],
  }),
  /** Where am I signed in; newest first. */
  sessions: defineEndpoint({
    method: 'GET',
    path: '/v1/sessions',
    auth: 'session',
    needs: 'own',
    query: sessionsQuery,
    response: sessionsResponse,
    bodySizeMaxBytes: noBodyMaxBytes,
    refusals: ['read-not-allowed'],
  }),
  /** Ends a session elsewhere: the own one, or, with a reason, that of anybody for whoever reads operations. Its streams end at once. */
  endSession: defineEndpoint({
    method: 'DELETE',
    path: '/v1/sessions/:id',
    auth: 'session',
    needs: 'own',
    params: endSessionParams,
    body: endSessionRequest,
    bodySizeMaxBytes: 4_096,
    refusals: ['session-unknown', 'reason-missing'],
  }),
} as const;

import * as z from 'zod';

/** Refusal codes are kebab-case; the bound keeps a broken host from filling a log. */
const refusalCode = z
  .string()
  .regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/u)
  .max(64);

const refusal = z.strictObject({
  code: refusalCode,
  details: z.record(z.string().max(64), z.union([z.string().max(256), z.number()])).optional(),
  incidentId: z.string().max(64).optional(),
});

const callId = z.int().nonnegative();

/** Main → host. `configure` comes once, first; `ping` is answered by `pong` as soon as the host is free to read. Inputs are parsed by the verb's own schema after the frame. */
export const toHostMessage = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('configure'), configuration: z.unknown() }),
  z.strictObject({ kind: z.literal('call'), id: callId, verb: z.string().max(64), input: z.unknown() }),
  z.strictObject({ kind: z.literal('ping') }),
]);

/** Host → main. Exactly one `answer` for each `call`; events announce and steer nothing. */
export const toMainMessage = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('ready') }),
  z.strictObject({ kind: z.literal('pong') }),
  z.strictObject({ kind: z.literal('answer'), id: callId, value: z.unknown() }),
  z.strictObject({ kind: z.literal('refusal'), id: callId, refusal }),
  z.strictObject({ kind: z.literal('event'), name: z.string().max(64), payload: z.unknown() }),
]);

export type ToHostMessage = z.infer<typeof toHostMessage>;
export type ToMainMessage = z.infer<typeof toMainMessage>;
export type WireRefusal = z.infer<typeof refusal>;

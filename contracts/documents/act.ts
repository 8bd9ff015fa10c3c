import * as z from 'zod';
import { noteLengthMax, reasonCodes, type ActType } from '../../core/actions/index.ts';
import { ok, refuse, type Result } from '../../core/kernel/index.ts';
import { envelopeSizeMax, parseCanonical, type ActEnvelope } from '../../core/signing/index.ts';
import { accessPayloads } from './access.ts';
import {
  actionId,
  base64Exact,
  caseId,
  count,
  deviceId,
  iin,
  journalEpoch,
  line,
  locale,
  platformId,
  profile,
  sha256Hex,
  timeMs,
} from './primitives.ts';
import { registrationForm } from './registration-form.ts';

/** Most pieces of evidence that one act names. */
export const evidenceMax = 64;

const note = z
  .string()
  .max(noteLengthMax)
  .regex(/^[^\p{Cs}]*$/u);
const reasons = z
  .array(z.enum(reasonCodes))
  .max(reasonCodes.length)
  .refine((codes) => new Set(codes).size === codes.length);
const nothing = z.strictObject({});

function actOf<Type extends ActType, Payload extends z.ZodType>(type: Type, payload: Payload) {
  return z.strictObject({
    form: z.literal('qorgan.act/1'),
    platform: platformId,
    profile,
    log: line(128, 1),
    id: actionId,
    type: z.literal(type),
    schema: z.literal(1),
    device: deviceId,
    epoch: journalEpoch,
    sequence: count.min(1),
    previous: sha256Hex,
    actor: z.strictObject({ iin, certificate: sha256Hex }),
    claimedAtMs: timeMs,
    boot: z.strictObject({ id: line(64, 1), monotonicMs: count }),
    policy: count.min(1),
    treeHead: z.strictObject({ size: count, root: base64Exact(32) }),
    subject: z.strictObject({ case: caseId, revision: count, hash: sha256Hex }),
    payload,
    evidence: z.array(sha256Hex).max(evidenceMax),
    shown: z.strictObject({ locale, template: z.literal(type), version: count.min(1), hash: sha256Hex }),
    client: line(64, 1),
  });
}

/** Envelope v1 of each type of act (docs/decisions/0001): strict, so that nothing unknown is ever signed. */
export const actEnvelope = z.discriminatedUnion('type', [
  actOf('registration.submit', z.strictObject({ form: registrationForm })),
  actOf('registration.claim', nothing),
  actOf('registration.release', nothing),
  actOf('registration.return', z.strictObject({ reasons, note })),
  actOf('registration.approve', z.strictObject({ note })),
  actOf('registration.refuse', z.strictObject({ reasons, note })),
  actOf('access.propose', accessPayloads['access.propose']),
  actOf('access.confirm', accessPayloads['access.confirm']),
  actOf('access.decline', accessPayloads['access.decline']),
  actOf('access.withdraw', accessPayloads['access.withdraw']),
  actOf('access.block', accessPayloads['access.block']),
]);

/** Reads the canonical text of an act. A text over `envelopeSizeMax` or nested past the depth of core is refused before it is built. */
export function parseActEnvelope(
  text: string,
): Result<ActEnvelope, 'act-too-large' | 'act-too-deep' | 'act-malformed'> {
  const value = parseCanonical(text, envelopeSizeMax);
  if (!value.ok) {
    if (value.refusal.code === 'text-too-large') return refuse('act-too-large', { sizeMax: envelopeSizeMax });
    return refuse(value.refusal.code === 'text-too-deep' ? 'act-too-deep' : 'act-malformed');
  }
  const parsed = actEnvelope.safeParse(value.value);
  return parsed.success ? ok(parsed.data satisfies ActEnvelope) : refuse('act-malformed');
}

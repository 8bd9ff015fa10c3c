import * as z from 'zod';
import { policyDocument, releasedMax, reviewedMax } from '../documents/index.ts';
import { staffRecordSchema } from './access-views.ts';
import { idSchema, sha256HexSchema } from './common.ts';

/** As the acts of `contracts/documents` have it. */
const text = z.string().min(1).max(300);
const note = z.string().max(2_000);
const iin = z.string().regex(/^\d{12}$/u);

/**
 * What a screen may propose about rights. It names the record that is replaced by its hash; main fills the record itself from the registry and
 * names the new case, so that no page says what was before.
 */
export const rightsDraftSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('access.propose'),
    change: z.discriminatedUnion('kind', [
      /** `before` is `null` for a person who has no record yet. */
      z.strictObject({ kind: z.literal('staff'), before: sha256HexSchema.nullable(), record: staffRecordSchema }),
      /** `before` is `null` for a device that waits to be let in; its key and name are those of the registry. */
      z.strictObject({
        kind: z.literal('device'),
        id: idSchema,
        before: sha256HexSchema.nullable(),
        location: text,
        custodian: iin,
        standing: z.enum(['active', 'retired']),
      }),
      /** The alarm by the hash of its leaf; who opened the account is that of the registry. */
      z.strictObject({ kind: z.literal('alarm'), leaf: sha256HexSchema }),
      z.strictObject({ kind: z.literal('policy'), before: sha256HexSchema, record: policyDocument }),
      /** Each with the hash that his record had when it was looked at. */
      z.strictObject({
        kind: z.literal('review'),
        people: z
          .array(z.strictObject({ iin, hash: sha256HexSchema, decision: z.enum(['keep', 'revoke']) }))
          .min(1)
          .max(reviewedMax),
      }),
      /** Which of the acts that `people.blockedActs` tells of are let in, by the hash of each. */
      z.strictObject({ kind: z.literal('release'), iin, acts: z.array(sha256HexSchema).min(1).max(releasedMax) }),
    ]),
    reason: text,
    basis: text,
  }),
  z.strictObject({ type: z.literal('access.block'), iin, reason: text, basis: text }),
  z.strictObject({ type: z.literal('access.confirm'), caseId: idSchema }),
  z.strictObject({ type: z.literal('access.decline'), caseId: idSchema, note: text }),
  z.strictObject({ type: z.literal('access.withdraw'), caseId: idSchema, note }),
]);

export type RightsDraft = z.infer<typeof rightsDraftSchema>;

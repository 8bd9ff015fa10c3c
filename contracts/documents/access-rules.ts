import * as z from 'zod';
import {
  factorMethods,
  factorPurposes,
  isSwitchable,
  type AttemptRules,
  type FactorRules,
  type PasswordRules,
} from '../../core/access/index.ts';
import { bounded, objectIdentifier } from './primitives.ts';

const switchedOnMax = 64;

/** A policy that switches on what the matrix does not leave to it is no policy. */
export const factorRules = z.strictObject({
  switchedOn: z
    .array(
      z
        .strictObject({
          realm: z.enum(['staff', 'participant']),
          purpose: z.enum(factorPurposes),
          methods: z.array(z.enum(factorMethods)).min(1).max(2),
        })
        .refine(isSwitchable),
    )
    .max(switchedOnMax),
  pinCarriers: z.array(objectIdentifier).max(64),
}) satisfies z.ZodType<FactorRules>;

export const passwordRules = z.strictObject({
  lengthMin: bounded('passwords.lengthMin'),
  historyMax: bounded('passwords.historyMax'),
  ownCharactersMin: bounded('passwords.ownCharactersMin'),
}) satisfies z.ZodType<PasswordRules>;

export const attemptRules = z.strictObject({
  free: z.strictObject({
    pair: bounded('attempts.free.pair'),
    account: bounded('attempts.free.account'),
    device: bounded('attempts.free.device'),
    address: bounded('attempts.free.address'),
  }),
  delayFirstMs: bounded('attempts.delayFirstMs'),
  delayMaxMs: bounded('attempts.delayMaxMs'),
  forgetAfterMs: bounded('attempts.forgetAfterMs'),
}) satisfies z.ZodType<AttemptRules>;

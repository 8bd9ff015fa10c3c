import * as z from 'zod';
import {
  factorMethods,
  factorPurposes,
  isSwitchable,
  type AttemptRules,
  type FactorRules,
  type PasswordRules,
} from '../../core/access/index.ts';
import { objectIdentifier } from './primitives.ts';

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
  // A policy may ask for more than these, and never for so little that a password counts for nothing.
  lengthMin: z.int().min(8).max(64),
  historyMax: z.int().min(1).max(24),
  ownCharactersMin: z.int().min(4).max(32),
}) satisfies z.ZodType<PasswordRules>;

/** Beyond it the owner of a password is kept out longer than a guesser is delayed: half a day. */
const delayLongestMs = 43_200_000;
const freeFailures = z.int().min(0).max(10_000);

export const attemptRules = z.strictObject({
  free: z.strictObject({
    pair: z.int().min(0).max(10),
    account: freeFailures,
    device: freeFailures,
    address: freeFailures,
  }),
  delayFirstMs: z.int().min(1_000).max(delayLongestMs),
  delayMaxMs: z.int().min(1_000).max(delayLongestMs),
  forgetAfterMs: z
    .int()
    .min(delayLongestMs)
    .max(366 * 86_400_000),
}) satisfies z.ZodType<AttemptRules>;

import { antivirusBaseAgeDefaultMs, type PolicyDocument } from '../../core/access/index.ts';
import type { Identity } from '../platform/index.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/**
 * Policy v1: № 57 gives no numbers, so each of these is the operator's to change by a later version. Submitting and
 * deciding are different roles (57-5); every claim runs out, so that an absent reviewer holds up nobody.
 */
export function firstPolicy(identity: Identity, nowMs: number): PolicyDocument {
  return {
    form: 'qorgan.policy/1',
    platform: identity.platform,
    profile: identity.profile,
    version: 1,
    effectiveFromMs: nowMs,
    access: {
      acts: {
        'registration.submit': ['registrar'],
        'registration.claim': ['reviewer'],
        'registration.release': ['reviewer'],
        'registration.return': ['reviewer'],
        'registration.approve': ['reviewer'],
        'registration.refuse': ['reviewer'],
      },
      reads: { registrar: ['registration'], reviewer: ['registration'], 'security-officer': ['operations'] },
    },
    registration: { claimTtlMs: 30 * minuteMs },
    clock: { warnDriftMs: 5_000, refuseDriftMs: 2 * minuteMs },
    sync: { promiseDeadlineMs: 2_000, offlineTtlMs: 3 * dayMs },
    signatures: { carriers: [], refusedPolicies: [], crlAgeMaxMs: 7 * dayMs },
    evidence: { antivirusBaseAgeMaxMs: antivirusBaseAgeDefaultMs },
  };
}

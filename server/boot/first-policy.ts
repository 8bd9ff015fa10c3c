import { antivirusBaseAgeDefaultMs, termRulesDefault, type PolicyDocument } from '../../core/access/index.ts';
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
        'access.propose': ['security-officer'],
        'access.confirm': ['security-officer', 'manager'],
        'access.decline': ['security-officer', 'manager'],
        'access.withdraw': ['security-officer'],
        'access.block': ['security-officer', 'manager'],
      },
      reads: {
        registrar: ['registration'],
        reviewer: ['registration'],
        'security-officer': ['operations', 'access'],
        manager: ['access'],
        auditor: ['operations', 'access'],
      },
    },
    changes: {
      staff: { propose: ['security-officer'], confirm: ['security-officer', 'manager'] },
      device: { propose: ['security-officer'], confirm: ['security-officer', 'manager'] },
      policy: { propose: ['security-officer'], confirm: ['manager'] },
      review: { propose: ['security-officer'], confirm: ['security-officer', 'manager'] },
      release: { propose: ['security-officer'], confirm: ['security-officer', 'manager'] },
      alarm: { propose: ['security-officer'], confirm: ['security-officer', 'manager'] },
    },
    registration: { claimTtlMs: 30 * minuteMs },
    clock: { warnDriftMs: 5_000, refuseDriftMs: 2 * minuteMs },
    sync: { promiseDeadlineMs: 2_000, offlineTtlMs: 3 * dayMs },
    signatures: { carriers: [], refusedPolicies: [], crlAgeMaxMs: 7 * dayMs },
    terms: termRulesDefault,
    evidence: { antivirusBaseAgeMaxMs: antivirusBaseAgeDefaultMs },
  };
}

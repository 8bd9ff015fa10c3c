import { factorMethods, factorPurposes, postureFindings, type PolicyDocument } from '../../core/access/index.ts';
import { actTypes } from '../../core/actions/index.ts';
import type { PlatformId } from '../../core/kernel/index.ts';

const nobody = { propose: ['manager'], confirm: ['manager'] } as const;

/** A policy with every part that the type has: a new field does not compile before it stands here, and fails before it has words. */
export const wholePolicy: Required<PolicyDocument> = {
  form: 'qorgan.policy/1',
  platform: 'p' as PlatformId,
  profile: 'demo',
  version: 1,
  effectiveFromMs: 1,
  access: {
    acts: Object.fromEntries(actTypes.map((type) => [type, ['reviewer']])) as never,
    reads: { registrar: ['registration'], reviewer: [], 'security-officer': ['operations'], auditor: ['access'] },
  },
  changes: { staff: nobody, device: nobody, policy: nobody, review: nobody, release: nobody, alarm: nobody },
  registration: { claimTtlMs: 1 },
  clock: { warnDriftMs: 1, refuseDriftMs: 1 },
  sync: { promiseDeadlineMs: 1, offlineTtlMs: 1 },
  signatures: { carriers: ['1.2'], refusedPolicies: [], crlAgeMaxMs: 1 },
  factors: {
    switchedOn: factorPurposes.map((purpose) => ({ realm: 'staff', purpose, methods: [...factorMethods] })),
    pinCarriers: ['1.2'],
  },
  passwords: { lengthMin: 12, historyMax: 8, ownCharactersMin: 6 },
  attempts: {
    free: { pair: 1, account: 1, device: 1, address: 1 },
    ...{ delayFirstMs: 1, delayMaxMs: 1, forgetAfterMs: 1 },
  },
  sessions: { idleMs: 1, absoluteMs: 1, lockIdleMs: 1, stepUp: [...actTypes], stepUpMs: 1 },
  terms: { idleMaxMs: 1_209_600_000, reviewEveryMs: 86_400_000, warnAheadMs: 0 },
  posture: {
    ...{ patchAgeMaxMs: 1, antivirusBaseAgeMaxMs: 1, clockDriftMaxMs: 1, reportAgeMaxMs: 1 },
    measures: Object.fromEntries(postureFindings.map((finding) => [finding, 'warn'])),
    versions: {
      workstation: { min: '1.0.0', graceUntilMs: 1 },
      'import-station': { min: '1.0.0', graceUntilMs: 1 },
      kiosk: { min: '1.0.0', graceUntilMs: 1 },
    },
  },
  evidence: { antivirusBaseAgeMaxMs: 1 },
};

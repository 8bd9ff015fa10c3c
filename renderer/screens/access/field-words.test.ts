import { describe, expect, it } from 'vitest';
import {
  factorMethods,
  factorPurposes,
  fieldsOf,
  postureFindings,
  type PolicyDocument,
} from '../../../core/access/index.ts';
import { actTypes } from '../../../core/actions/index.ts';
import type { Json, PlatformId } from '../../../core/kernel/index.ts';
import { isMessageId } from '../../../locales/index.ts';
import type { DeviceGrant, StaffGrant } from '../../../core/access/index.ts';
import type { Words } from '../../words/index.ts';
import { changeLines, fieldName, valueLines } from './field-words.ts';

/** Words that answer with their own ids, so that nothing is tested but which are asked for. */
const words = Object.assign((id: string) => id, {
  known: (id: string) => (isMessageId(`screens.${id}`) ? id : null),
  act: (type: string) => `act ${type}`,
  role: (id: string) => `role ${id}`,
}) as unknown as Words;

const nobody = { propose: ['manager'], confirm: ['manager'] } as const;

/** A policy with every part that the type has: a new field does not compile before it stands here, and fails before it has words. */
const policy: Required<PolicyDocument> = {
  form: 'qorgan.policy/1',
  platform: 'p' as PlatformId,
  profile: 'demo',
  version: 1,
  effectiveFromMs: 1,
  access: {
    acts: Object.fromEntries(actTypes.map((type) => [type, ['reviewer']])) as never,
    reads: { registrar: ['registration'], reviewer: [], 'security-officer': ['operations'], auditor: ['access'] },
  },
  changes: { staff: nobody, device: nobody, policy: nobody, review: nobody },
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
  posture: {
    ...{ patchAgeMaxMs: 1, antivirusBaseAgeMaxMs: 1, clockDriftMaxMs: 1, reportAgeMaxMs: 1 },
    measures: Object.fromEntries(postureFindings.map((finding) => [finding, 'warn'])),
    versions: {
      workstation: { min: '1.0.0', graceUntilMs: 1 },
      'import-station': { min: '1.0.0', graceUntilMs: 1 },
    },
  },
  evidence: { antivirusBaseAgeMaxMs: 1 },
};

const staff = {
  ...{ iin: '880214450137', name: 'A', employeeNumber: null, roles: [], certificates: [], standing: 'active' },
  ...{ validFromMs: 1, validUntilMs: null, contract: { number: '1', scope: 's', party: 'p' } },
} as unknown as StaffGrant;
const device = {
  record: {
    ...{ form: 'qorgan.device/1', platform: 'p', profile: 'demo', device: 'd', name: 'n', kind: 'workstation' },
    ...{ publicKey: 'k', epoch: 'e', enrolledAtMs: 1 },
  },
  ...{ location: 'l', custodian: '880214450137', standing: 'active' },
} as unknown as DeviceGrant;

const unknown = (kind: 'staff' | 'device' | 'policy', record: object): readonly string[] =>
  fieldsOf(record as unknown as Json)
    .map(({ path }) => fieldName(words, kind, path))
    .filter(({ isKnown }) => !isKnown)
    .map(({ text }) => text);

describe('the fields of a record', () => {
  it('have a name in words, every one: of a policy, of a person, of a device', () => {
    expect(unknown('policy', policy)).toEqual([]);
    expect(unknown('staff', staff)).toEqual([]);
    expect(unknown('staff', { ...staff, contract: null })).toEqual([]);
    expect(unknown('device', device)).toEqual([]);
  });

  it('that only a newer server knows are told by their technical name, and not hidden', () => {
    expect(fieldName(words, 'policy', ['future', 'limit'])).toEqual({ text: 'future › limit', isKnown: false });
  });

  it('have values in words: acts, roles, streams, factors and purposes', () => {
    const values = fieldsOf(policy as unknown as Json).flatMap(({ path, value }) =>
      valueLines(words, path, [value, value]).map(({ text }) => text),
    );
    expect(values).toContain('act access.confirm');
    expect(values).toContain('role reviewer');
    expect(values).toContain('scope.registration');
    for (const method of factorMethods) expect(values).toContain(`factor.${method}`);
    for (const purpose of factorPurposes) expect(values).toContain(`value.purpose.${purpose}`);
  });
});

describe('the two sides of a change', () => {
  it('mark what comes and what goes in a list, and leave alone what stays', () => {
    const { before, after } = changeLines(words, {
      path: ['roles'],
      before: ['reviewer', 'registrar'],
      after: ['reviewer', 'auditor'],
    });
    expect(before).toEqual([
      { text: 'role reviewer', isOnlyHere: false },
      { text: 'role registrar', isOnlyHere: true },
    ]);
    expect(after).toEqual([
      { text: 'role reviewer', isOnlyHere: false },
      { text: 'role auditor', isOnlyHere: true },
    ]);
  });

  it('never read the same for two settings that differ', () => {
    const read = (before: number, after: number) => {
      const lines = changeLines(words, { path: ['clock', 'refuseDriftMs'], before, after });
      return [lines.before[0]?.text, lines.after[0]?.text];
    };
    expect(read(60_000, 90_000)).toEqual(['span.minutes', 'span.seconds']);
  });
});

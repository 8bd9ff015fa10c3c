import { describe, expect, it } from 'vitest';
import { factorMethods, factorPurposes, fieldsOf } from '../../../core/access/index.ts';
import type { Json } from '../../../core/kernel/index.ts';
import { isMessageId } from '../../../locales/index.ts';
import type { DeviceGrant, StaffGrant } from '../../../core/access/index.ts';
import { wholePolicy } from '../../../tests/support/whole-policy.ts';
import type { Words } from '../../words/index.ts';
import { changeLines, fieldName, valueLines } from './field-words.ts';

/** Words that answer with their own ids, so that nothing is tested but which are asked for. */
const words = Object.assign((id: string) => id, {
  known: (id: string) => (isMessageId(`screens.${id}`) ? id : null),
  act: (type: string) => `act ${type}`,
  role: (id: string) => `role ${id}`,
}) as unknown as Words;

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
    expect(unknown('policy', wholePolicy)).toEqual([]);
    expect(unknown('staff', staff)).toEqual([]);
    expect(unknown('staff', { ...staff, contract: null })).toEqual([]);
    expect(unknown('device', device)).toEqual([]);
  });

  it('that only a newer server knows are told by their technical name, and not hidden', () => {
    expect(fieldName(words, 'policy', ['future', 'limit'])).toEqual({ text: 'future › limit', isKnown: false });
  });

  it('have values in words: acts, roles, streams, factors and purposes', () => {
    const values = fieldsOf(wholePolicy as unknown as Json).flatMap(({ path, value }) =>
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

import { describe, expect, it } from 'vitest';
import { actTypes, type ActType } from '../actions/index.ts';
import { mayAct, mayRead, roles, type AccessRules, type ReadScope, type Role } from './index.ts';

/** Every type of act with every role, written out: a change of the rules is a change of this table. */
const matrix: Readonly<Record<ActType, readonly Role[]>> = {
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
};

const rules: AccessRules = {
  acts: matrix,
  reads: {
    registrar: ['registration'],
    reviewer: ['registration'],
    'security-officer': ['registration', 'operations'],
    manager: ['access'],
  },
};

describe('access', () => {
  it.each(
    actTypes.flatMap((type) =>
      roles.map((role) => [role, matrix[type].includes(role) ? 'may' : 'may not', type] as const),
    ),
  )('a %s %s propose %s', (role, may, type) => {
    expect(mayAct(rules, [role], type)).toBe(may === 'may');
  });

  it('needs one of the roles that a person holds', () => {
    expect(mayAct(rules, ['security-officer', 'reviewer'], 'registration.approve')).toBe(true);
    expect(mayAct(rules, [], 'registration.approve')).toBe(false);
  });

  it('gives nobody an act that the rules give to no role', () => {
    const closed: AccessRules = { ...rules, acts: { ...matrix, 'registration.approve': [] } };
    expect(roles.some((role) => mayAct(closed, [role], 'registration.approve'))).toBe(false);
  });

  it.each([
    ['registrar', 'registration', true],
    ['registrar', 'operations', false],
    ['reviewer', 'registration', true],
    ['reviewer', 'operations', false],
    ['security-officer', 'registration', true],
    ['security-officer', 'operations', true],
    ['security-officer', 'access', false],
    ['manager', 'access', true],
    ['manager', 'registration', false],
    ['auditor', 'registration', false],
    ['auditor', 'access', false],
  ] as const satisfies readonly (readonly [Role, ReadScope, boolean])[])(
    'lets a %s read %s: %s',
    (role, scope, isAllowed) => {
      expect(mayRead(rules, [role], scope)).toBe(isAllowed);
    },
  );

  it('gives nobody an act that an older policy does not name', () => {
    const { 'access.confirm': _confirm, ...acts } = matrix;
    expect(roles.some((role) => mayAct({ ...rules, acts }, [role], 'access.confirm'))).toBe(false);
  });

  it('lets a person without a role read nothing', () => {
    expect(mayRead(rules, [], 'registration')).toBe(false);
  });
});

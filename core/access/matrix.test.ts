import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accessMatrix, csvOf, rightsOf } from './matrix.ts';
import {
  changeKinds,
  mayAct,
  mayChange,
  mayRead,
  roles,
  type Person,
  type PolicyDocument,
  type ReadScope,
  type Role,
} from './index.ts';
import { actTypes } from '../actions/index.ts';

const acts = {
  'registration.submit': ['registrar'],
  'registration.claim': ['reviewer'],
  'registration.release': ['reviewer'],
  'registration.return': ['reviewer'],
  'registration.approve': ['reviewer'],
  'registration.refuse': ['reviewer'],
  'access.propose': ['security-officer'],
  'access.confirm': ['reviewer', 'security-officer'],
} as const;

const policy = {
  version: 7,
  access: {
    acts,
    reads: { registrar: ['registration'], reviewer: ['registration'], 'security-officer': ['operations'] },
  },
  changes: {
    staff: { propose: ['security-officer', 'registrar'], confirm: ['security-officer', 'reviewer'] },
    device: { propose: [], confirm: ['security-officer'] },
  },
} as unknown as PolicyDocument;

const matrix = accessMatrix(policy);
const cell = (part: string, id: string, role: Role) =>
  matrix.rows.find((row) => row.part === part && row.id === id)?.cells[matrix.columns.indexOf(role)];

describe('the matrix of a policy', () => {
  it('says of each act and each role what the rule says', () => {
    for (const type of actTypes.filter((one) => one in acts))
      for (const role of roles)
        expect(cell('act', type, role), `${type} ${role}`).toEqual(mayAct(policy.access, [role], type) ? ['sign'] : []);
  });

  it('says of each stream and each role what the rule says', () => {
    for (const scope of ['registration', 'operations'] as const satisfies readonly ReadScope[])
      for (const role of roles)
        expect(cell('read', scope, role)).toEqual(mayRead(policy.access, [role], scope) ? ['read'] : []);
  });

  it('gives a kind of change to nobody who may not sign the act, whatever the kind says', () => {
    expect(cell('change', 'staff', 'registrar')).toEqual([]);
    expect(cell('change', 'staff', 'security-officer')).toEqual(['propose', 'confirm']);
    expect(cell('change', 'staff', 'reviewer')).toEqual(['confirm']);
    expect(cell('change', 'device', 'security-officer')).toEqual(['confirm']);
  });

  it('says of each kind of change, each role and each part what the judge of changes says', () => {
    const person = (role: Role): Person =>
      ({
        record: { roles: [role], standing: 'active', validFromMs: 0, validUntilMs: null },
        block: null,
      }) as unknown as Person;
    for (const kind of changeKinds)
      for (const role of roles)
        for (const part of ['propose', 'confirm'] as const) {
          const may = mayChange(policy, person(role), { kind, part, nowMs: 1 });
          expect(cell('change', kind, role)?.includes(part) ?? false, `${kind} ${role} ${part}`).toBe(may);
        }
  });

  it('has no row for a kind that the policy does not name', () => {
    expect(matrix.rows.filter(({ part }) => part === 'change').map(({ id }) => id)).toEqual(['staff', 'device']);
  });

  it('gives a person the rights of all his roles, once each', () => {
    const held = rightsOf(matrix, ['reviewer', 'security-officer']);
    expect(held.find(({ part, id }) => part === 'change' && id === 'staff')?.rights).toEqual(['confirm', 'propose']);
    expect(rightsOf(matrix, [])).toEqual([]);
  });
});

/** Reads CSV as RFC 4180 has it. */
function readCsv(text: string): string[][] {
  const rows: string[][] = [[]];
  for (const [, quoted, plain, end] of text
    .replace(/^\uFEFF/u, '')
    .matchAll(/(?:"((?:[^"]|"")*)"|([^,\r\n]*))(,|\r\n)/gu)) {
    rows.at(-1)?.push(quoted === undefined ? (plain ?? '') : quoted.replaceAll('""', '"'));
    if (end === '\r\n') rows.push([]);
  }
  return rows.slice(0, -1);
}

describe('rows as CSV', () => {
  it('are read back as they were, and none of their cells is a formula', () => {
    const row = fc.array(fc.string(), { minLength: 1 });
    fc.assert(
      fc.property(fc.array(row, { minLength: 1 }), (rows) => {
        const read = readCsv(csvOf(rows));
        expect(read.map((cells) => cells.map((text) => text.replace(/^'(?=[=+\-@\t\r])/u, '')))).toEqual(
          rows.map((cells) => cells.map((text) => text.replace(/^'(?=[=+\-@\t\r])/u, ''))),
        );
        for (const text of read.flat()) expect(text).not.toMatch(/^[=+\-@\t\r]/u);
      }),
    );
  });
});

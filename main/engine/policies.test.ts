import { describe, expect, it } from 'vitest';
import { roles, type PolicyDocument } from '../../core/access/index.ts';
import { permissionsCsv } from './policies.ts';

const policy = {
  version: 3,
  access: {
    acts: { 'registration.approve': ['reviewer'], 'access.propose': ['manager'], 'access.confirm': ['manager'] },
    reads: { registrar: ['registration'], reviewer: [], 'security-officer': [] },
  },
  changes: {
    staff: { propose: ['manager'], confirm: ['manager'] },
    release: { propose: ['manager'], confirm: ['auditor'] },
  },
} as unknown as PolicyDocument;

describe('the table of rights as CSV', () => {
  const lines = permissionsCsv(policy, 'en').replace('\uFEFF', '').trimEnd().split('\r\n');

  it('says first which version of the policy it is, by number and hash', () => {
    expect(lines[0]).toMatch(/^"Policy, version 3",[0-9a-f]{64}$/u);
  });

  it('has a column for each role and a row for each act, kind of change and stream', () => {
    expect(lines[1]?.split(',')).toHaveLength(2 + roles.length);
    expect(lines.slice(2).map((line) => line.split(',')[1])).toEqual([
      'Registration approved',
      'Change of rights proposed',
      'Change of rights confirmed',
      'Record of a person',
      'Release of acts after a block',
      'registrations',
    ]);
  });

  it('says in words what a role may do, and nothing where it may do nothing', () => {
    const cells = lines
      .find((line) => line.includes('Record of a person'))
      ?.split(',')
      .slice(2);
    expect(cells).toEqual(roles.map((role) => (role === 'manager' ? 'proposes; confirms' : '')));
  });

  it('speaks the language of the window', () => {
    expect(permissionsCsv(policy, 'kk')).toContain('Тіркеуді мақұлдау');
    expect(permissionsCsv(policy, 'ru')).toContain('Одобрение регистрации');
  });
});

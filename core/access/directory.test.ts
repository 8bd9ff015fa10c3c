import { describe, expect, it } from 'vitest';
import { findPeople, standingOf, type DirectoryQuest, type ListedPerson } from './directory.ts';

const any: DirectoryQuest = {
  query: '',
  roles: [],
  standings: [],
  onlyContractors: false,
  onlyEndingSoon: false,
  sort: 'name',
};

const base: ListedPerson = {
  iin: '880214450136',
  name: 'Сейтқали Айгерім',
  employeeNumber: 'T-014',
  roles: ['reviewer'],
  standing: 'active',
  contract: null,
  validUntilMs: null,
  endsSoon: false,
};
const people: readonly ListedPerson[] = [
  base,
  { ...base, iin: '790530301120', name: 'Әбенов Дінмұхамед', roles: ['security-officer'], employeeNumber: 'T-001' },
  {
    ...base,
    ...{ iin: '910707450289', name: 'Ким Сергей', employeeNumber: null, standing: 'blocked' },
    ...{ validUntilMs: 5_000, endsSoon: true },
    contract: { number: 'Д-17/2026', party: 'Alatau Soft' },
  },
  { ...base, iin: '850101300010', name: 'Досжанов Асқар', validUntilMs: 9_000, roles: ['registrar', 'reviewer'] },
];

const found = (quest: Partial<DirectoryQuest>) => findPeople(people, { ...any, ...quest }).map(({ name }) => name);

describe('a search for people', () => {
  it('finds by a part of the name in any case, also in Kazakh letters', () => {
    expect(found({ query: 'сейтқ' })).toEqual(['Сейтқали Айгерім']);
    expect(found({ query: 'әбЕНОВ' })).toEqual(['Әбенов Дінмұхамед']);
  });

  it('finds by digits of the IIN, grouped or not, by an employee number and by a contract', () => {
    expect(found({ query: '880214 450136' })).toEqual(['Сейтқали Айгерім']);
    expect(found({ query: 't-001' })).toEqual(['Әбенов Дінмұхамед']);
    expect(found({ query: 'д-17' })).toEqual(['Ким Сергей']);
    expect(found({ query: 'alatau' })).toEqual(['Ким Сергей']);
  });

  it('keeps who holds one of the roles, has one of the standings, is a contractor, or ends soon', () => {
    expect(found({ roles: ['registrar', 'security-officer'] })).toEqual(['Әбенов Дінмұхамед', 'Досжанов Асқар']);
    expect(found({ standings: ['blocked'] })).toEqual(['Ким Сергей']);
    expect(found({ onlyContractors: true })).toEqual(['Ким Сергей']);
    expect(found({ onlyEndingSoon: true })).toEqual(['Ким Сергей']);
  });

  it('sorts by the letters of Kazakh, or by who ends first', () => {
    expect(found({})[0]).toBe('Әбенов Дінмұхамед');
    expect(found({ sort: 'ends-first' }).slice(0, 2)).toEqual(['Ким Сергей', 'Досжанов Асқар']);
  });
});

describe('the standing of a person', () => {
  const record = { validFromMs: 10, validUntilMs: 20, standing: 'active' as const };
  const here = { isBlocked: false, isIdle: false };

  it('begins and ends by its dates, the last moment excluded', () => {
    expect([9, 10, 19, 20].map((nowMs) => standingOf(record, here, nowMs))).toEqual([
      'ahead',
      'active',
      'active',
      'ended',
    ]);
    expect(standingOf({ ...record, validUntilMs: null }, here, 1e15)).toBe('active');
  });

  it('is blocked or dismissed whatever the dates say', () => {
    const blocked = { isBlocked: true, isIdle: true };
    expect(standingOf(record, blocked, 15)).toBe('blocked');
    expect(standingOf({ ...record, standing: 'dismissed' }, blocked, 15)).toBe('dismissed');
  });

  it('is idle only within its dates', () => {
    const idle = { isBlocked: false, isIdle: true };
    expect([9, 10, 20].map((nowMs) => standingOf(record, idle, nowMs))).toEqual(['ahead', 'idle', 'ended']);
  });
});

import { describe, expect, it } from 'vitest';
import { dayMs, grantOf, registryOfPeople } from '../../tests/support/access.ts';
import { sha256 } from '../../tests/support/index.ts';
import type { Iin } from '../kernel/index.ts';
import {
  endsSoon,
  evolveRegistry,
  isIdle,
  outOfForce,
  reviewStanding,
  type RegistryState,
  type TermRules,
} from './index.ts';

const rules: TermRules = { idleMaxMs: 30 * dayMs, reviewEveryMs: 90 * dayMs, warnAheadMs: 10 * dayMs };
const people = [grantOf('1', ['security-officer']), grantOf('2', ['security-officer']), grantOf('3', ['registrar'])];
const start = registryOfPeople(people);

function reviewed(
  registry: RegistryState,
  iins: readonly string[],
  atMs: number,
  decision: 'keep' | 'revoke' = 'keep',
) {
  const items = iins.map((iin) => {
    const { record, hash } = registry.people.get(iin as Iin) ?? { record: grantOf(iin, []), hash: '' as never };
    return { iin: record.iin, name: record.name, roles: record.roles, hash, decision };
  });
  const change = { kind: 'review', people: items } as const;
  return evolveRegistry(registry, { kind: 'change', change, by: '2' as Iin, atMs }, { source: 'act', sha256 });
}

describe('idleness', () => {
  it('begins with the last moment that the policy allows, and not before', () => {
    expect([30 * dayMs - 1, 30 * dayMs].map((nowMs) => isIdle(rules, 0, nowMs))).toEqual([false, true]);
    expect(isIdle(undefined, 0, 1e15)).toBe(false);
  });

  it('ends by a record that two people confirmed, and not by a review of the old one', () => {
    const record = grantOf('3', ['registrar']);
    const person = start.people.get('3' as Iin);
    const before = person === undefined ? null : { record: person.record, hash: person.hash };
    const effect = { kind: 'change', change: { kind: 'staff', before, record }, by: '2' as Iin, atMs: 7 } as const;
    const after = evolveRegistry(start, effect, { source: 'act', sha256 });
    expect(after.people.get('3' as Iin)?.confirmedAtMs).toBe(7);
    expect(reviewed(start, ['3'], 9).people.get('3' as Iin)?.confirmedAtMs).toBe(0);
  });
});

describe('a right with an end', () => {
  it('is told of ahead by as much as the policy says, until it has ended', () => {
    const at = (nowMs: number): boolean => endsSoon({ validUntilMs: 100 * dayMs }, rules, nowMs);
    expect([90 * dayMs - 1, 90 * dayMs, 100 * dayMs - 1, 100 * dayMs].map(at)).toEqual([false, true, true, false]);
    expect(endsSoon({ validUntilMs: null }, rules, 1e15)).toBe(false);
    expect(endsSoon({ validUntilMs: 1 }, undefined, 0)).toBe(false);
  });
});

describe('a right', () => {
  it('is in force from its first moment to its last, the last one excluded', () => {
    const record = grantOf('1', ['registrar'], { validFromMs: 10, validUntilMs: 20 });
    const person = registryOfPeople([record]).people.get('1' as Iin);
    const at = [9, 10, 19, 20].map((nowMs) => outOfForce(person, nowMs));
    expect(at).toEqual(['actor-unknown', undefined, undefined, 'actor-ended']);
  });
});

describe('the periodic review', () => {
  it('is due ahead of its time and overdue from it on, by whoever was looked at longest ago', () => {
    const at = (registry: RegistryState, day: number) => reviewStanding(registry, rules, day * dayMs);
    expect(at(start, 79)).toEqual({ state: 'done', dueAtMs: 90 * dayMs, due: 0, overdue: 0 });
    expect(at(start, 80)).toMatchObject({ state: 'due', due: 3, overdue: 0 });
    expect(at(start, 90)).toMatchObject({ state: 'overdue', overdue: 3 });
    // Nobody reviews himself: the signers are left over for a review of others.
    const partly = reviewed(start, ['3'], 85 * dayMs);
    expect(at(partly, 90)).toEqual({ state: 'overdue', dueAtMs: 90 * dayMs, due: 0, overdue: 2 });
    expect(at(reviewed(partly, ['1', '2'], 90 * dayMs), 90)).toMatchObject({ state: 'done', dueAtMs: 175 * dayMs });
  });

  it('asks for nothing where the policy does not, and of nobody whose right is over', () => {
    expect(reviewStanding(start, undefined, 1e15)).toEqual({ state: 'unruled' });
    expect(reviewStanding({ people: new Map() }, rules, 1e15)).toEqual({ state: 'unruled' });
    const gone = [
      grantOf('1', ['registrar'], { standing: 'dismissed' }),
      grantOf('2', ['registrar'], { validUntilMs: 1 }),
    ];
    const left = reviewed(registryOfPeople([...gone, grantOf('3', ['registrar'])]), ['3'], 0, 'revoke');
    expect(reviewStanding(left, rules, 1e15)).toEqual({ state: 'unruled' });
  });
});

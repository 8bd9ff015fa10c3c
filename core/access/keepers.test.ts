import { describe, expect, it } from 'vitest';
import type { Iin, JournalEpoch, DeviceId } from '../kernel/index.ts';
import {
  accessPlatform,
  accessPolicy,
  dayMs,
  grantOf,
  registryOfPeople,
  staffChange,
} from '../../tests/support/access.ts';
import {
  absent,
  afterOf,
  codeOf,
  decide,
  nowMs,
  people,
  propose,
  registry,
} from '../../tests/support/access-decide.ts';
import { evolveRegistry, keepersOf, keptOutByIdleness, type AccessChange, type DeviceGrant } from './index.ts';
import { sha256 } from '../../tests/support/crypto.ts';

const iins = (...names: readonly string[]): readonly Iin[] => names as readonly Iin[];

describe('idleness', () => {
  const keeper = (iin: string, isIdle: boolean) => ({ iin: iin as Iin, isIdle });

  it('keeps out whom it finds, while three keepers of rights are active', () => {
    const keepers = [keeper('1', false), keeper('2', false), keeper('3', false), keeper('5', true)];
    expect([...keptOutByIdleness(new Set(iins('4', '5')), keepers)]).toEqual(['4', '5']);
  });

  it('keeps no keeper out while fewer are active, and everybody else as ever', () => {
    const keepers = [keeper('1', false), keeper('2', false), keeper('5', true)];
    expect([...keptOutByIdleness(new Set(iins('4', '5')), keepers)]).toEqual(['4']);
    expect([...keptOutByIdleness(new Set(iins('1')), [keeper('1', true)])]).toEqual([]);
  });

  it('knows as keepers those who may take part in changes of people, in force now', () => {
    expect(keepersOf(registry, accessPolicy(), nowMs)).toEqual(iins(people.author, people.colleague, people.manager));
    const ended = registryOfPeople([grantOf('1', ['manager'], { validUntilMs: nowMs }), grantOf('2', ['manager'])]);
    expect(keepersOf(ended, accessPolicy(), nowMs)).toEqual(iins('2'));
  });
});

const grant = {
  record: {
    form: 'qorgan.device/1',
    ...accessPlatform,
    device: 'd-1' as DeviceId,
    name: 'Hall 1',
    kind: 'workstation',
    publicKey: 'key-1',
    epoch: 'e-1' as JournalEpoch,
    enrolledAtMs: 0,
  },
  location: 'Almaty',
  custodian: people.clerk as Iin,
  standing: 'active',
} as const satisfies DeviceGrant;
const other = { ...grant, record: { ...grant.record, device: 'd-2' as DeviceId, publicKey: 'key-2' } } as const;
const made = { source: '', sha256 };
const effect = (change: AccessChange) => ({ kind: 'change', change, by: people.author as Iin, atMs: nowMs }) as const;
const one = evolveRegistry(registry, effect({ kind: 'device', before: null, record: grant }), made);
const two = evolveRegistry(one, effect({ kind: 'device', before: null, record: other }), made);

function retire(held: typeof one): AccessChange {
  const before = held.devices.get(grant.record.device);
  if (before === undefined) throw new Error('a device');
  return { kind: 'device', before, record: { ...grant, standing: 'retired' } };
}

describe('what would close the organisation', () => {
  it('is the last device: it is not retired, one of two is', () => {
    expect(codeOf(decide(absent, propose(retire(one)), people.author, { registry: one }))).toBe(
      'nobody-left-to-confirm',
    );
    expect(codeOf(decide(absent, propose(retire(two)), people.author, { registry: two }))).toBe('done');
  });

  it('is a device that nobody answers for', () => {
    const record = { ...grant, custodian: '999' as Iin };
    const change = { kind: 'device', before: null, record } as const;
    expect(codeOf(decide(absent, propose(change), people.author))).toBe('person-unknown');
  });

  it('is that all who may confirm end within two weeks: the last of them is not given such an end', () => {
    const ending = (iin: string, roles: Parameters<typeof grantOf>[1]) =>
      grantOf(iin, roles, { validUntilMs: nowMs + dayMs });
    const few = registryOfPeople([grantOf('1', ['security-officer']), grantOf('3', ['manager'])]);
    const last = propose(staffChange(few, ending('3', ['manager'])));
    expect(codeOf(decide(absent, last, '1', { registry: few }))).toBe('nobody-left-to-confirm');
    const spared = propose(staffChange(registry, ending(people.colleague, ['security-officer'])));
    expect(codeOf(decide(absent, spared, people.author))).toBe('done');
  });

  it('is a policy by which nobody reads what waits for him', () => {
    const before = registry.policies.at(-1);
    if (before === undefined) throw new Error('a policy');
    const { reads } = before.record.access;
    const blind = { ...accessPolicy(2, nowMs), access: { ...before.record.access, reads: { ...reads, manager: [] } } };
    const change = { kind: 'policy', before, record: blind } as const;
    expect(codeOf(decide(absent, propose(change), people.author))).toBe('nobody-left-to-confirm');
    const seeing = { ...accessPolicy(2, nowMs) };
    const right = afterOf(decide(absent, propose({ kind: 'policy', before, record: seeing }), people.author));
    expect(right.after.status).toBe('proposed');
  });
});

describe('a block', () => {
  it('names its person as his record does', () => {
    const block = (name: string) =>
      ({ type: 'access.block', payload: { iin: people.clerk as Iin, name, reason: 'r', basis: 'b' } }) as const;
    const { name = '' } = registry.people.get(people.clerk as Iin)?.record ?? {};
    expect(codeOf(decide(absent, block('Somebody Else'), people.author))).toBe('record-changed');
    expect(codeOf(decide(absent, block(name), people.author))).toBe('done');
  });
});

describe('a person whom the founding named', () => {
  it('is confirmed as he stands, without a number or a contract', () => {
    const founded = registryOfPeople([
      grantOf('1', ['security-officer']),
      grantOf('3', ['manager'], { employeeNumber: null }),
      grantOf('2', ['manager']),
    ]);
    const same = grantOf('3', ['manager'], { employeeNumber: null });
    expect(codeOf(decide(absent, propose(staffChange(founded, same)), '1', { registry: founded }))).toBe('done');
    const fresh = grantOf('4', ['registrar'], { employeeNumber: null, validFromMs: nowMs });
    expect(codeOf(decide(absent, propose(staffChange(founded, fresh)), '1', { registry: founded }))).toBe(
      'contract-missing',
    );
  });
});

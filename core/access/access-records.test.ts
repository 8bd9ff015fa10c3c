import { describe, expect, it } from 'vitest';
import type { DeviceId, Iin, JournalEpoch, PlatformId, Sha256Hex } from '../kernel/index.ts';
import { accessPlatform, accessPolicy, dayMs } from '../../tests/support/access.ts';
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
import { sha256 } from '../../tests/support/index.ts';
import { evolveRegistry, outOfForce, type AccessChange, type AccessCommand, type DeviceGrant } from './index.ts';

const done = 'done';
const commands = { 'access.confirm': { type: 'access.confirm', payload: {} } } as const;

describe('policies and devices', () => {
  const current = registry.policies[0];
  if (current === undefined) throw new Error('a policy');
  const before = { record: current.record, hash: current.hash };

  it.each([
    ['the next version', accessPolicy(2, nowMs), done],
    ['a version left out', accessPolicy(3, nowMs), 'policy-version-wrong'],
    ['an effect in the past', accessPolicy(2, nowMs - 2 * dayMs), 'record-starts-in-past'],
    ['another platform', { ...accessPolicy(2, nowMs), platform: 'p-2' as PlatformId }, 'change-other-platform'],
  ] as const)('a policy of %s: %s', (_words, record, expected) => {
    expect(codeOf(decide(absent, propose({ kind: 'policy', before, record }), people.author))).toBe(expected);
  });

  it('a policy is confirmed by a manager and by no second officer', () => {
    const change: AccessChange = { kind: 'policy', before, record: accessPolicy(2, nowMs) };
    const waiting = afterOf(decide(absent, propose(change), people.author)).after;
    const answers = [people.colleague, people.manager].map((by) => decide(waiting, commands['access.confirm'], by));
    expect(answers.map(codeOf)).toEqual(['change-not-allowed', done]);
  });

  const device = (id: string, key: string): DeviceGrant => ({
    record: {
      form: 'qorgan.device/1',
      ...accessPlatform,
      device: id as DeviceId,
      name: 'Hall 1',
      kind: 'workstation',
      publicKey: key,
      epoch: 'e' as JournalEpoch,
      enrolledAtMs: nowMs,
    },
    location: 'Almaty',
    custodian: people.clerk as Iin,
    standing: 'active',
  });

  it('a device key stands in one record, and stays what it was', () => {
    const granted = evolveRegistry(
      registry,
      {
        kind: 'change',
        change: { kind: 'device', before: null, record: device('d1', 'k1') },
        by: '1' as Iin,
        atMs: nowMs,
      },
      { source: 'act', sha256 },
    );
    const twice = propose({ kind: 'device', before: null, record: device('d2', 'k1') });
    expect(codeOf(decide(absent, twice, people.author, { registry: granted }))).toBe('device-key-taken');
    const kept = granted.devices.get('d1' as DeviceId);
    if (kept === undefined) throw new Error('granted');
    const other = propose({
      kind: 'device',
      before: { record: kept.record, hash: kept.hash },
      record: device('d1', 'k2'),
    });
    expect(codeOf(decide(absent, other, people.author, { registry: granted }))).toBe('record-of-other');
  });

  it('a review blocks whom it revokes, and is refused where a record moved on or is the own', () => {
    const item = (iin: string, decision: 'keep' | 'revoke', hash = registry.people.get(iin as Iin)?.hash) => ({
      ...{ iin: iin as Iin, decision, hash: hash as Sha256Hex },
      name: registry.people.get(iin as Iin)?.record.name ?? '',
      roles: registry.people.get(iin as Iin)?.record.roles ?? [],
    });
    const review = (...items: ReturnType<typeof item>[]): AccessCommand => propose({ kind: 'review', people: items });
    const waiting = afterOf(decide(absent, review(item('4', 'revoke'), item('2', 'keep')), people.author)).after;
    const after = afterOf(decide(waiting, commands['access.confirm'], people.manager)).registry;
    expect(outOfForce(after.people.get('4' as Iin), nowMs)).toBe('actor-blocked');
    expect(after.people.get('2' as Iin)?.reviewedAtMs).toBe(nowMs);
    const hash = registry.people.get('4' as Iin)?.hash;
    expect(codeOf(decide(absent, review(item('2', 'keep', hash)), people.author))).toBe('record-changed');
    const renamed = { ...item('4', 'revoke'), name: 'Somebody Else' };
    const undressed = { ...item('4', 'revoke'), roles: [] };
    for (const one of [renamed, undressed])
      expect(codeOf(decide(absent, review(one), people.author))).toBe('record-changed');
    expect(codeOf(decide(absent, review(item('1', 'keep')), people.author))).toBe('change-own-record');
    expect(codeOf(decide(waiting, commands['access.confirm'], people.colleague))).toBe('change-own-record');
  });
});

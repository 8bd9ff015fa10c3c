import { describe, expect, it } from 'vitest';
import type { ActionId, DeviceId, Iin, JournalEpoch } from '../kernel/index.ts';
import { accessPolicy, certificateOf } from '../../tests/support/access.ts';
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
import {
  evolveRegistry,
  mayChange,
  outOfForce,
  releasedAct,
  withoutBlock,
  type AccessChange,
  type BlockedAct,
  type RegistryState,
  type ReleasedPlace,
} from './index.ts';
import { sha256 } from '../../tests/support/crypto.ts';

const device = {
  record: {
    form: 'qorgan.device/1',
    platform: 'p-1',
    profile: 'demo',
    device: 'd-1' as DeviceId,
    name: 'Hall 1',
    kind: 'workstation',
    publicKey: 'key',
    epoch: 'e-1' as JournalEpoch,
    enrolledAtMs: 0,
  },
  location: 'Almaty',
  custodian: people.colleague as Iin,
  standing: 'active',
} as const;
const made = { source: 's', sha256 };
const change = (one: AccessChange) => ({ kind: 'change', change: one, by: people.author as Iin, atMs: nowMs }) as const;
const withDevice = evolveRegistry(
  registry,
  change({ kind: 'device', before: null, record: device } as unknown as AccessChange),
  made,
);
const blocked = evolveRegistry(
  withDevice,
  { kind: 'block', iin: people.clerk as Iin, by: people.author as Iin, atMs: nowMs, reason: 'r' },
  made,
);

const act: BlockedAct = {
  device: 'd-1' as DeviceId,
  epoch: 'e-1' as JournalEpoch,
  sequence: 3,
  id: 'a-1' as ActionId,
  type: 'registration.submit',
  claimedAtMs: 1,
  hash: certificateOf('envelope'),
};
const release = {
  kind: 'release',
  iin: people.clerk as Iin,
  name: 'Person 4',
  epoch: 'r-1' as JournalEpoch,
  acts: [act],
} as const satisfies AccessChange;
const released = evolveRegistry(blocked, change(release), made);
const place: ReleasedPlace = {
  epoch: 'r-1' as JournalEpoch,
  iin: people.clerk as Iin,
  device: act.device,
  id: act.id,
  hash: act.hash,
};

describe('a release', () => {
  it('names acts, lifts no block and changes no record', () => {
    expect(released.people).toEqual(blocked.people);
    expect(released.devices).toEqual(blocked.devices);
    expect(outOfForce(released.people.get(people.clerk as Iin), nowMs)).toBe('actor-blocked');
  });

  it('lets in the very act that it names, by its own chain alone', () => {
    expect(releasedAct(released, place)).toEqual(act);
    const others: readonly Partial<ReleasedPlace>[] = [
      { epoch: 'e-1' as JournalEpoch },
      { iin: people.colleague as Iin },
      { device: 'd-2' as DeviceId },
      { id: 'a-2' as ActionId },
      { hash: certificateOf('other') },
    ];
    for (const other of others) expect(releasedAct(released, { ...place, ...other })).toBeUndefined();
    expect(releasedAct(blocked, place)).toBeUndefined();
    expect(releasedAct(undefined, place)).toBeUndefined();
  });

  it('lifts a block and a dismissal for its acts, and leaves dates, roles and certificates as they are', () => {
    const clerk = blocked.people.get(people.clerk as Iin);
    expect(outOfForce(withoutBlock(clerk), nowMs)).toBeUndefined();
    if (clerk === undefined) throw new Error('the clerk');
    const ended = { ...clerk, record: { ...clerk.record, standing: 'dismissed' as const, validUntilMs: nowMs } };
    expect(outOfForce(withoutBlock(ended), nowMs - 1)).toBeUndefined();
    expect(outOfForce(withoutBlock(ended), nowMs)).not.toBeUndefined();
    expect(withoutBlock({ ...clerk, record: { ...clerk.record, roles: [] } })?.record.roles).toEqual([]);
    expect(withoutBlock(undefined)).toBeUndefined();
  });
});

type Refused = readonly [string, string, AccessChange, RegistryState];
const refusals: readonly Refused[] = [
  ['by the blocked person himself', 'change-own-record', { ...release, iin: people.author as Iin }, blocked],
  ['of somebody unknown', 'person-unknown', { ...release, iin: '999' as Iin }, blocked],
  ['under the epoch of a device', 'record-changed', { ...release, epoch: 'e-1' as JournalEpoch }, blocked],
  ['under the chain of another release', 'record-changed', release, released],
  ['of a device that is not in force', 'device-not-in-force', release, registry],
];

describe('a release is not proposed', () => {
  it.each(refusals)('%s: %s', (_what, code, one, held) => {
    expect(codeOf(decide(absent, propose(one), people.author, { registry: held }))).toBe(code);
  });

  it('where a policy of before says nobody may', () => {
    const { changes, ...rest } = accessPolicy();
    const { release: _row, ...older } = changes ?? {};
    const officer = blocked.people.get(people.author as Iin);
    const asked = { kind: 'release', part: 'propose', nowMs } as const;
    expect(mayChange(accessPolicy(), officer, asked)).toBe(true);
    expect(mayChange({ ...rest, changes: older }, officer, asked)).toBe(false);
    expect(mayChange(rest, officer, asked)).toBe(false);
  });

  it('and is confirmed by a second officer, not by its author or the blocked person', () => {
    const { after } = afterOf(decide(absent, propose(release), people.author, { registry: blocked }));
    const confirm = { type: 'access.confirm', payload: {} } as const;
    const by = (iin: string) => decide(after, confirm, iin, { registry: blocked });
    expect(codeOf(by(people.author))).toBe('change-own-proposal');
    expect(codeOf(by(people.clerk))).toBe('actor-blocked');
    expect([...afterOf(by(people.manager)).registry.releases.keys()]).toEqual([release.epoch]);
  });
});

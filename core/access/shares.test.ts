import { expect, it } from 'vitest';
import { networkOf } from './addresses.ts';
import { createShares } from './shares.ts';

const rules = { perSecond: 10, burstMax: 20, knownMax: 100 };

it('gives each his own share, and fills it up as time goes, never beyond the burst', () => {
  let nowMs = 0;
  const shares = createShares(rules, () => nowMs);
  for (let i = 0; i < 20; i += 1) expect(shares.take('one')).toBe(true);
  expect([shares.take('one'), shares.hasLeft('one')]).toEqual([false, false]);
  expect([shares.take('other'), shares.hasLeft('other')]).toEqual([true, true]);
  nowMs = 99;
  expect(shares.take('one')).toBe(false);
  nowMs = 100;
  expect([shares.take('one'), shares.take('one')]).toEqual([true, false]);
  nowMs = 3_600_000;
  for (let i = 0; i < 20; i += 1) expect(shares.take('one')).toBe(true);
  expect(shares.take('one')).toBe(false);
});

it('a clock that goes back fills nothing up', () => {
  let nowMs = 1_000;
  const shares = createShares(rules, () => nowMs);
  for (let i = 0; i < 20; i += 1) shares.take('one');
  nowMs = 0;
  expect(shares.take('one')).toBe(false);
});

it('stays bounded however many come, and forgets whose share is whole again', () => {
  let nowMs = 0;
  const shares = createShares(rules, () => nowMs);
  let most = 0;
  for (let i = 0; i < 10_000; i += 1) {
    shares.take(`address ${i}`);
    most = Math.max(most, shares.size());
  }
  expect(most).toBe(rules.knownMax);
  nowMs = 10_000;
  shares.take('address 1');
  expect(shares.size()).toBe(1);
});

it('asking for what is not left keeps nobody remembered longer, and asking of a share takes nothing of it', () => {
  const shares = createShares({ ...rules, burstMax: 1 }, () => 0);
  for (let i = 0; i < 5; i += 1) expect(shares.hasLeft('one')).toBe(true);
  expect(shares.size()).toBe(0);
  expect(shares.take('one')).toBe(true);
  expect(shares.take('one')).toBe(false);
});

it('one customer is one address: IPv4 alone or mapped, and a /64 of IPv6', () => {
  expect(networkOf('::ffff:192.0.2.7')).toBe(networkOf('192.0.2.7'));
  expect(networkOf('192.0.2.8')).not.toBe(networkOf('192.0.2.7'));
  expect(networkOf('2001:db8:1:2::1')).toBe(networkOf('2001:db8:1:2:ffff::9'));
  expect(networkOf('2001:db8:1:3::1')).not.toBe(networkOf('2001:db8:1:2::1'));
});

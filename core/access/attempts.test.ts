import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  attemptRulesDefault as rules,
  countFailure,
  heldUntilMs,
  noFailures,
  type AttemptScope,
  type Failures,
} from './index.ts';

const scopes = ['pair', 'account', 'device', 'address'] as const satisfies readonly AttemptScope[];
const nobody: Readonly<Record<AttemptScope, Failures>> = {
  pair: noFailures,
  account: noFailures,
  device: noFailures,
  address: noFailures,
};
const failures = fc.record({
  count: fc.integer({ min: 0, max: 1_000_000 }),
  lastAtMs: fc.integer({ min: 0, max: 1e12 }),
});
const anything = fc.record({ pair: failures, account: failures, device: failures, address: failures });

function failedTimes(times: number, atMs: number): Failures {
  let now = noFailures;
  for (let i = 0; i < times; i += 1) now = countFailure(now, rules, atMs);
  return now;
}

describe('attempts', () => {
  it('lets the free failures cost nothing, and doubles the delay with each further one up to the longest', () => {
    const atMs = 1_000_000_000;
    const delays = Array.from({ length: 14 }, (_, i) => {
      const until = heldUntilMs({ ...nobody, pair: failedTimes(i, atMs) }, rules, atMs);
      return until === 0 ? 0 : (until - atMs) / 1_000;
    });
    expect(delays).toEqual([0, 0, 0, 0, 0, 15, 30, 60, 120, 240, 480, 900, 900, 900]);
  });

  it('forgets failures after a quiet day', () => {
    const pair = failedTimes(12, 0);
    expect(heldUntilMs({ ...nobody, pair }, rules, rules.forgetAfterMs)).toBe(0);
    expect(countFailure(pair, rules, rules.forgetAfterMs).count).toBe(1);
    expect(countFailure(pair, rules, rules.forgetAfterMs - 1).count).toBe(13);
  });

  it('holds nobody up who has not failed himself, whatever others did from his address, at his device or in his name', () => {
    fc.assert(
      fc.property(anything, fc.integer({ min: 0, max: 1e12 }), (found, nowMs) => {
        expect(heldUntilMs({ ...found, pair: noFailures }, rules, nowMs)).toBe(0);
      }),
    );
  });

  it('never holds anybody up longer than the longest delay after his own last failure', () => {
    fc.assert(
      fc.property(anything, fc.integer({ min: 0, max: 1e12 }), (found, nowMs) => {
        expect(heldUntilMs(found, rules, nowMs)).toBeLessThanOrEqual(found.pair.lastAtMs + rules.delayMaxMs);
      }),
    );
  });

  it('holds up whoever failed, by each scope that is over its free failures', () => {
    const atMs = 2_000_000_000;
    for (const scope of scopes.slice(1)) {
      const found = { ...nobody, pair: failedTimes(1, atMs), [scope]: failedTimes(rules.free[scope] + 2, atMs) };
      expect(heldUntilMs(found, rules, atMs)).toBe(atMs + 2 * rules.delayFirstMs);
    }
  });

  it('lets a guesser at one device try no more than a hundred and ten times a day, however patient he is', () => {
    let nowMs = 5_000_000_000;
    const endMs = nowMs + 86_400_000;
    let pair = noFailures;
    let tries = 0;
    while (nowMs < endMs) {
      pair = countFailure(pair, rules, nowMs);
      tries += 1;
      nowMs = Math.max(nowMs + 1, heldUntilMs({ ...nobody, pair }, rules, nowMs));
    }
    expect(tries).toBeLessThanOrEqual(110);
  });
});

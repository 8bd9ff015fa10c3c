import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  admit,
  attemptRulesDefault as rules,
  claimTurn,
  countFailure,
  countHeard,
  heardMax,
  heldUntilMs,
  noFailures,
  takeBackHeard,
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

  it('hears eight wrong tries of a held pair in each longest delay, and no more', () => {
    const atMs = 3_000_000_000;
    const gate = newGate();
    const outcomes = Array.from({ length: 30 }, () => tryOnce(gate, false, atMs));
    expect(outcomes.filter((one) => one === 'judged')).toHaveLength(rules.free.pair + 1);
    expect(outcomes.filter((one) => one === 'heard')).toHaveLength(heardMax);
    expect(outcomes.at(-1)).toBe('unheard');
    const later = atMs + rules.delayMaxMs - 1;
    for (let i = 0; i < 30; i += 1) tryOnce(gate, false, later);
    expect(tryOnce(gate, false, later + 1)).toBe('heard');
    const owners = newGate();
    owners.failures.pair = failedTimes(12, atMs);
    expect(new Set(Array.from({ length: 20 }, () => tryOnce(owners, true, atMs)))).toEqual(new Set(['heard']));
  });

  it('lets an owner in no later than the longest delay after his first right try, however often others fail by his card at his desk', () => {
    // Whoever guesses takes every turn the moment it comes, and is heard almost as often as anybody is.
    const tries = fc.array(fc.integer({ min: 0, max: 29 }), { maxLength: heardMax - 2 });
    fc.assert(
      fc.property(tries, fc.integer({ min: 0, max: 2 * rules.delayMaxMs }), (guessedAt, ownerFromMs) => {
        const gate = newGate();
        const startMs = 1_000_000_000;
        const guessAtTurn = (atMs: number): void => {
          if (admit(gate.failures, rules, atMs) === 'judged') tryOnce(gate, false, atMs);
        };
        gate.failures.pair = failedTimes(12, startMs);
        for (let ms = 0; ms < ownerFromMs; ms += 1_000) guessAtTurn(startMs + ms);
        const became = Array.from({ length: 31 }, (_, i) => {
          const atMs = startMs + ownerFromMs + (i * rules.delayMaxMs) / 30;
          guessAtTurn(atMs);
          if (guessedAt.includes(i)) tryOnce(gate, false, atMs);
          return tryOnce(gate, true, atMs);
        });
        expect(became.at(-1)).toBe('in');
      }),
    );
  });

  it('compares no more than some nine hundred guesses a day of whoever never rests', () => {
    const gate = newGate();
    const startMs = 4_000_000_000;
    const outcomes: string[] = [];
    for (let atMs = startMs; atMs < startMs + 86_400_000; atMs += 500) outcomes.push(tryOnce(gate, false, atMs));
    const compared = outcomes.filter((one) => one !== 'unheard').length;
    expect(compared).toBeLessThanOrEqual(110 + heardMax * 97);
  });
});

type Gate = { failures: Record<AttemptScope | 'heard' | 'right', Failures> };

function newGate(): Gate {
  return { failures: { ...nobody, heard: noFailures, right: noFailures } };
}

/** One try at a gate of one pair: what became of it. */
function tryOnce(gate: Gate, isRight: boolean, nowMs: number): 'in' | 'judged' | 'heard' | 'unheard' {
  const found = gate.failures;
  const admission = admit(found, rules, nowMs);
  if (admission === 'judged' && isRight) {
    gate.failures = { ...found, pair: noFailures, heard: noFailures, right: noFailures };
    return 'in';
  }
  if (admission === 'judged') gate.failures = { ...found, pair: countFailure(found.pair, rules, nowMs) };
  if (admission !== 'heard') return admission;
  const heard = countHeard(found.heard, rules, nowMs);
  if (!isRight) {
    gate.failures = { ...found, heard };
    return admission;
  }
  const { right, isTurn } = claimTurn(found, rules, nowMs);
  gate.failures = { ...found, right, heard: takeBackHeard(heard) };
  return isTurn ? 'in' : admission;
}

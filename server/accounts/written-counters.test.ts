import { expect, it } from 'vitest';
import { beginsWriting, forgetWritten, hasWritten, watchWritten } from './written-counters.ts';

const key = (subject: string) => ({ scope: 'pair', subject }) as const;
const row = (subject: string, failures: number, lastAtMs: number) => ({
  ...key(subject),
  ...{ failures, last_at_ms: lastAtMs, tag: 'good' },
});

it('misses what it has written, where it is gone or older, and nothing else', () => {
  hasWritten(key('a'), { count: 3, lastAtMs: 100 });
  const isTakenAway = watchWritten([key('a'), key('b')]);
  const seen = [undefined, row('a', 2, 90), row('a', 2, 100), row('a', 3, 100), row('a', 4, 100), row('a', 1, 101)];
  expect(seen.map((one) => isTakenAway(key('a'), one))).toEqual([true, true, true, false, false, false]);
  expect(isTakenAway(key('b'), undefined)).toBe(false);
});

it('judges nothing that was written, deleted or forgotten for its age while it was read', () => {
  for (const [subject, meanwhile] of [
    ['written', () => hasWritten(key('written'), { count: 4, lastAtMs: 120 })],
    ['begun', () => beginsWriting([key('begun')])],
    ['old', () => forgetWritten(100)],
  ] as const) {
    hasWritten(key(subject), { count: 3, lastAtMs: 100 });
    const isTakenAway = watchWritten([key(subject)]);
    meanwhile();
    expect([subject, isTakenAway(key(subject), undefined)]).toEqual([subject, false]);
  }
});

it('stays bounded: of more than it keeps, what was written longest ago is missed no more', () => {
  const many = 50_001;
  for (let at = 0; at < many; at += 1) hasWritten(key(`key ${at}`), { count: 1, lastAtMs: 1 });
  const keys = [key('key 0'), key('key 1'), key('key 50000')];
  const isTakenAway = watchWritten(keys);
  expect(keys.map((one) => isTakenAway(one, undefined))).toEqual([false, true, true]);
});

import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ok, refuse, type Result } from '../../core/kernel/index.ts';
import type { Engine } from './context.ts';
import { Rounds } from './rounds.ts';

let answers: Result<null>[] = [];
let asked = 0;
let rounds: Rounds<null>;

beforeEach(() => {
  vi.useFakeTimers();
  asked = 0;
  rounds = new Rounds<null>({
    engine: {
      options: { chance: () => 0.999, log: () => undefined, random: () => new Uint8Array(8) },
    } as unknown as Engine,
    where: 'test',
    retryFirstMs: 500,
    round: async () => answers[asked++] ?? ok(null),
    onDone: () => 3_600_000,
    onFailed: () => undefined,
  });
});
afterEach(async () => {
  const stopped = rounds.stop();
  await vi.runAllTimersAsync();
  await stopped;
  vi.useRealTimers();
});

const turnedAway = (retryAfterSeconds: number): Result<null> => refuse('too-many-requests', { retryAfterSeconds });

it('asks no sooner than the server says, whoever kicks meanwhile, and at once when the time is over', async () => {
  answers = [turnedAway(10)];
  rounds.start();
  await vi.advanceTimersByTimeAsync(0);
  for (let second = 0; second < 10; second += 1) {
    rounds.kick();
    await vi.advanceTimersByTimeAsync(999);
    expect(asked).toBe(1);
  }
  await vi.advanceTimersByTimeAsync(5_010);
  expect(asked).toBe(2);
});

it('no server makes a desk wait for a year, and what is no time is none', async () => {
  answers = [turnedAway(31_536_000), turnedAway(-5), turnedAway(Number.NaN)];
  rounds.start();
  await vi.advanceTimersByTimeAsync(299_000);
  expect(asked).toBe(1);
  await vi.advanceTimersByTimeAsync(160_000);
  expect(asked).toBeGreaterThanOrEqual(4);
});

it('where the server says nothing, a kick asks at once', async () => {
  answers = [refuse('server-unreachable')];
  rounds.start();
  await vi.advanceTimersByTimeAsync(0);
  rounds.kick();
  await vi.advanceTimersByTimeAsync(0);
  expect(asked).toBe(2);
});

it('ends at once while it waits', async () => {
  answers = [turnedAway(300)];
  rounds.start();
  await vi.advanceTimersByTimeAsync(0);
  await rounds.stop();
  expect(asked).toBe(1);
});

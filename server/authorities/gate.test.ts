import { expect, test } from 'vitest';
import { createGate } from './gate.ts';

test('a gate never lets more through than its bound, also when those who waited take over and some fail', async () => {
  const gate = createGate({ runningMax: 3, waitingMax: 100 });
  let running = 0;
  let most = 0;
  const task = (i: number) =>
    gate.run(async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, i % 3));
      running -= 1;
      if (i % 5 === 0) throw new Error('failed');
      return i;
    });
  for (const _ of [1, 2]) {
    const ended = await Promise.allSettled(Array.from({ length: 60 }, (__, i) => task(i)));
    expect([most, ended.filter(({ status }) => status === 'rejected').length]).toEqual([3, 12]);
  }
});

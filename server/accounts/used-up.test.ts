import { expect, it } from 'vitest';
import { rememberUsedUp } from './used-up.ts';

it('remembers what was used up until it would have run out, and makes room then', () => {
  const used = rememberUsedUp();
  used.add('first', 100, 0);
  used.add('second', 200, 0);
  expect([used.has('first'), used.has('second'), used.has('third')]).toEqual([true, true, false]);
  used.add('third', 300, 100);
  expect([used.has('first'), used.has('second'), used.has('third')]).toEqual([false, true, true]);
});

it('stays bounded: of more than it keeps, the oldest are forgotten', () => {
  const used = rememberUsedUp();
  const many = 50_001;
  for (let at = 0; at < many; at += 1) used.add(`key ${at}`, 1_000, 0);
  const kept = Array.from({ length: many }, (_one, at) => used.has(`key ${at}`));
  expect([kept[0], kept[1], kept.at(-1)]).toEqual([false, true, true]);
});

import { expect, test } from 'vitest';
import { cryptoProA } from './curves.ts';
import { createTableMemory } from './table-memory.ts';

const { generator } = cryptoProA;
const usesBeforeTable = 8;
const places = 32;

const isMissing = (ask: () => unknown): boolean => ask() === undefined;
const user = (memory: ReturnType<typeof createTableMemory>, id: string) => memory.userOf(id, cryptoProA, generator);
const uses = (ask: () => unknown, count: number): readonly boolean[] =>
  Array.from({ length: count }, () => isMissing(ask));

test('a key gets its table when it has been used often enough, and whoever loads it again finds it', () => {
  const memory = createTableMemory();
  const first = user(memory, 'a');
  expect(uses(first, usesBeforeTable + 1)).toEqual([...uses(() => undefined, usesBeforeTable), false]);
  expect(user(memory, 'a')()).toBe(first());
  expect(isMissing(user(memory, 'b'))).toBe(true);
});

test('the table that was not asked for longest is forgotten, and its key has to earn another', () => {
  const memory = createTableMemory();
  const users = Array.from({ length: places + 1 }, (_, i) => user(memory, `key ${i}`));
  const [first, second, ...others] = users;
  if (first === undefined || second === undefined) throw new Error('there are more keys than places');
  uses(first, usesBeforeTable + 1);
  uses(second, usesBeforeTable + 1);
  for (const ask of others) {
    expect(isMissing(first)).toBe(false);
    uses(ask, usesBeforeTable + 1);
  }
  expect(isMissing(first)).toBe(false);
  expect(uses(second, usesBeforeTable + 1)).toEqual([...uses(() => undefined, usesBeforeTable), false]);
});

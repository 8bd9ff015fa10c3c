import { expect, it } from 'vitest';
import { ok, refuse } from '../../../core/kernel/index.ts';
import type { Engine, Shift } from '../context.ts';
import { readRegistry, recentRegistry } from './registry.ts';

const nobody = { isFounded: true, people: [], devices: [], waiting: [], policies: [], alarms: [], unconfirmed: [] };

/** A desk whose server tells an empty registry and counts how often; `mark` and the time are moved by the test. */
function desk() {
  const seen = { asked: 0, mark: 0, nowMs: 0 };
  const vault = (verb: string) => {
    if (verb === 'access.position') return Promise.resolve(ok({ position: 0 }));
    if (verb === 'access.list') return Promise.resolve(ok({ items: [], mark: seen.mark, hasMore: false }));
    return Promise.resolve(refuse('vault-closed'));
  };
  const server = (door: string) => {
    if (door === 'accessChanges') return Promise.resolve(ok({ changes: [], position: 0, latest: 0 }));
    seen.asked += 1;
    return Promise.resolve(ok({ ...nobody, review: { state: 'unruled' } }));
  };
  const engine = { vault: { call: vault }, options: { clock: { monotonicMs: () => seen.nowMs } } };
  return { seen, engine: engine as unknown as Engine, shift: { client: { call: server } } as unknown as Shift };
}

it('a list of changes asks the server once for a moment, and anew when a change was touched', async () => {
  const { seen, engine, shift } = desk();
  for (let i = 0; i < 5; i += 1) expect((await recentRegistry(engine, shift)).ok).toBe(true);
  expect(seen.asked).toBe(1);
  seen.mark = 1;
  for (let i = 0; i < 5; i += 1) await recentRegistry(engine, shift);
  expect(seen.asked).toBe(2);
  seen.nowMs = 10_000;
  await recentRegistry(engine, shift);
  expect(seen.asked).toBe(3);
});

it('what is signed is judged by what the server says at this very moment', async () => {
  const { seen, engine, shift } = desk();
  for (let i = 0; i < 3; i += 1) await readRegistry(engine, shift);
  expect(seen.asked).toBe(3);
});

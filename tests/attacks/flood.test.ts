import { afterEach, expect, test, vi } from 'vitest';
import { ok, refuse } from '../../core/kernel/index.ts';
import type { Shift } from '../../main/engine/context.ts';
import { SyncLoop } from '../../main/engine/sync/loop.ts';
import { pullChanges } from '../../main/engine/sync/changes.ts';
import { bearer, playedEngine } from './played-desk.ts';

afterEach(() => vi.useRealTimers());

/** A shift whose server answers nothing of use; counts rounds by what each asks of the vault, and hands out the stream. */
function bench(changes: { readonly position: number; readonly latest: number }) {
  const seen = { rounds: 0, pages: 0, policies: 0, signal: (_told: { policyVersion: number }) => undefined as void };
  const vault = {
    call: (verb: string) => {
      if (verb === 'outbox.next') seen.rounds += 1;
      if (verb === 'vault.status') return Promise.resolve(ok({ standing: [] }));
      if (verb === 'receipts.unwitnessed') return Promise.resolve(ok({ items: [] }));
      if (verb === 'heads') return Promise.resolve(refuse('vault-closed'));
      if (verb === 'cases.position' || verb === 'cases.apply') return Promise.resolve(ok({ position: 5, changed: [] }));
      return Promise.resolve(ok({ toSend: [], toProve: [], waiting: 0, overdue: 0 }));
    },
  };
  const client = {
    hasSession: true,
    listen: (options: { readonly onSignal: typeof seen.signal }) => {
      seen.signal = options.onSignal;
      return Promise.resolve(ok(() => undefined));
    },
    call: (door: string) => {
      if (door === 'posture') return Promise.resolve(ok({ service: 'full', findings: [] }));
      if (door === 'policies') {
        seen.policies += 1;
        return Promise.resolve(ok({ policies: [] }));
      }
      if (door !== 'changes') return Promise.resolve(refuse('server-unreachable'));
      seen.pages += 1;
      return Promise.resolve(ok({ changes: [], ...changes }));
    },
  };
  const options = {
    clock: { nowMs: () => 0, monotonicMs: () => Number.NEGATIVE_INFINITY },
    chance: () => 0.5,
  };
  const engine = playedEngine({ vault, options });
  const shift = {
    ...bearer,
    client,
    enrolment: {
      bundle: { checkpoint: '' },
      logPins: [{ key: {}, fromSize: 0 }],
      policies: [],
      policy: { version: 1 },
    },
  } as unknown as Shift;
  return { engine, shift, seen };
}

test('a server that floods the change stream does not make the workstation run round after round', async () => {
  vi.useFakeTimers();
  const { engine, shift, seen } = bench({ position: 5, latest: 5 });
  const loop = new SyncLoop(engine, shift);
  await vi.advanceTimersByTimeAsync(10);
  expect(seen.rounds).toBeGreaterThan(0);
  const before = seen.rounds;
  seen.policies = 0;
  for (let i = 0; i < 1_000; i += 1) {
    // Of a policy that it never shows.
    seen.signal({ policyVersion: 9 });
    await vi.advanceTimersByTimeAsync(1);
  }
  expect(seen.rounds - before).toBeGreaterThan(0);
  expect(seen.rounds - before).toBeLessThanOrEqual(4);
  expect(seen.policies).toBeGreaterThan(0);
  expect(seen.policies).toBeLessThanOrEqual(4);
  await loop.stop();
});

test('a feed of changes that goes back but promises more is asked once and left', async () => {
  const { engine, shift, seen } = bench({ position: 3, latest: 1_000_000 });
  expect(await pullChanges(engine, shift)).toMatchObject(ok({ hasMore: false }));
  expect(seen.pages).toBe(1);
});

test('a history that is told change by change is read in parts, so that what waits is sent in between', async () => {
  const { engine, shift } = bench({ position: 5, latest: 5 });
  let [position, pages] = [0, 0];
  const told = (): unknown => {
    const act = { leafIndex: position, actorName: '', receivedAtMs: 0 };
    return { position: position + 1, case: '', revision: 1, hash: '', envelope: '', cms: '', act };
  };
  const history = () => {
    pages += 1;
    return Promise.resolve(ok({ changes: [told()], position: position + 1, latest: 1_000_000 }));
  };
  const fold = (verb: string) => {
    if (verb === 'cases.apply') position += 1;
    return Promise.resolve(ok({ position, changed: [], forged: [] }));
  };
  Object.assign(engine, { vault: { call: fold } });
  Object.assign(shift.client, { call: history });
  expect(await pullChanges(engine, shift)).toEqual(ok({ hasMore: true, isUnproven: false }));
  expect(pages).toBeLessThanOrEqual(2);
  expect(await pullChanges(engine, shift)).toEqual(ok({ hasMore: true, isUnproven: false }));
  expect(position).toBe(pages);
});

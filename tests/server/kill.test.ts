import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseLeaf, verifyReceipt } from '../../core/log/index.ts';
import type { ActItem } from '../../contracts/http/index.ts';
import { sha256 } from '../../eds/index.ts';
import { verifyEd25519 } from '../../server/keys/index.ts';
import { startChild, type ChildServer } from './support/child.ts';
import { testForm } from './support/forms.ts';
import { startTestPlatform, type TestPlatform } from './support/platform.ts';
import { enrolled, newCase, receiptOf, resultsOf, type Workstation } from './support/workstation.ts';

type Kill = { readonly from: 'start' | 'answers'; readonly afterMs: number };

/** Kills spread from before the first commit, by the clock, to after the checkpoint, from when each workstation was answered. */
const kills: readonly Kill[] = [
  ...[5, 15, 30, 50, 80, 120].map((afterMs) => ({ from: 'start', afterMs }) as const),
  ...[0, 80, 200, 340].map((afterMs) => ({ from: 'answers', afterMs }) as const),
];
const stations = 4;

let platform: TestPlatform;
let workstations: Workstation[];

beforeAll(async () => {
  platform = await startTestPlatform();
  workstations = [];
  for (let i = 0; i < stations; i += 1) workstations.push(await enrolled(platform.server));
  await platform.server.close();
});

afterAll(async () => {
  await platform.remove();
});

/** What one workstation knows: what it signed, and the promise of each act that was acknowledged. */
type Ledger = { readonly workstation: Workstation; readonly items: ActItem[]; readonly promises: Map<string, string> };

async function sendUntilKilled({ workstation, items, promises }: Ledger, isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    const form = testForm();
    const item = workstation.act(platform.registrar, newCase(form), 'registration.submit', { form });
    items.push(item);
    try {
      for (const result of resultsOf(await workstation.send([item])))
        if ('promise' in result) promises.set(result.actionId, result.promise.document);
    } catch {
      // The server died in the middle: whether the act was kept, nobody here can know.
      return;
    }
  }
}

/** Sends all that has no promise again, in order, as an outbox does. */
async function resend({ workstation, items, promises }: Ledger): Promise<void> {
  const open = items.filter((item) => !promises.has(item.actionId));
  if (open.length === 0) return;
  for (const result of resultsOf(await workstation.send(open))) {
    expect('promise' in result ? '' : result.refusal.code).toBe('');
    if ('promise' in result) promises.set(result.actionId, result.promise.document);
  }
}

async function expectNothingLost({ workstation, items, promises }: Ledger): Promise<void> {
  for (const item of items) {
    const [again] = resultsOf(await workstation.send([item]));
    // The same promise to the letter: what was acknowledged is there, with the outcome it had.
    expect(again !== undefined && 'promise' in again ? again.promise.document : '').toBe(promises.get(item.actionId));
    const proof = await receiptOf(workstation, item.actionId);
    const verdict = verifyReceipt({
      proof,
      logKey: workstation.bundle.log.key,
      act: item.envelope,
      sha256,
      verifyEd25519,
    });
    expect(verdict).toMatchObject({ verdict: 'good', facts: { leaf: { outcome: 'accepted' } } });
  }
}

/** Ids of all acts in the log, read from its public tiles. */
async function loggedActs(server: ChildServer): Promise<readonly string[]> {
  const [reader] = workstations;
  const answer = await reader?.client.call({ method: 'GET', path: '/v1/log/checkpoint' });
  const size = Number(answer?.text.split('\n')[1]);
  const ids: string[] = [];
  for (let from = 0; from < size; from += 256) {
    const width = Math.min(256, size - from);
    const path = `/v1/log/tile/entries/${String(from / 256).padStart(3, '0')}${width === 256 ? '' : `.p/${width}`}`;
    const bytes = (await reader?.client.call({ method: 'GET', path }))?.bytes ?? Buffer.alloc(0);
    for (let at = 0; at < bytes.length; at += 2 + bytes.readUInt16BE(at)) {
      const leaf = parseLeaf(bytes.subarray(at + 2, at + 2 + bytes.readUInt16BE(at)).toString());
      if (leaf.ok && leaf.value.kind === 'act') ids.push(leaf.value.actionId);
    }
  }
  expect(server.state).toBe('accepting');
  return ids;
}

test('kill -9 at any moment loses nothing that was acknowledged and doubles nothing', async () => {
  const ledgers: Ledger[] = workstations.map((workstation) => ({ workstation, items: [], promises: new Map() }));
  const answers = (): readonly number[] => ledgers.map(({ promises }) => promises.size);
  for (const { from, afterMs } of kills) {
    const server = await startChild(platform.directory);
    for (const { workstation } of ledgers) workstation.reconnect(server);
    let isOver = false;
    const before = answers();
    const sending = ledgers.map(async (ledger) => {
      await resend(ledger).catch(() => undefined);
      await sendUntilKilled(ledger, () => isOver);
    });
    while (from === 'answers' && answers().some((count, i) => count === before[i])) await sleep(1);
    await sleep(afterMs);
    isOver = true;
    await server.kill();
    await Promise.all(sending);
  }
  const server = await startChild(platform.directory);
  for (const ledger of ledgers) {
    ledger.workstation.reconnect(server);
    await resend(ledger);
    await expectNothingLost(ledger);
  }
  const signed = ledgers.flatMap(({ items }) => items.map((item) => item.actionId));
  const logged = await loggedActs(server);
  expect(signed.length).toBeGreaterThan(kills.length);
  expect([...logged].toSorted()).toEqual([...signed].toSorted());
  await server.stop();
}, 110_000);

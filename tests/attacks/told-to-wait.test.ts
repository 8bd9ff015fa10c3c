import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { freePort, until } from '../../dev/demo/index.ts';
import { LyingPlatform } from './lying-platform.ts';
import { Relay, type TurnedAway } from './relay.ts';
import { asSuperuser } from './support.ts';
import { SyncDesk } from './sync-desk.ts';

let platform: LyingPlatform;
let relay: Relay;
let desk: SyncDesk;

beforeEach(async () => {
  const port = await freePort();
  const url = `https://127.0.0.1:${port}`;
  platform = await LyingPlatform.make(url);
  relay = new Relay(platform);
  await relay.listen(port);
  await platform.start();
  desk = await new SyncDesk().enrol({ ...platform.address(), url }, await platform.enrolCode());
}, 240_000);
afterEach(async () => {
  await desk.remove();
  await relay.close();
  await platform.remove();
});

/** What the log holds of the desk's acts, by their places in it. */
async function arrived(): Promise<readonly { readonly action_id: string; readonly sequence: number }[]> {
  return asSuperuser(platform, async (client) => {
    const { rows } = await client.query(
      `select a.action_id, a.sequence::int as sequence from act a join leaf_position p on p.leaf_id = a.leaf_id
       order by p.leaf_index`,
    );
    return rows as { action_id: string; sequence: number }[];
  });
}

test('a desk that is told to wait, again and again, waits as long as it is told, shows it, and loses, doubles and turns round nothing', async () => {
  const waits: readonly TurnedAway[] = [
    { retryAfter: '1', isPassedOn: false },
    { retryAfter: '2', isPassedOn: false },
    // The server has taken them, and its answer is lost on the way.
    { retryAfter: '1', isPassedOn: true },
    { retryAfter: '2', isPassedOn: false },
  ];
  const turnedAt: { readonly atMs: number; readonly waitMs: number }[] = [];
  const askedAt: number[] = [];
  relay.turnAway = ({ path }) => {
    askedAt.push(performance.now());
    const next = path === '/v1/acts' ? waits[turnedAt.length] : undefined;
    if (next !== undefined) turnedAt.push({ atMs: performance.now(), waitMs: Number(next.retryAfter) * 1_000 });
    return next;
  };
  const recorded: string[] = [];
  for (let n = 1; n <= 5; n += 1) recorded.push(await desk.record(n));
  await desk.work();
  const shown = new Set<string>();
  // Whoever signs goes on: each act kicks the loop.
  for (let n = 6; n <= 10; n += 1) {
    await until(() => turnedAt.length > 0, 30_000);
    await sleep(200);
    recorded.push(await desk.record(n));
    desk.kick();
  }
  await until(async () => {
    const { state, refusal } = desk.engine.state.server;
    shown.add(`${state} ${refusal?.code ?? ''}`);
    desk.kick();
    const states = await Promise.all(recorded.map((id) => desk.stateOf(id)));
    return states.every((one) => one === 'refused' || one === 'proven');
  }, 60_000);
  expect(turnedAt).toHaveLength(waits.length);
  for (const { atMs, waitMs } of turnedAt) {
    const next = askedAt.find((at) => at > atMs + 50);
    expect((next ?? Number.NaN) - atMs).toBeGreaterThanOrEqual(waitMs - 5);
  }
  expect(shown).toContain('offline too-many-requests');
  await until(() => desk.engine.state.server.refusal?.code !== 'too-many-requests', 30_000);
  expect(desk.engine.state.outbox.waiting).toBe(0);
  const log = await arrived();
  expect(log.map(({ action_id: id }) => id)).toEqual(recorded);
  expect(log.map(({ sequence }) => sequence)).toEqual(log.map((_one, i) => (log[0]?.sequence ?? 0) + i));
  expect(await desk.entries('promise')).toHaveLength(recorded.length);
}, 120_000);

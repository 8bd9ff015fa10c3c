import { cpSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ActItem } from '../../contracts/http/index.ts';
import { createServerLog, openAdministration, realSurroundings, startServer } from '../../server/boot/index.ts';
import { holdWriter, openStore } from '../../server/store/index.ts';
import { asSuperuser } from '../attacks/support.ts';
import { testForm } from './support/forms.ts';
import { must, startTestPlatform, testFolder, type TestPlatform } from './support/platform.ts';
import { enrolled, newCase, type Workstation } from './support/workstation.ts';

let platform: TestPlatform;
let desk: Workstation;
/** The same platform in another folder, as a second machine has it: its keys and log, and the database of the first. */
const elsewhere = testFolder();
let databaseUrl = '';

beforeAll(async () => {
  platform = await startTestPlatform();
  desk = await enrolled(platform.server);
  for (const part of ['keys', 'log', join('database', 'app-role.json')]) {
    mkdirSync(join(elsewhere, 'database'), { recursive: true });
    cpSync(join(platform.directory, part), join(elsewhere, part), { recursive: true });
  }
  const cluster = join(platform.directory, 'database', 'postgres');
  const owner = JSON.parse(readFileSync(join(cluster, 'owner.json'), 'utf8')) as { user: string; password: string };
  const host = readFileSync(join(cluster, 'data', 'postmaster.pid'), 'utf8').split('\n')[4] ?? '';
  databaseUrl = `postgres://${owner.user}:${owner.password}@${encodeURIComponent(host)}/postgres`;
}, 120_000);
afterAll(async () => {
  await platform.remove();
  rmSync(elsewhere, { recursive: true, force: true });
});

function submission(): ActItem {
  const form = testForm();
  return desk.act(platform.registrar, newCase(form), 'registration.submit', { form });
}

const accepts = (): string => platform.server.state();

test('a second server of one database is refused, in whatever folder or machine it is started, and the first goes on', async () => {
  const started = await startServer({
    ...{ directory: elsewhere, databaseUrl, profile: 'demo', surroundings: realSurroundings },
    ...{ listen: { host: '127.0.0.1', port: 0 }, log: createServerLog(() => undefined) },
  });
  expect(started).toMatchObject({ ok: false, refusal: { code: 'server-running' } });
  const administration = await openAdministration({
    directory: elsewhere,
    databaseUrl,
    surroundings: realSurroundings,
  });
  expect(administration).toMatchObject({ ok: false, refusal: { code: 'server-running' } });
  expect(await desk.outcomes([submission()])).toEqual(['accepted']);
});

test('a server in whose place another wrote accepts nothing more, and says so; it is started anew', async () => {
  const item = submission();
  await asSuperuser(platform, (client) => client.query("update writer set run = 'another'"));
  await expect.poll(accepts, { timeout: 5_000, interval: 20 }).toBe('read-only');
  expect(await desk.outcomes([item])).toEqual(['server-read-only']);
  await asSuperuser(platform, (client) => client.query("update writer set run = ''"));
  await sleep(2_000);
  expect(accepts()).toBe('read-only');
  expect(platform.lines.some((line) => line.includes('another process writes into it'))).toBe(true);
  await platform.restart();
  desk.reconnect(platform.server);
  expect(accepts()).toBe('accepting');
  expect(await desk.outcomes([item])).toEqual(['accepted']);
}, 30_000);

test('a server that cannot be sure of its place accepts nothing before the next could take it, and goes on where nobody did', async () => {
  const item = submission();
  await asSuperuser(platform, async (client) => {
    await client.query('begin');
    await client.query('lock table writer in exclusive mode');
    const beganAtMs = performance.now();
    await expect.poll(accepts, { timeout: 14_000, interval: 20 }).toBe('read-only');
    expect(performance.now() - beganAtMs).toBeGreaterThan(5_000);
    expect(await desk.outcomes([item])).toEqual(['server-read-only']);
    await client.query('rollback');
  });
  await expect.poll(accepts, { timeout: 5_000 }).toBe('accepting');
  expect(await desk.outcomes([item])).toEqual(['accepted']);
}, 40_000);

test('a run that was killed is taken over from by one of those who wait, when it was silent longer than it would have gone on', async () => {
  const folder = testFolder();
  const { database, close } = must(await openStore({ folder: join(folder, 'database'), nowMs: 0 }));
  const hold = (run: string, isAlone = false) => holdWriter(database, { run, isAlone });
  try {
    const first = await hold('first', true);
    expect(await hold('second')).toBeUndefined();
    expect(first?.isHeld()).toBe(true);
    // Its pulse is that of nobody any more.
    await database.updateTable('writer').set({ run: 'killed' }).execute();
    const beganAtMs = performance.now();
    const taken = await Promise.all([hold('third'), hold('fourth')]);
    expect(performance.now() - beganAtMs).toBeGreaterThan(10_000);
    const holders = taken.filter((one) => one !== undefined);
    expect(holders).toHaveLength(1);
    expect([first?.isHeld(), holders[0]?.isHeld()]).toEqual([false, true]);
    await first?.release();
    expect(holders[0]?.isHeld()).toBe(true);
    await holders[0]?.release();
    const next = await hold('fifth');
    expect(next?.isHeld()).toBe(true);
    await next?.release();
  } finally {
    await close();
    rmSync(folder, { recursive: true, force: true });
  }
}, 60_000);

import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { endpoints } from '../../contracts/http/index.ts';
import { createServerLog, realSurroundings, startServer } from '../../server/boot/index.ts';
import {
  holdMirror,
  initMirror,
  restoreLog,
  startMirror,
  type Pulled,
  type RunningMirror,
} from '../../server/mirror/index.ts';
import { testForm } from './support/forms.ts';
import { must, startTestPlatform, testFolder, type TestPlatform } from './support/platform.ts';
import { enrolled, newCase, receiptOf, type Workstation } from './support/workstation.ts';

let platform: TestPlatform;
let workstation: Workstation;
let mirror: RunningMirror;
/** Where the platform answers from its first start on. */
let address: string;
const folder = testFolder();
const rounds: (Pulled | string)[] = [];

/** Starts the server again at its address, where the mirror looks for it. */
async function restart(): Promise<void> {
  await platform.server.close();
  platform.server = must(
    await startServer({
      directory: platform.directory,
      profile: 'demo',
      listen: { host: '127.0.0.1', port: Number(new URL(address).port) },
      log: createServerLog((line) => platform.lines.push(line)),
      surroundings: realSurroundings,
    }),
  );
  // A platform knows its address by its own record; the port of a test is another.
  workstation.reconnect({ url: address, pin: platform.server.pin });
}

async function startMirrorHere(): Promise<void> {
  mirror = must(
    await startMirror({
      ...{ folder, listen: { host: '127.0.0.1', port: 0 }, everyMs: 86_400_000, nowMs: Date.now },
      onRound: (round) => rounds.push(round.ok ? round.value : round.refusal.code),
      onBug: (bug) => rounds.push(String(bug)),
    }),
  );
  for (let tries = 0; rounds.length === 0 && tries < 200; tries += 1) await sleep(50);
}

async function submit(n: number): Promise<string> {
  const form = testForm(n);
  const item = workstation.act(platform.registrar, newCase(form), 'registration.submit', { form });
  expect(await workstation.outcomes([item])).toEqual(['accepted']);
  return receiptOf(workstation, item.actionId);
}

const status = async () =>
  endpoints.status.response.parse((await workstation.client.call({ method: 'GET', path: '/v1/status' })).json);

beforeAll(async () => {
  platform = await startTestPlatform();
  address = platform.server.url;
  workstation = await enrolled(platform.server);
  await submit(601);
  const card = must(
    initMirror({
      ...{ folder, name: 'mirror.bank.example', logKey: workstation.bundle.log.key, url: address },
      certificate: readFileSync(join(platform.directory, 'keys', 'tls-certificate.pem'), 'utf8'),
    }),
  );
  await startMirrorHere();
  const named = { url: mirror.url, keys: card.keys, door: card.door };
  writeFileSync(
    join(platform.directory, 'mirrors.json'),
    JSON.stringify({ form: 'qorgan.mirrors/1', mirrors: [named] }),
  );
  await restart();
}, 120_000);

afterAll(async () => {
  await mirror.close();
  await platform.remove();
  rmSync(folder, { recursive: true, force: true });
});

test('a mirror takes the log of a platform over its pinned TLS, and status and contact say when it vouched', async () => {
  expect(rounds).toEqual([{ size: expect.any(Number), added: expect.any(Number), isCosigned: true }]);
  const [pulled] = rounds as Pulled[];
  let told = await status();
  for (let tries = 0; told.mirrors[0]?.cosignedAtMs === null && tries < 100; tries += 1) {
    await sleep(100);
    told = await status();
  }
  const expected = { name: 'mirror.bank.example', size: pulled?.size, cosignedAtMs: expect.any(Number), trouble: null };
  expect(told.mirrors).toEqual([expected]);
  expect(Math.abs(Number(told.mirrors[0]?.cosignedAtMs) - Date.now())).toBeLessThan(120_000);
  const { epoch, sequence, previous: hash } = workstation;
  const heads = { acts: { sequence, hash }, entries: { sequence: 0, hash: '0'.repeat(64) } };
  const body = { form: 'qorgan.contact/1', epoch, heads, knownTreeSize: 0 };
  const contact = await workstation.client.call({ method: 'POST', path: '/v1/contacts', body });
  expect(endpoints.contact.response.parse(contact.json).mirrors).toEqual([expected]);
});

test(
  'a platform that lost its log goes on from what the mirror held, and what came after it',
  { timeout: 120_000 },
  async () => {
    // The mirror lacks this act: the database has it.
    await submit(602);
    const before = await status();
    await mirror.close();
    await platform.server.close();
    const held = must(holdMirror(folder, Date.now));
    const out = join(folder, 'out');
    const size = must(restoreLog(held.mirror, out));
    held.release();
    expect(size).toBeLessThan(before.log.size);
    rmSync(join(platform.directory, 'log'), { recursive: true });
    renameSync(join(out, 'log'), join(platform.directory, 'log'));
    await restart();
    expect(await status()).toMatchObject({ state: 'accepting', log: { size: before.log.size } });
    await submit(603);
    rounds.length = 0;
    await startMirrorHere();
    const after = await status();
    expect(rounds).toEqual([{ size: after.log.size, added: after.log.size - size, isCosigned: true }]);
  },
);

test('a list of mirrors that cannot be read keeps the server from starting', async () => {
  writeFileSync(join(platform.directory, 'mirrors.json'), '{}');
  await expect(restart()).rejects.toThrow('mirrors-malformed');
  rmSync(join(platform.directory, 'mirrors.json'));
  await restart();
});

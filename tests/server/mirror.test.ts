import { randomBytes, randomUUID } from 'node:crypto';
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ok, type DeviceId } from '../../core/kernel/index.ts';
import { parseEvidenceDocument } from '../../contracts/documents/index.ts';
import { endpoints } from '../../contracts/http/index.ts';
import { sha256Hex } from '../../eds/index.ts';
import { createServerLog, realSurroundings, startServer } from '../../server/boot/index.ts';
import {
  holdMirror,
  initMirror,
  restoreEvidence,
  restoreLog,
  startMirror,
  type BlobsPulled,
  type Pulled,
  type RunningMirror,
} from '../../server/mirror/index.ts';
import { openBlobStore, type Antivirus } from '../../server/evidence/index.ts';
import { statusUntil, upload } from '../evidence/support/uploader.ts';
import { TestClient } from './support/client.ts';
import { testForm } from './support/forms.ts';
import { must, startTestPlatform, testFolder, type TestPlatform } from './support/platform.ts';
import { enrolled, newCase, receiptOf, type Workstation } from './support/workstation.ts';

let platform: TestPlatform;
let workstation: Workstation;
let mirror: RunningMirror;
/** Where the platform answers from its first start on. */
let address: string;
let evidenceBlob: string;
const folder = testFolder();
const rounds: (Pulled | string)[] = [];
const evidenceRounds: (BlobsPulled | string)[] = [];

const baseAtMs = Date.now() - 3_600_000;
/** Whatever comes is clean: what a mirror keeps is sealed anyhow. */
const antivirus: Antivirus = {
  version: async () => ok({ engine: 'Own 1.0', baseVersion: '1', baseAtMs }),
  scan: async (source) => {
    for await (const part of source) void part;
    return ok({ found: null });
  },
};

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
      antivirus,
    }),
  );
  // A platform knows its address by its own record; the port of a test is another.
  workstation.reconnect({ url: address, pin: platform.server.pin });
}

async function startMirrorHere(): Promise<void> {
  rounds.length = 0;
  evidenceRounds.length = 0;
  mirror = must(
    await startMirror({
      ...{ folder, listen: { host: '127.0.0.1', port: 0 }, everyMs: 86_400_000, nowMs: Date.now },
      onRound: (round) => rounds.push(round.ok ? round.value : round.refusal.code),
      onEvidence: (round) => evidenceRounds.push(round.ok ? round.value : round.refusal.code),
      onBug: (bug) => rounds.push(String(bug)),
    }),
  );
  for (let tries = 0; evidenceRounds.length === 0 && tries < 200; tries += 1) await sleep(50);
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
  platform = await startTestPlatform(undefined, undefined, antivirus);
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

test('a mirror that the operator named takes the sealed evidence, and no other gets it', async () => {
  // Before its first start the operator had not named it.
  expect(evidenceRounds).toEqual(['mirror-door-closed']);
  const { sha256 } = await upload(workstation.client, randomBytes(300_000));
  const { document } = await statusUntil(workstation.client, sha256, (status) => status.document !== null);
  const { blob } = must(parseEvidenceDocument(document?.document ?? ''));
  await mirror.close();
  await startMirrorHere();
  expect(evidenceRounds).toEqual([{ held: 1, added: 1 }]);
  expect(sha256Hex(readFileSync(openBlobStore(join(folder, 'evidence')).pathOf(blob)))).toBe(blob);
  for (const path of ['/v1/evidence/blobs', `/v1/evidence/blobs/${blob}`]) {
    const stranger = new TestClient({ url: address, pin: platform.server.pin });
    expect((await stranger.call({ method: 'GET', path })).status).toBe(401);
    stranger.device = randomUUID() as DeviceId;
    expect((await stranger.call({ method: 'GET', path })).status).toBe(401);
    stranger.close();
    expect((await workstation.client.call({ method: 'GET', path })).status).toBe(200);
  }
  evidenceBlob = blob;
});

test(
  'a platform that lost its log and evidence goes on from what the mirror held, and what came after it',
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
    expect(must(await restoreEvidence(held.mirror, out))).toBe(1);
    held.release();
    expect(size).toBeLessThan(before.log.size);
    rmSync(join(platform.directory, 'log'), { recursive: true });
    rmSync(join(platform.directory, 'evidence', 'blobs'), { recursive: true });
    renameSync(join(out, 'log'), join(platform.directory, 'log'));
    renameSync(join(out, 'evidence', 'blobs'), join(platform.directory, 'evidence', 'blobs'));
    await restart();
    expect(await status()).toMatchObject({ state: 'accepting', log: { size: before.log.size } });
    const path = `/v1/evidence/blobs/${evidenceBlob}`;
    expect((await workstation.client.call({ method: 'GET', path })).status).toBe(200);
    await submit(603);
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

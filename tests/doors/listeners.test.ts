import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { noteKey, signNote } from '../../core/log/index.ts';
import { endpoints, mirrorDoors, witnessDoors } from '../../contracts/http/index.ts';
import type { Mirror } from '../../server/mirror/index.ts';
import { mirrorListener } from '../../server/mirror/serve.ts';
import {
  initWitness,
  openListener,
  requestSizeMaxBytes,
  startWitness,
  type Listener,
  type RunningWitness,
} from '../../server/witness/index.ts';
import { sha256, testKey, testLog } from '../support/index.ts';
import { newKey, TestPlatform } from '../vault/platform.ts';

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;
/** What stands in no table of these listeners, though it does in that of the platform or in somebody's hope. */
const neighbours = [
  '/',
  `${witnessDoors.logKey.path}/`,
  `${witnessDoors.addCheckpoint.path}/more`,
  '/v1/log/checkpoint/more',
  '/v1/log/keys',
  '/v1/log/../status',
  '/v1/log/tile/../keys',
  '/v1/evidence/blobs',
  endpoints.status.path,
  endpoints.acts.path,
  endpoints.registry.path,
];

const folder = mkdtempSync(join(tmpdir(), 'qorgan-listeners-'));
const log = testLog('qorgan.example', ['one', 'two', 'three']);
const rotating = new TestPlatform();
const first = noteKey(sha256, { name: rotating.origin, publicKey: rotating.logKey.publicKey });
const bugs: unknown[] = [];
let witness: RunningWitness;
let mirror: Listener;

beforeAll(async () => {
  expect(initWitness(folder, 'bank.example/w').ok).toBe(true);
  writeFileSync(join(folder, 'logs'), `${log.keyText}\n`);
  const listen = { host: '127.0.0.1', port: 0 };
  const onBug = (bug: unknown): void => void bugs.push(bug);
  const started = await startWitness({ folder, listen, nowMs: () => 1_795_400_000_000, onBug });
  if (!started.ok) throw new Error(started.refusal.code);
  witness = started.value;
  const store = {
    checkpoints: { latest: () => ({ note: log.note(3), head: { treeSize: 3 } }) },
    readEntries: () => Buffer.from('entries'),
    readHashes: () => Buffer.alloc(32),
  };
  const held = { store: () => store } as unknown as Mirror;
  const opened = await openListener({ listen, answer: mirrorListener(held, onBug) });
  if (!opened.ok) throw new Error(opened.refusal.code);
  mirror = opened.value;
});
afterAll(async () => {
  await witness.close();
  await mirror.close();
  rmSync(folder, { recursive: true, force: true });
});

function ask(url: string, method: string, path: string, body: string | Uint8Array = ''): Promise<number> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, method, path, agent: false }, (answer) => {
      answer.resume();
      answer.on('end', () => resolve(answer.statusCode ?? 0));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** A head of the log's name that another key signed. */
function strangersHead(): string {
  const stranger = testKey('a stranger');
  const key = noteKey(sha256, { name: 'qorgan.example', publicKey: stranger.publicKey });
  const [text = ''] = log.note(3).split('\n\n');
  return `old 0\n\n${signNote({ text: `${text}\n`, key, sign: stranger.sign })}`;
}

/** Who comes to each door of a witness without what the key of its log signed; a door without an entry does not compile. */
const callers: Readonly<Record<keyof typeof witnessDoors, Readonly<Record<string, readonly [string, number]>>>> = {
  addCheckpoint: {
    'with nothing': ['', 400],
    'with a head of a log that is not followed': [testLog('qorgan.other', ['one']).submission(0, 1), 404],
    'with a head of the log that another key signed': [strangersHead(), 403],
    'with a head whose signature was cut off': [log.submission(0, 3).replace(/\n— [^\n]*/gu, ''), 400],
  },
  logKey: {
    'with nothing': ['', 400],
    'with a change of a key that is not followed': [JSON.stringify(rotating.rotate()), 403],
    'with a change that its own new key signed': [JSON.stringify(new TestPlatform().rotate(newKey())), 403],
  },
};

describe.each(Object.keys(witnessDoors) as (keyof typeof witnessDoors)[])('the door %s of a witness', (name) => {
  const { path, method } = witnessDoors[name];

  test.each(Object.keys(callers[name]))('sends away whoever comes %s', async (who) => {
    const [body, status] = callers[name][who] ?? [];
    expect(await ask(witness.url, method, path, body)).toBe(status);
  });

  test('takes no other method, and reads no more than it must', async () => {
    for (const other of methods.filter((one) => one !== method))
      expect([other, await ask(witness.url, other, path)]).toEqual([other, 405]);
    expect(await ask(witness.url, method, path, Buffer.alloc(requestSizeMaxBytes + 1, 'a'))).toBe(413);
    expect(await ask(witness.url, method, path, Buffer.from([0xff, 0xfe]))).toBe(400);
  });
});

test('a witness vouches for what the key of its log signed, and follows no key but of that log', async () => {
  expect(await ask(witness.url, 'POST', witnessDoors.addCheckpoint.path, log.submission(0, 3))).toBe(200);
  expect(witness.logs).not.toContain(first.id);
  expect(bugs).toEqual([]);
});

describe.each(Object.keys(mirrorDoors) as (keyof typeof mirrorDoors)[])('the door %s of a mirror', (name) => {
  const { path, auth } = mirrorDoors[name];

  test('gives anybody what is public, and takes nothing', async () => {
    expect(auth).toBe('none');
    const at = path.replace('*', '0/000.p/3');
    expect([await ask(mirror.url, 'GET', at), await ask(mirror.url, 'HEAD', at)]).toEqual([200, 200]);
    for (const other of methods.filter((one) => one !== 'GET' && one !== 'HEAD'))
      expect([other, await ask(mirror.url, other, at, 'a body')]).toEqual([other, 405]);
  });
});

test('beside the doors of its table nothing is there, at a witness and at a mirror', async () => {
  const others: readonly string[] = Object.values(witnessDoors).map(({ path }) => path);
  for (const path of neighbours) {
    for (const method of ['GET', 'POST'] as const)
      expect([path, method, await ask(witness.url, method, path)]).toEqual([path, method, 404]);
    expect([path, await ask(mirror.url, 'GET', path)]).toEqual([path, 404]);
  }
  for (const path of others) expect([path, await ask(mirror.url, 'GET', path)]).toEqual([path, 404]);
  for (const { path } of Object.values(mirrorDoors))
    expect([path, await ask(witness.url, 'POST', path)]).toEqual([path, 404]);
  expect(bugs).toEqual([]);
});

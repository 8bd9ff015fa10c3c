import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { on } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openLogStore } from '../../server/log/index.ts';
import { servedLog, type ServedLog } from '../../tests/support/index.ts';

const program = join(resolve(import.meta.dirname, '../..'), 'cli/boot/qorgan.mjs');
const leaves = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_leaf, at) => `leaf ${from + at} `.repeat(30));

let folder: string;
let log: ServedLog;
let platform: Server;
let url: string;
/** Answers that the platform still gives before its line is cut for good; endless where it is well. */
let answersLeft = Infinity;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'qorgan-mirror-'));
  mkdirSync(join(folder, 'platform'));
  log = servedLog(join(folder, 'platform'), 'demo.qorgan.mirrored');
  log.append(leaves(0, 12_000));
  writeFileSync(join(folder, 'log.key'), `${log.keyText}\n`);
  platform = createServer((request, response) => {
    answersLeft -= 1;
    if (answersLeft < 0) return void response.destroy();
    if (request.url === '/v1/evidence/blobs') return void response.end('{"blobs":[],"next":null}');
    void log.fetch((request.url ?? '').replace('/v1/log/', ''), 1e9).then((file) => {
      response.writeHead(file.ok ? 200 : 404);
      response.end(file.ok ? file.value : undefined);
    });
  });
  await new Promise<void>((done) => platform.listen(0, '127.0.0.1', done));
  url = `http://127.0.0.1:${(platform.address() as AddressInfo).port}`;
});
afterAll(async () => {
  platform.closeAllConnections();
  await new Promise((done) => platform.close(done));
  log.close();
  rmSync(folder, { recursive: true, force: true });
});

type Said = Record<string, unknown>;

function qorgan(...given: readonly string[]): { readonly exit: number | null; readonly json: Said } {
  const { status, stdout } = spawnSync(process.execPath, [program, 'mirror', ...given, '--json'], {
    encoding: 'utf8',
    timeout: 20_000,
  });
  return { exit: status, json: JSON.parse(stdout) as Said };
}

function init(name: string): string {
  const directory = join(folder, name);
  const options = ['--directory', directory, '--log-key', join(folder, 'log.key'), '--url', url];
  const made = qorgan('init', '--name', 'bank.example/mirror', ...options);
  expect(made).toMatchObject({ exit: 0, json: { keys: [expect.any(String), expect.any(String)] } });
  expect(qorgan('init', '--name', 'bank.example/mirror', ...options).json).toMatchObject({
    reason: 'platform-key-exists',
  });
  return directory;
}

type Running = { readonly child: ChildProcess; readonly next: () => Promise<Said>; readonly ended: Promise<unknown> };

function start(directory: string, every: string): Running {
  const given = ['mirror', 'start', '--directory', directory, '--listen', '127.0.0.1:0', '--every', every, '--json'];
  // Without the launcher, so that a signal reaches the mirror itself.
  const child = spawn(process.execPath, [join(program, '../index.ts'), ...given], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = on(createInterface({ input: child.stdout }), 'line');
  return {
    child,
    next: async () => JSON.parse(String(((await lines.next()).value as [string])[0])) as Said,
    ended: new Promise((done) => child.on('exit', done)),
  };
}

describe('qorgan mirror', () => {
  it('pulls, serves the same octets, is checked, and gives the log back', { timeout: 60_000 }, async () => {
    const directory = init('whole');
    expect(qorgan('check', '--directory', directory)).toMatchObject({ exit: 0, json: { size: 0, cosignedAtMs: null } });
    const running = start(directory, '24h');
    const started = await running.next();
    expect(started).toMatchObject({ event: 'started', origin: 'demo.qorgan.mirrored' });
    expect(await running.next()).toMatchObject({ event: 'pulled', size: 12_000, added: 12_000, isCosigned: true });
    expect(await running.next()).toMatchObject({ event: 'evidence-pulled', held: 0, added: 0 });
    const read = async (path: string) => {
      const answer = await fetch(`${String(started['url'])}/v1/log/${path}`);
      return answer.status === 200 ? Buffer.from(await answer.arrayBuffer()) : answer.status;
    };
    expect(String(await read('checkpoint')).startsWith(log.note(12_000))).toBe(true);
    for (const path of [
      'tile/0/000',
      'tile/0/046.p/224',
      'tile/1/000.p/46',
      'tile/entries/013',
      'tile/entries/046.p/224',
    ]) {
      const own = await log.fetch(path, 1e9);
      expect(own.ok && own.value.length > 0 && Buffer.from(own.value).equals((await read(path)) as Buffer), path).toBe(
        true,
      );
    }
    for (const path of ['tile/0/047', 'tile/0/046', 'tile/9', '../mirror.json', 'tile/0/..%2f..%2fmirror.json'])
      expect(await read(path), path).toBe(404);
    expect((await fetch(`${String(started['url'])}/v1/log/checkpoint`, { method: 'POST' })).status).toBe(405);
    expect(qorgan('check', '--directory', directory).json).toMatchObject({ reason: 'server-running' });
    running.child.kill('SIGTERM');
    expect(await running.next()).toMatchObject({ event: 'stopped' });
    expect(await running.ended).toBe(0);
    expect(qorgan('check', '--directory', directory)).toMatchObject({ exit: 0, json: { size: 12_000, alarms: [] } });
    const out = join(folder, 'restored');
    expect(qorgan('restore', '--directory', directory, '--out', out)).toMatchObject({
      exit: 0,
      json: { size: 12_000 },
    });
    const store = openLogStore(join(out, 'log'), log.key);
    expect(store.checkpoints.latest()?.head).toEqual({ treeSize: 12_000, root: log.root(12_000) });
    store.close();
  });

  it('goes on after kill -9 in the middle of its first pull', { timeout: 60_000 }, async () => {
    const directory = init('killed');
    // Enough for half of the log, then nothing: the process is killed with a part on its disk.
    answersLeft = 60;
    const first = start(directory, '24h');
    await first.next();
    expect(await first.next()).toMatchObject({ event: 'refused', reason: 'mirror-origin-unreachable' });
    first.child.kill('SIGKILL');
    await first.ended;
    answersLeft = Infinity;
    const again = start(directory, '24h');
    await again.next();
    const pulled = await again.next();
    expect(pulled).toMatchObject({ event: 'pulled', size: 12_000, isCosigned: true });
    expect(pulled['added']).toBeLessThan(12_000);
    again.child.kill('SIGKILL');
    await again.ended;
    expect(qorgan('check', '--directory', directory)).toMatchObject({ exit: 0, json: { size: 12_000 } });
  });

  it('says what is wrong with how it was called', () => {
    const directory = join(folder, 'nothing');
    const started = (...more: readonly string[]) => qorgan('start', '--directory', directory, '--listen', ...more).json;
    expect(started('nowhere')).toMatchObject({ problem: 'address-malformed' });
    for (const period of ['0h', '24', '8d', '1s', '99999d'])
      expect(started('127.0.0.1:0', '--every', period)).toMatchObject({ problem: 'period-malformed' });
    expect(started('127.0.0.1:0', '--key', program)).toMatchObject({ problem: 'argument-missing' });
    expect(started('127.0.0.1:0')).toMatchObject({ reason: 'mirror-malformed' });
    const options = ['--directory', directory, '--name', 'm', '--log-key', join(folder, 'log.key')];
    expect(qorgan('init', ...options, '--url', 'ftp://platform.example').json).toMatchObject({
      reason: 'mirror-malformed',
    });
    writeFileSync(join(folder, 'other.key'), 'no key');
    const wrong = ['--directory', directory, '--name', 'm', '--log-key', join(folder, 'other.key'), '--url', url];
    expect(qorgan('init', ...wrong).json).toMatchObject({ reason: 'log-key-malformed' });
  });
});

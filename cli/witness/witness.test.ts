import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const program = join(resolve(import.meta.dirname, '../..'), 'cli/boot/qorgan.mjs');
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'witness-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function qorgan(...given: readonly string[]): { readonly exit: number | null; readonly json: Record<string, unknown> } {
  const { status, stdout } = spawnSync(process.execPath, [program, ...given, '--json'], {
    encoding: 'utf8',
    timeout: 20_000,
  });
  return { exit: status, json: JSON.parse(stdout) as Record<string, unknown> };
}

describe('qorgan witness', () => {
  it('makes two keys once, under a name that fits', () => {
    const directory = join(folder, 'made');
    expect(qorgan('witness', 'init', '--directory', directory, '--name', 'a name').json).toMatchObject({
      problem: 'witness-name-malformed',
    });
    const made = qorgan('witness', 'init', '--directory', directory, '--name', 'bank.example/w');
    expect(made).toMatchObject({
      exit: 0,
      json: { keys: [expect.stringMatching(/^bank\.example\/w\+/u), expect.stringMatching(/^bank\.example\/w\+/u)] },
    });
    const again = qorgan('witness', 'init', '--directory', directory, '--name', 'bank.example/w');
    expect(again).toMatchObject({ exit: 1, json: { reason: 'platform-key-exists' } });
  });

  it('says where it answers and ends when asked, and needs keys, an address, and both parts of TLS', async () => {
    const directory = join(folder, 'started');
    const start = ['witness', 'start', '--directory', directory, '--listen'];
    expect(qorgan(...start, '127.0.0.1:0').json).toMatchObject({ reason: 'platform-key-absent' });
    qorgan('witness', 'init', '--directory', directory, '--name', 'w.example');
    expect(qorgan(...start, 'nowhere').json).toMatchObject({ problem: 'address-malformed' });
    expect(qorgan(...start, '127.0.0.1:0', '--key', program).json).toMatchObject({ problem: 'argument-missing' });
    const child = spawn(process.execPath, [program, ...start, '127.0.0.1:0', '--json']);
    const ended = new Promise<number | null>((done) => child.on('exit', done));
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const first = JSON.parse((await lines.next()).value as string) as { readonly url: string };
    expect(first).toMatchObject({ event: 'started', logs: [] });
    expect((await fetch(`${first.url}/add-checkpoint`, { method: 'POST', body: 'old 0\n' })).status).toBe(400);
    child.kill('SIGTERM');
    expect(JSON.parse((await lines.next()).value as string)).toMatchObject({ event: 'stopped' });
    expect(await ended).toBe(0);
  });
});

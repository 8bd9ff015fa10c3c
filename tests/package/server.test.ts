import { createServer } from 'node:net';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  buildPackage,
  commandLine,
  cleanUp,
  homeOfNobody,
  isRoot,
  startAsNobody,
  until,
  type Ended,
  type Started,
} from './built.ts';

const runFile = promisify(execFile);
const home = homeOfNobody();
const directory = join(home, 'platform');
const started: Started[] = [];
let url = '';

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() =>
        typeof address === 'object' && address !== null ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}

function qorgan(...words: readonly string[]): Started {
  const child = startAsNobody(commandLine, [...words, '--json'], { HOME: home });
  started.push(child);
  return child;
}

const ended = (...words: readonly string[]): Promise<Ended> => qorgan(...words).ended;

beforeAll(async () => {
  await buildPackage();
  url = `https://127.0.0.1:${await freePort()}`;
}, 180_000);

afterAll(() => cleanUp(started));

describe('the server of the unpacked package, run by nobody', () => {
  it('makes a production platform, starts, says that it accepts, and stops when asked', async () => {
    const made = await ended('server', 'init', '--directory', directory, '--operator-name', 'Alan Sauda', '--url', url);
    expect(made.code, made.stderr + made.stdout).toBe(0);

    const server = qorgan('server', 'start', '--directory', directory);
    await until('the server says that it started', () => /"event":\s*"started"/u.test(server.output()), 60_000).catch(
      (error: Error) => {
        throw new Error(`${error.message}\n${server.output()}`);
      },
    );
    const status = await ended('server', 'status', '--directory', directory);
    expect(status.code, status.stdout + status.stderr).toBe(0);
    expect(status.stdout).toMatch(/"isRunning":\s*true/u);

    server.process.kill('SIGTERM');
    expect((await server.ended).code, server.output()).toBe(0);
    expect((await ended('server', 'status', '--directory', directory)).code).toBe(1);
  }, 120_000);

  it('refuses to run as root in production', async (context) => {
    if (!isRoot) return context.skip('only root can try');
    const words = ['server', 'start', '--directory', directory, '--json'];
    const refused = await runFile(commandLine, words, { timeout: 30_000 }).catch(
      (error: { code: number; stdout: string }) => error,
    );
    expect(refused).toHaveProperty('code', 1);
    expect(refused.stdout).toMatch(/root/u);
  }, 60_000);
});

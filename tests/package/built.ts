import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { inRoot, node24, root } from '../../build/paths.mjs';
import { nobody } from '../../build/runtime/index.mjs';

const runFile = promisify(execFile);

/** The application folder that `npm run package` makes. */
export const application = inRoot('out', 'linux-unpacked');
export const workstation = join(application, 'qorgan-workstation');
export const commandLine = join(application, 'resources', 'bin', 'qorgan');

export const isRoot = process.getuid?.() === 0;

/** Builds folder and Debian package unless they are made of the present source. */
export async function buildPackage(): Promise<void> {
  await runFile(node24, [inRoot('build', 'package.mjs'), '--deb', '--if-changed'], { cwd: root });
}

/** The one Debian package in the output folder. */
export function debFile(): string {
  const names = readdirSync(inRoot('out')).filter((name) => name.endsWith('.deb'));
  if (names.length !== 1 || names[0] === undefined)
    throw new Error(`expected one Debian package, found ${names.length}`);
  return inRoot('out', names[0]);
}

const homes: string[] = [];

/** A home of its own for a program that runs as nobody. */
export function homeOfNobody(): string {
  const home = mkdtempSync(join(tmpdir(), 'qorgan-package-'));
  homes.push(home);
  if (isRoot) chownSync(home, nobody.uid, nobody.gid);
  return home;
}

/** Ends what was started and removes the homes: for the end of a file of tests. */
export async function cleanUp(started: readonly Started[]): Promise<void> {
  for (const each of started) each.process.kill('SIGKILL');
  await Promise.allSettled(started.map(({ ended }) => ended));
  for (const home of homes.splice(0)) rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
}

export type Ended = { readonly code: number | null; readonly stdout: string; readonly stderr: string };

export type Started = { readonly process: ChildProcess; readonly ended: Promise<Ended>; readonly output: () => string };

/** Starts a program of the package as nobody, with no more of the environment than it is given. */
export function startAsNobody(
  file: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
): Started {
  const child = spawn(file, args, {
    env: { PATH: '/usr/bin:/bin', ...environment },
    cwd: '/',
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(isRoot ? nobody : {}),
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (part: Buffer) => (stdout += part.toString()));
  child.stderr.on('data', (part: Buffer) => (stderr += part.toString()));
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
  return { process: child, ended, output: () => stdout + stderr };
}

/** Waits for something that will be true, and fails with its name when it is not in time. */
export async function until(
  what: string,
  isTrue: () => boolean | Promise<boolean>,
  timeoutMs = 30_000,
  pauseMs = 100,
): Promise<void> {
  const deadlineMs = Date.now() + timeoutMs;
  while (!(await isTrue())) {
    if (Date.now() > deadlineMs) throw new Error(`in ${timeoutMs} ms it did not happen that ${what}`);
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}

export const hasXvfb = existsSync('/usr/bin/Xvfb');

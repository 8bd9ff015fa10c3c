import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { judgeLog } from './log-world.ts';
import type { Told } from './log-workload.ts';

const laboratory = mkdtempSync(join(tmpdir(), 'qorgan-errors-'));
afterAll(() => rmSync(laboratory, { recursive: true, force: true }));

const hasStrace = spawnSync('strace', ['-V']).status === 0;
if (!hasStrace) process.stderr.write('SKIPPED: no strace, so no call of the system failed on purpose\n');

/** Each durable call of the log and the file of it that must fail, with calls early and late. */
const calls = [
  ['pwrite64', 'bundles', [3, 150]],
  ['fdatasync', 'bundles', [2, 60]],
  ['pwrite64', 'bundle-starts', [1, 6]],
  ['fdatasync', 'bundle-starts', [1, 2]],
  ['pwrite64', 'tiles-1', [1, 6]],
  ['fdatasync', 'tiles-1', [1]],
  ['write', 'checkpoint.new', [1, 20]],
  ['fsync', 'checkpoint.new', [1, 20]],
  ['rename', 'checkpoint.new', [1, 20]],
  ['fsync', '.', [2, 20]],
] as const;
const all = calls.flatMap(([call, file, times]) =>
  times.flatMap((time) => (['EIO', 'ENOSPC'] as const).map((error) => ({ call, file, time, error }))),
);
// A third of the cases, and all of them in the long run.
const isWhole = process.env['QORGAN_EVERY_OCTET'] !== undefined;
const cases = all.filter((_, i) => isWhole || i % 3 === 0);

/** Runs the workload while the named call on the named file fails once; what it answered, line by line. */
function runFailing({ call, file, time, error }: (typeof all)[number], root: string): readonly Told[] {
  const folder = join(root, 'log');
  mkdirSync(folder, { recursive: true });
  const acknowledgements = join(root, 'acknowledged');
  const script = join(import.meta.dirname, 'log-workload.ts');
  const traced = ['-f', '-qq', '-o', join(root, 'trace'), '-P', join(folder, file)];
  const injected = ['-e', `trace=${call}`, '-e', `inject=${call}:error=${error}:when=${time}`];
  spawnSync('strace', [...traced, ...injected, process.execPath, script, folder, acknowledgements], {
    stdio: 'ignore',
    timeout: 60_000,
  });
  expect(readFileSync(join(root, 'trace'), 'utf8')).toContain('INJECTED');
  const lines = readFileSync(acknowledgements, 'utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line) as Told);
}

describe.skipIf(!hasStrace)('a disk that fails the central log', () => {
  it.each(cases)('is never answered for: $error from $call of $file, time $time', { timeout: 60_000 }, (failing) => {
    const root = mkdtempSync(join(laboratory, 'case-'));
    const told = runFailing(failing, root);
    const refusedAt = told.findIndex(({ refused }) => refused > 0);
    const [before, refused, last] = [told[refusedAt - 1], told[refusedAt], told.at(-1)];
    if (before === undefined || refused === undefined || last === undefined) throw new Error('the failure was refused');
    // Said when the call failed: neither the leaves nor the checkpoint that were under way.
    expect(refused).toEqual({ ...before, refused: 1 });
    const isOfLeaves = before.wanted > before.size;
    expect(isOfLeaves).toBe(['bundles', 'bundle-starts', 'tiles-1'].includes(failing.file));
    // A log whose leaves failed stays closed until it is opened anew.
    if (isOfLeaves) expect(last).toEqual({ ...before, refused: 3 });
    expect(judgeLog(join(root, 'log'), last)).toBeUndefined();
    rmSync(root, { recursive: true, force: true });
  });
});

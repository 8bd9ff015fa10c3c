import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { judgeUploads, type UploadTold } from './upload-world.ts';

const laboratory = mkdtempSync(join(tmpdir(), 'qorgan-upload-errors-'));
afterAll(() => rmSync(laboratory, { recursive: true, force: true }));

const hasStrace = spawnSync('strace', ['-V']).status === 0;
if (!hasStrace) process.stderr.write('SKIPPED: no strace, so no call of the system failed on purpose\n');

/** Each durable call of an upload and its blob, and whether what failed is asked for again, or ends the process that was just opening. */
const calls = [
  ['pwrite64', 'incoming/upload-3', 1, 'ends'],
  ['pwrite64', 'incoming/upload-3', 2, 'refused'],
  ['pwrite64', 'incoming/upload-3', 3, 'refused'],
  ['fdatasync', 'incoming/upload-3', 1, 'refused'],
  ['fdatasync', 'incoming/upload-3', 2, 'refused'],
  // The second of two chunks under one flush, and their flush.
  ['pwrite64', 'incoming/upload-4', 3, 'refused'],
  ['fdatasync', 'incoming/upload-4', 1, 'refused'],
  ['ftruncate', 'incoming/upload-3', 1, 'ends'],
  ['fsync', 'incoming/upload-3', 1, 'ends'],
  ['fsync', 'incoming', 2, 'ends'],
  ['mkdir', 'blobs/sha256', 1, 'refused'],
  ['fsync', 'blobs', 1, 'refused'],
  ['fsync', 'blobs/sha256', 2, 'refused'],
  ['link', 'incoming/upload-3', 1, 'refused'],
] as const;
const cases = calls.flatMap(([call, file, time, outcome]) =>
  (['EIO', 'ENOSPC'] as const).map((error) => ({ call, file, time, outcome, error })),
);

/** Runs the workload while the named call on the named file fails once; what it answered, line by line, and how it ended. */
function runFailing({ call, file, time, error }: (typeof cases)[number], root: string) {
  const folder = join(root, 'evidence');
  mkdirSync(join(folder, 'incoming'), { recursive: true });
  const acknowledgements = join(root, 'acknowledged');
  const script = join(import.meta.dirname, 'upload-workload.ts');
  const traced = ['-f', '-qq', '-o', join(root, 'trace'), '-P', join(folder, file)];
  const injected = ['-e', `trace=${call}`, '-e', `inject=${call}:error=${error}:when=${time}`];
  const { status } = spawnSync(
    'strace',
    [...traced, ...injected, process.execPath, script, folder, acknowledgements, '6'],
    // One thread, so that the calls are counted as one.
    { stdio: 'ignore', timeout: 60_000, env: { ...process.env, UV_THREADPOOL_SIZE: '1' } },
  );
  expect(readFileSync(join(root, 'trace'), 'utf8')).toContain('INJECTED');
  const lines = readFileSync(acknowledgements, 'utf8').trim().split('\n');
  return { status, folder, told: lines.map((line) => JSON.parse(line) as UploadTold) };
}

describe.skipIf(!hasStrace)('a disk that fails an upload', () => {
  it.each(cases)(
    'is never answered for: $error from $call of $file, time $time',
    { timeout: 60_000 },
    async (failing) => {
      const root = mkdtempSync(join(laboratory, 'case-'));
      const { status, folder, told } = runFailing(failing, root);
      const last = told.at(-1);
      if (last === undefined) throw new Error('the process told something');
      if (failing.outcome === 'ends') {
        expect([status === 0, last.refused]).toEqual([false, 0]);
      } else {
        const refusedAt = told.findIndex(({ refused }) => refused > 0);
        // Said when the call failed: nothing else has changed. Then it is asked again, and done.
        expect(told[refusedAt]).toEqual({ ...told[refusedAt - 1], refused: 1 });
        expect([status, last.blobs.length, last.refused]).toEqual([0, 6, 1]);
      }
      expect(await judgeUploads(folder, last)).toBeUndefined();
      rmSync(root, { recursive: true, force: true });
    },
  );
});

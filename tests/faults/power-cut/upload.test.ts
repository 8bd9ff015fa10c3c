import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cutPower } from './cut-power.ts';
import { compileRecorder, recordScript, type Operation } from './recording.ts';
import { judgeUploads, uploads, type UploadTold } from './upload-world.ts';

const seed = Number(process.env['QORGAN_SEED'] ?? Date.now() % 1_000_000_007);
const cutsWanted = process.env['QORGAN_EVERY_OCTET'] === undefined ? 300 : 1_200;
const laboratory = mkdtempSync(join(tmpdir(), 'qorgan-power-upload-'));
// Nothing of a judged store has to last: memory spares the disk thousands of syncs.
const judged = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : laboratory, 'qorgan-power-upload-'));
const root = join(laboratory, 'run');
const folder = join(root, 'evidence');
const acknowledgements = join(root, 'acknowledged');
let operations: readonly Operation[];

beforeAll(() => {
  mkdirSync(join(folder, 'incoming'), { recursive: true });
  const args = [folder, acknowledgements];
  operations = recordScript({ recorder: compileRecorder(laboratory), script: 'upload-workload.ts', args, root });
}, 120_000);
afterAll(() => {
  for (const path of [laboratory, judged]) rmSync(path, { recursive: true, force: true });
});

const power = (count: number, deafTo?: string): Promise<readonly string[]> =>
  cutPower<UploadTold>({
    ...{ operations, acknowledgements, count, seed, deafTo },
    ...{ what: 'upload', root, folders: [folder, join(folder, 'incoming')], image: join(judged, 'after') },
    nothingTold: { offsets: {}, blobs: [], refused: 0 },
    judge: judgeUploads,
  });

describe('a power cut of uploads and blobs', () => {
  it(
    'takes no byte that an offset named and no blob that a leaf may name, and every upload goes on to its end',
    { timeout: 900_000 },
    async () => {
      expect(operations.filter(({ op }) => op === 'L').length).toBe(uploads);
      expect(operations.filter(({ op }) => op === 'S').length).toBeGreaterThan(300);
      expect(await power(cutsWanted)).toEqual([]);
    },
  );

  it.each(['incoming', 'incoming/upload-3', '.', 'blobs', 'blobs/sha256'])(
    'is seen to do harm on a disk that does not hear the syncs of %s',
    { timeout: 500_000 },
    async (path) => {
      expect(await power(600, join(folder, path))).not.toEqual([]);
    },
  );
});

import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cutPower } from './cut-power.ts';
import { judgeLog } from './log-world.ts';
import type { Told } from './log-workload.ts';
import { compileRecorder, recordScript, type Operation } from './recording.ts';

const seed = Number(process.env['QORGAN_SEED'] ?? Date.now() % 1_000_000_007);
const cutsWanted = process.env['QORGAN_EVERY_OCTET'] === undefined ? 60 : 1_200;
const laboratory = mkdtempSync(join(tmpdir(), 'qorgan-power-log-'));
// Nothing of a judged log has to last: memory spares the disk thousands of syncs.
const judged = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : laboratory, 'qorgan-power-log-'));
const root = join(laboratory, 'run');
const folder = join(root, 'log');
const acknowledgements = join(root, 'acknowledged');
let operations: readonly Operation[];

beforeAll(() => {
  mkdirSync(folder, { recursive: true });
  const recorder = compileRecorder(laboratory);
  operations = recordScript({ recorder, script: 'log-workload.ts', args: [folder, acknowledgements], root });
}, 120_000);
afterAll(() => {
  rmSync(laboratory, { recursive: true, force: true });
  rmSync(judged, { recursive: true, force: true });
});

const power = (count: number, deafTo?: string): Promise<readonly string[]> =>
  cutPower<Told>({
    ...{ operations, acknowledgements, count, seed, deafTo },
    ...{ what: 'log', root, folders: [folder], image: join(judged, 'after') },
    nothingTold: { wanted: 0, size: 0, checkpointSize: 0, refused: 0 },
    judge: judgeLog,
  });

describe('a power cut of the central log', () => {
  it(
    'loses no acknowledged leaf or checkpoint, and forks nothing, whenever it comes',
    { timeout: 1_500_000 },
    async () => {
      expect(operations.filter(({ op }) => op === 'S').length).toBeGreaterThan(150);
      expect(await power(cutsWanted)).toEqual([]);
    },
  );

  it.each(['log/bundles', 'log/checkpoint.new', 'log'])(
    'is seen to do harm on a disk that does not hear the syncs of %s',
    { timeout: 500_000 },
    async (path) => {
      expect(await power(400, join(root, path))).not.toEqual([]);
    },
  );
});

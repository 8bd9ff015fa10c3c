import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sha256Hex } from '../../../eds/index.ts';
import { initMirror } from '../../../server/mirror/index.ts';
import { servedLog, type ServedLog } from '../../support/index.ts';
import { cutPower } from './cut-power.ts';
import { growTo, judgeMirror, leavesAtEnd, origin, type MirrorTold } from './mirror-world.ts';
import { compileRecorder, recordScript, type Operation } from './recording.ts';

const seed = Number(process.env['QORGAN_SEED'] ?? Date.now() % 1_000_000_007);
const cutsWanted = process.env['QORGAN_EVERY_OCTET'] === undefined ? 60 : 1_200;
const laboratory = mkdtempSync(join(tmpdir(), 'qorgan-power-mirror-'));
// Nothing of a judged mirror has to last: memory spares the disk thousands of syncs.
const judged = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : laboratory, 'qorgan-power-mirror-'));
const root = join(laboratory, 'run');
const made = join(laboratory, 'made');
const folder = join(root, 'mirror');
const acknowledgements = join(root, 'acknowledged');
const parts = ['log', 'heads', 'alarms'].map((name) => join(folder, name));
let operations: readonly Operation[];
let log: ServedLog;

beforeAll(() => {
  for (const path of ['origin', 'whole']) mkdirSync(join(laboratory, path));
  log = servedLog(join(laboratory, 'whole'), origin);
  growTo(log, 0, leavesAtEnd);
  initMirror({ folder: made, name: 'mirror.example', logKey: log.keyText, url: 'https://platform.example' });
  mkdirSync(join(made, 'alarms'));
  cpSync(made, folder, { recursive: true });
  const args = [folder, acknowledgements, join(laboratory, 'origin')];
  operations = recordScript({ recorder: compileRecorder(laboratory), script: 'mirror-workload.ts', args, root });
}, 120_000);
afterAll(() => {
  log.close();
  for (const path of [laboratory, judged]) rmSync(path, { recursive: true, force: true });
});

const power = (count: number, deafTo?: string): Promise<readonly string[]> =>
  cutPower<MirrorTold>({
    ...{ operations, acknowledgements, count, seed, deafTo },
    ...{ what: 'mirror', root, folders: [folder, ...parts], image: join(judged, 'after') },
    nothingTold: { vouched: 0, alarms: 0 },
    judge: judgeMirror(made, log),
  });

describe('a power cut of a mirror', () => {
  it(
    'takes nothing that it vouched for, no head that it knew and no alarm, and it goes on, whenever it comes',
    { timeout: 1_500_000 },
    async () => {
      expect(operations.filter(({ op }) => op === 'S').length).toBeGreaterThan(150);
      expect(await power(cutsWanted)).toEqual([]);
    },
  );

  it.each(['log/bundles', 'log/checkpoint.new', 'log', `heads/${sha256Hex(origin)}.new`, 'heads', 'alarms'])(
    'is seen to do harm on a disk that does not hear the syncs of %s',
    { timeout: 500_000 },
    async (path) => {
      expect(await power(400, join(folder, path))).not.toEqual([]);
    },
  );
});

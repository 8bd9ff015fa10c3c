import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chanceFrom, DiskModel, writeImage } from './disk-model.ts';
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

/** Cuts the power at `count` points, on a disk that does not hear the syncs of `deafTo`. */
function cutPower(
  count: number,
  options: { readonly deafTo?: string; readonly isUntilHarm: boolean },
): readonly string[] {
  const chance = chanceFrom(seed);
  const first = operations.findIndex(({ path }) => path === acknowledgements) + 2;
  const points = new Set<number>();
  while (points.size < count) points.add(first + Math.floor(chance() * (operations.length - first)));
  const model = new DiskModel(folder);
  const faults: string[] = [];
  let told: Told = { wanted: 0, size: 0, checkpointSize: 0, refused: 0 };
  let cuts = 0;
  for (const [i, operation] of operations.entries()) {
    if (points.has(i)) {
      const image = join(judged, 'after');
      writeImage(model.cut(chance), { from: folder, to: image });
      const fault = judgeLog(image, told);
      cuts += 1;
      if (fault !== undefined) faults.push(`operation ${i} (${operation.op} ${operation.path}): ${fault}`);
      if (fault !== undefined && options.isUntilHarm) break;
    }
    if (operation.path === acknowledgements) {
      if (operation.op === 'W') told = JSON.parse(operation.data.toString('utf8')) as Told;
    } else if (operation.op !== 'S' || operation.path !== options.deafTo) model.perform(operation);
  }
  process.stdout.write(
    `power cut (log${options.deafTo === undefined ? '' : `, deaf to ${options.deafTo.slice(root.length + 1)}`}): seed ${seed}, ${operations.length} operations, ${cuts} cuts, ${faults.length} faults\n`,
  );
  return faults;
}

describe('a power cut of the central log', () => {
  it('loses no acknowledged leaf or checkpoint, and forks nothing, whenever it comes', { timeout: 500_000 }, () => {
    expect(operations.filter(({ op }) => op === 'S').length).toBeGreaterThan(150);
    expect(cutPower(cutsWanted, { isUntilHarm: false })).toEqual([]);
  });

  it.each(['log/bundles', 'log/checkpoint.new', 'log'])(
    'is seen to do harm on a disk that does not hear the syncs of %s',
    { timeout: 500_000 },
    (path) => {
      expect(cutPower(400, { deafTo: join(root, path), isUntilHarm: true })).not.toEqual([]);
    },
  );
});

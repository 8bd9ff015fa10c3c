import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { holdEvidence } from '../../../server/archive/index.ts';
import {
  keepEvidence,
  monthsAgoMs,
  startArchiveWorld,
  type ArchiveWorld,
  type Kept,
} from '../../server/support/archive-world.ts';
import { must } from '../../server/support/platform.ts';
import type { Told } from './archive-workload.ts';
import { cutPower } from './cut-power.ts';
import { compileRecorder, recordScript, type Operation } from './recording.ts';

const seed = Number(process.env['QORGAN_SEED'] ?? Date.now() % 1_000_000_007);
const cutsWanted = process.env['QORGAN_EVERY_OCTET'] === undefined ? 120 : 1_200;
const laboratory = mkdtempSync(join(tmpdir(), 'qorgan-power-archive-'));
const judged = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : laboratory, 'qorgan-power-archive-'));
const root = join(laboratory, 'run');
const folder = join(root, 'place');
const acknowledgements = join(root, 'acknowledged');
const rounds = 12;
const piecesARound = 4;
let world: ArchiveWorld;
let operations: readonly Operation[];
let folders: readonly string[];
const kept: Kept[] = [];
/** Where each ciphertext is at the end: its segment, as the database has it. */
const segmentOf = new Map<string, string>();

const onlinePath = ({ blob }: Kept): string =>
  join('evidence', relative(join(world.directory, 'evidence'), world.archive.blobs.pathOf(blob)));

beforeAll(async () => {
  world = await startArchiveWorld(monthsAgoMs(4));
  for (let round = 0; round < rounds; round += 1) {
    const hashes: Kept['sha256'][] = [];
    for (let i = 0; i < piecesARound; i += 1) {
      const one = await keepEvidence(world, { sizeBytes: 9_000 });
      kept.push(one);
      hashes.push(one.sha256);
    }
    const basis = 'held until its round';
    must(
      await holdEvidence(world.archive.desk, {
        id: `round-${round}`,
        of: { kind: 'evidence', hashes },
        basis,
        untilMs: null,
      }),
    );
    await world.archive.settle();
  }
  const held = new Set([join(folder, 'archive'), ...kept.map((one) => dirname(join(folder, onlinePath(one))))]);
  for (const path of held) mkdirSync(path, { recursive: true });
  folders = [folder, ...held];
  await world.close();
  const holds = Array.from({ length: rounds }, (_, round) => `round-${round}`).join(',');
  const args = [world.directory, folder, acknowledgements, holds];
  operations = recordScript({ recorder: compileRecorder(laboratory), script: 'archive-workload.ts', args, root });
  await world.reopen();
  const items = await world.archive.desk.database.selectFrom('archive_item').selectAll().execute();
  for (const { blob, segment } of items) segmentOf.set(blob, segment);
}, 120_000);
afterAll(async () => {
  await world.remove();
  for (const path of [laboratory, judged]) rmSync(path, { recursive: true, force: true });
});

const hashOf = (path: string): string | undefined =>
  existsSync(path) ? createHash('sha256').update(readFileSync(path)).digest('hex') : undefined;

/** Every piece is online, or in a segment that was found whole; and whatever may be in the database is whole on the disk. */
function judge(image: string, { segments }: Told): string | undefined {
  for (const { name, sha256 } of segments) {
    if (hashOf(join(image, 'archive', name)) !== sha256) return `a segment that may be recorded is not whole: ${name}`;
  }
  for (const one of kept) {
    const isOnline = hashOf(join(image, onlinePath(one))) === one.blob;
    const isArchived = segments.some(({ name }) => name === segmentOf.get(one.blob));
    if (!isOnline && !isArchived) return `a piece is nowhere: ${one.blob}`;
  }
  return undefined;
}

const power = (count: number, deafTo?: string): Promise<readonly string[]> =>
  cutPower<Told>({
    // The mover asks little of the disk: at most every second operation is a point.
    count: Math.min(count, operations.length >> 1),
    ...{ operations, acknowledgements, seed, deafTo, root, judge },
    ...{ what: 'archive', folders: [folder, ...folders.slice(1)], image: join(judged, 'after') },
    nothingTold: { segments: [] },
  });

describe('a power cut of the mover', () => {
  it('loses no piece of evidence and no recorded segment, whenever it comes', { timeout: 500_000 }, async () => {
    expect(readdirSync(join(folder, 'archive'))).toHaveLength(rounds);
    expect(segmentOf.size).toBe(rounds * piecesARound);
    // All have moved in the end.
    expect(kept.filter((one) => existsSync(join(folder, onlinePath(one))))).toEqual([]);
    expect(await power(cutsWanted)).toEqual([]);
  });

  it.each(['archive', 'draft'])(
    'is seen to do harm on a disk that does not hear the syncs of the %s',
    { timeout: 500_000 },
    async (what) => {
      const draft = operations.find(({ op, path }) => op === 'S' && path.endsWith('.new'))?.path ?? '';
      expect(await power(600, what === 'draft' ? draft : join(folder, 'archive'))).not.toEqual([]);
    },
  );
});

import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TestPlatform } from '../server/support/platform.ts';
import { chanceOf } from '../fuzz/chance.ts';
import { seeded } from '../support/index.ts';
import { openFlipWorld, type FlipWorld } from './flip-world.ts';
import { drawFlip, flipCell, readTargets, type Column, type Targets } from './flips.ts';
import unchecked from './unchecked-columns.json' with { type: 'json' };
import { stoppedPlatform } from './world.ts';

let platform: TestPlatform;
let world: FlipWorld;
let targets: Targets;

const randomFlips = 60;
const isUnchecked = ({ table, name }: Column): boolean => Object.hasOwn(unchecked, `${table}.${name}`);

beforeAll(async () => {
  platform = await stoppedPlatform({ cases: 24, people: 190 });
  world = await openFlipWorld(platform.directory);
  targets = await readTargets(world);
}, 120_000);

afterAll(async () => {
  await world.close();
  await platform.remove().catch(() => undefined);
});

test('nothing is found where nothing was changed', async () => {
  expect(await world.check(world.database)).toEqual([]);
});

test('one changed octet of any column that matters is found, and of no other', async () => {
  const { seed } = seeded('a flip of each column', targets.columns.length);
  const unexpected: unknown[] = [];
  for (const [i, column] of targets.columns.entries()) {
    const flip = await flipCell(world, column, chanceOf(seed, i));
    // Every table has a row, or what is found there would never be tried.
    if (flip === undefined || flip.findings.length > 0 === isUnchecked(column)) unexpected.push({ column, flip });
  }
  expect(unexpected).toEqual([]);
  const known = new Set(targets.columns.map(({ table, name }) => `${table}.${name}`));
  expect(Object.keys(unchecked).filter((name) => !known.has(name))).toEqual([]);
}, 180_000);

test(`one changed octet anywhere is found (${randomFlips} of the thousands that fuzz:check draws)`, async () => {
  const { seed } = seeded('random flips', randomFlips);
  const missed: unknown[] = [];
  for (let i = 0; i < randomFlips; i += 1) {
    const flip = await drawFlip(world, targets, { chance: chanceOf(seed, 10_000 + i), isLeftOut: isUnchecked });
    if (flip.findings.length === 0) missed.push(flip);
  }
  expect(missed).toEqual([]);
}, 90_000);

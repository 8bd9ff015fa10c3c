import { afterAll, beforeAll, expect, test } from 'vitest';
import { firstSchedule } from '../../core/retention/index.ts';
import { destroyDue, holdEvidence, moveDue, recordSchedule, releaseHoldOf } from '../../server/archive/index.ts';
import { chanceOf } from '../fuzz/chance.ts';
import { keepEvidence, monthsAgoMs, startArchiveWorld, type ArchiveWorld } from '../server/support/archive-world.ts';
import { must } from '../server/support/platform.ts';
import { seeded } from '../support/index.ts';
import { openFlipWorld, type FlipWorld } from './flip-world.ts';
import { archiveTables, flipCell, readColumns, type Column } from './flips.ts';

/** Columns that nothing is decided by, each with its reason. */
const unchecked: Readonly<Record<string, string>> = {
  'archive_check.segment': 'a note; whoever doubts it reads the segment again',
  'archive_check.outcome': 'a note of what a reading said; whoever doubts it reads the segment again',
  'archive_check.at_ms': 'a note of when a segment was read; whoever doubts it reads the segment again',
  'evidence_destroyed.at_ms': "the database's own clock; the document of the log says by which clock it was decided",
};

let world: ArchiveWorld;
let flips: FlipWorld;
/** Evidence of this test came by no upload: that alone is named. */
let known = 0;

beforeAll(async () => {
  world = await startArchiveWorld(monthsAgoMs(65));
  const pieces = [await keepEvidence(world), await keepEvidence(world), await keepEvidence(world)];
  world.clock.nowMs = Date.now();
  const { desk, settle } = world.archive;
  const basis = '№ 1';
  must(await recordSchedule(desk, { basis, classes: firstSchedule(desk.identity).classes }));
  const of = { kind: 'evidence', hashes: [pieces[0]?.sha256 ?? ''] } as never;
  must(await holdEvidence(desk, { id: 'court', of, basis, untilMs: null }));
  await settle();
  must(await moveDue(world.archive));
  must(await releaseHoldOf(desk, { id: 'court', basis }));
  world.clock.nowMs += 2_000;
  must(await moveDue(world.archive));
  must(await destroyDue(world.archive, { hashes: [pieces[1]?.sha256 ?? ''] as never, basis }));
  await settle();
  await world.close();
  flips = await openFlipWorld(world.directory);
}, 90_000);
afterAll(async () => {
  await flips.close();
  await world.remove();
});

const isArchive = ({ table }: Column): boolean => archiveTables.some((one) => one === table);
const isUnchecked = ({ table, name }: Column): boolean => Object.hasOwn(unchecked, `${table}.${name}`);

test('an archive with what moved and what was destroyed is as the log says', async () => {
  const findings = await flips.check(flips.database);
  known = findings.length;
  expect(findings.filter(({ place }) => place !== 'table evidence_upload')).toEqual([]);
});

test('one changed octet of any row of retention and archive is found', async () => {
  // The size of the last member is seen only by reading the segment, which is the work of `qorgan archive verify`.
  const isOfSegment = ({ name }: Column): boolean => name === 'packed_size_bytes';
  const all = (await readColumns(flips.database)).filter(isArchive);
  const columns = all.filter((column) => !isOfSegment(column));
  const { seed } = seeded('a flip of each column of the archive', columns.length);
  const unexpected: unknown[] = [];
  for (const [i, column] of columns.entries()) {
    const flip = await flipCell(flips, column, chanceOf(seed, i));
    if (flip === undefined || flip.findings.length > known === isUnchecked(column)) unexpected.push({ column, flip });
  }
  expect(unexpected).toEqual([]);
}, 90_000);

import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { check, furnish, startPlayedPlatform } from './world.ts';
import type { TestPlatform } from '../server/support/platform.ts';

let platform: TestPlatform;

beforeAll(async () => {
  platform = await startPlayedPlatform();
  await furnish(platform, { cases: 60 });
}, 120_000);

afterAll(async () => {
  await platform.remove();
});

test('a platform that was honestly kept is whole, beside its server and without it', async () => {
  const { directory } = platform;
  const live = await check({ directory });
  expect(live.findings).toEqual([]);
  await platform.server.close();
  const stopped = await check({ directory });
  expect(stopped.findings).toEqual([]);
  expect(stopped.summary).toMatchObject({ acts: 197, changes: 195, cases: 60, unknownLines: 0 });
});

test('files that the log does not know are named, wherever they lie', async () => {
  const { directory } = platform;
  const name = 'ab'.repeat(32);
  const added = [
    ['log', 'notes'],
    ['evidence/blobs', 'notes'],
    ['evidence/blobs', 'sha256/notes'],
    ['evidence/blobs', `sha256/ab/ab/${name}`],
    ['evidence/blobs', `sha256/ab/cd/${name}`],
    ['evidence/incoming', 'notes'],
  ] as const;
  for (const [place, key] of added) {
    mkdirSync(dirname(join(directory, place, key)), { recursive: true });
    writeFileSync(join(directory, place, key), 'x');
  }
  const { findings } = await check({ directory });
  const named = findings.map(({ place, key }) => `${place}/${key}`);
  expect(new Set(named)).toEqual(new Set(added.map(([place, key]) => `${place}/${key}`)));
  for (const [place, key] of added) rmSync(join(directory, place, key));
  expect((await check({ directory })).findings).toEqual([]);
});

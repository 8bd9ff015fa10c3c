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

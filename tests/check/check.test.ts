import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { hashSizeBytes, tileWidth } from '../../core/log/index.ts';
import { blockSizeBytes, lengthSizeBytes } from '../../server/log/index.ts';
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

test('the room that a killed server leaves behind the last entry is zeros, and hides neither a change nor a lost entry', async () => {
  const { directory } = platform;
  const file = join(directory, 'log', 'bundles');
  const whole = readFileSync(file);
  const room = Buffer.alloc(262_144);
  const findings = async (bytes: Buffer) => {
    writeFileSync(file, bytes);
    return (await check({ directory })).findings;
  };
  expect(await findings(Buffer.concat([whole, room]))).toEqual([]);
  const changed = Buffer.concat([whole, room]);
  const offset = whole.length + 100_000;
  changed[offset] = 1;
  const place = 'log/bundles';
  expect(await findings(changed)).toEqual([{ place, key: '', offset, is: 'unfinished', expected: 'file-end' }]);
  // A lost entry is one whose hash, in the tile at the start of its bundle, is gone too: the place looks like room.
  let at = blockSizeBytes;
  let entries = 0;
  let last = at;
  for (; at < whole.length; entries += 1, at += lengthSizeBytes + whole.readUInt16BE(at)) last = at;
  const lost = Buffer.concat([whole, room]).fill(0, last);
  expect((await findings(lost))[0]).toMatchObject({ place, is: 'different', expected: 'entry' });
  expect(entries).toBeLessThan(tileWidth);
  lost.fill(0, (entries - 1) * hashSizeBytes, entries * hashSizeBytes);
  const key = String(entries - 1);
  expect(await findings(lost)).toEqual([{ place, key, offset: last, is: 'missing', expected: 'entry' }]);
  writeFileSync(file, whole);
});

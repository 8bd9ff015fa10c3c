import { randomBytes } from 'node:crypto';
import { existsSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { evidenceSizeMaxBytes, recordSizeBytes } from '../../core/evidence/index.ts';
import { realSurroundings } from '../../server/boot/index.ts';
import { abandonedAfterMs, uploadQuota } from '../../server/evidence/index.ts';
import { codeOf } from '../server/support/client.ts';
import { startIn, startTestPlatform, type TestPlatform } from '../server/support/platform.ts';
import { enrolled, type Workstation } from '../server/support/workstation.ts';
import { create, describeBytes, offsetOf, patch } from './support/uploader.ts';

let platform: TestPlatform;
let workstation: Workstation;
beforeAll(async () => {
  platform = await startTestPlatform();
  workstation = await enrolled(platform.server);
});
afterAll(() => platform.remove());

test('one device may have so many bytes waiting, and another is not held up by it', async () => {
  const large = Math.floor(uploadQuota.bytesMax / evidenceSizeMaxBytes);
  const announce = (client: Workstation['client'], sizeBytes: number) =>
    create(client, { ...describeBytes(randomBytes(8)), sizeBytes });
  for (let i = 0; i < large; i += 1)
    expect((await announce(workstation.client, evidenceSizeMaxBytes)).status).toBe(201);
  const over = await announce(workstation.client, evidenceSizeMaxBytes);
  expect([codeOf(over), over.status, over.headers['retry-after']]).toEqual(['evidence-quota-exceeded', 429, '60']);
  const other = await enrolled(platform.server);
  expect((await announce(other.client, 1_000)).status).toBe(201);
  const statuses: number[] = [];
  for (let i = 0; i < uploadQuota.uploadsMax; i += 1) statuses.push((await announce(other.client, 1_000)).status);
  expect(statuses.filter((status) => status === 201).length).toBe(uploadQuota.uploadsMax - 1);
  expect(statuses.at(-1)).toBe(429);
});

test('what took no byte for a week is given up, what took one is not, and files that nobody names are swept', async () => {
  const station = await enrolled(platform.server);
  const [old, young] = [randomBytes(3 * recordSizeBytes), randomBytes(3 * recordSizeBytes)];
  const fileOf = (bytes: Buffer): string =>
    join(platform.directory, 'evidence', 'incoming', `${station.device}.${describeBytes(bytes).sha256}`);
  for (const bytes of [old, young]) {
    await create(station.client, describeBytes(bytes));
    await patch(station.client, describeBytes(bytes).sha256, 0, bytes.subarray(0, recordSizeBytes));
  }
  const stray = join(platform.directory, 'evidence', 'incoming', `${station.device}.${'0'.repeat(64)}`);
  writeFileSync(stray, 'left by a crash');
  await platform.server.close();
  const later = Date.now() + abandonedAfterMs + 60_000;
  utimesSync(fileOf(young), later / 1_000, later / 1_000);
  const shift = abandonedAfterMs + 120_000;
  const surroundings = { ...realSurroundings, nowMs: () => Date.now() + shift };
  platform.server = await startIn(platform.directory, platform.lines, undefined, undefined, surroundings);
  station.reconnect(platform.server);
  const asOf = { createdSeconds: Math.floor((Date.now() + shift) / 1_000) };
  for (let i = 0; i < 100 && existsSync(fileOf(old)); i += 1) await new Promise((resolve) => setTimeout(resolve, 50));
  expect([existsSync(fileOf(old)), existsSync(stray), statSync(fileOf(young)).size > recordSizeBytes]).toEqual([
    false,
    false,
    true,
  ]);
  const gone = await station.client.call({ method: 'GET', path: `/v1/evidence/${describeBytes(old).sha256}`, ...asOf });
  expect(codeOf(gone)).toBe('evidence-unknown');
  const kept = await station.client.call({
    method: 'HEAD',
    path: `/v1/evidence/uploads/${describeBytes(young).sha256}`,
    headers: { 'tus-resumable': '1.0.0' },
    ...asOf,
  });
  expect(offsetOf(kept)).toBe(recordSizeBytes);
});

import { randomBytes } from 'node:crypto';
import { createConnection, createServer, type AddressInfo, type Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { recordSizeBytes } from '../../core/evidence/index.ts';
import { ok } from '../../core/kernel/index.ts';
import { parseEvidenceDocument } from '../../contracts/documents/index.ts';
import type { Antivirus } from '../../server/evidence/index.ts';
import { chanceFrom } from '../faults/power-cut/disk-model.ts';
import { startChild } from '../server/support/child.ts';
import { TestClient } from '../server/support/client.ts';
import { must, startIn, startTestPlatform, type TestPlatform } from '../server/support/platform.ts';
import { enrolled, type Workstation } from '../server/support/workstation.ts';
import { create, describeBytes, head, offsetOf, patch, statusUntil } from './support/uploader.ts';

const seed = Number(process.env['QORGAN_SEED'] ?? Date.now() % 1_000_000_007);
const chance = chanceFrom(seed);
const cutsWanted = 100;
const kills = 8;
const startedAtMs = Date.now();
const chunkSizeBytes = 2 * recordSizeBytes;

/** Reads everything and finds nothing: what is tried here is the way to it. */
const calm: Antivirus = {
  version: async () => ok({ engine: 'Calm 1', baseVersion: '1', baseAtMs: startedAtMs }),
  scan: async (source) => {
    for await (const part of source) if (part.length === 0) throw new Error('a part has bytes');
    return ok({ found: null });
  },
};

let platform: TestPlatform;
let workstation: Workstation;

beforeAll(async () => {
  process.stdout.write(`resume: seed ${seed}\n`);
  platform = await startTestPlatform(undefined, undefined, calm);
  workstation = await enrolled(platform.server);
});
afterAll(() => platform.remove());

/** A line that breaks after a number of bytes that chance decides, as often as it is wanted. */
class BadLine {
  readonly #server: Server;
  cuts = 0;

  constructor(target: URL) {
    this.#server = createServer((near) => {
      const far = createConnection({ host: target.hostname, port: Number(target.port) });
      let left = this.cuts < cutsWanted ? 3_000 + Math.floor(chance() * 2 * chunkSizeBytes) : Number.MAX_SAFE_INTEGER;
      const cut = (): void => {
        near.destroy();
        far.destroy();
      };
      near.on('data', (part) => {
        left -= part.length;
        if (left > 0) far.write(part);
        else {
          this.cuts += 1;
          // What came before the break has arrived; what follows has not.
          far.write(part.subarray(0, Math.max(0, part.length + left)), cut);
        }
      });
      far.pipe(near);
      for (const socket of [near, far]) socket.on('error', cut).on('close', cut);
    });
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
  }

  get url(): string {
    return `https://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.close();
  }
}

/** Sends what is missing until a call breaks off, or all is there; `acknowledged` never goes back. */
async function sendOn(client: TestClient, bytes: Uint8Array, sent: { acknowledged: number }): Promise<boolean> {
  const descriptor = describeBytes(bytes);
  try {
    const created = await create(client, descriptor);
    expect(created.status).toBeLessThan(300);
    let offset = offsetOf(await head(client, descriptor.sha256));
    expect(offset).toBeGreaterThanOrEqual(sent.acknowledged);
    while (offset < bytes.length) {
      const answer = await patch(client, descriptor.sha256, offset, bytes.subarray(offset, offset + chunkSizeBytes));
      expect(answer.status).toBe(204);
      expect(offsetOf(answer)).toBe(Math.min(offset + chunkSizeBytes, bytes.length));
      offset = offsetOf(answer);
      sent.acknowledged = offset;
    }
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error) return false;
    throw error;
  }
}

async function expectAccepted(client: TestClient, bytes: Uint8Array): Promise<void> {
  const { sha256 } = describeBytes(bytes);
  const status = await statusUntil(client, sha256, ({ receipt }) => receipt !== null);
  expect(status.state).toBe('accepted');
  expect(must(parseEvidenceDocument(status.document?.document ?? '')).descriptor.sha256).toBe(sha256);
}

test(
  'an upload survives a hundred cut connections and loses no byte that was acknowledged',
  { timeout: 180_000 },
  async () => {
    const line = new BadLine(new URL(platform.server.url));
    await line.listen();
    let uploads = 0;
    for (; line.cuts < cutsWanted; uploads += 1) {
      const bytes = randomBytes(30 * recordSizeBytes + uploads);
      const sent = { acknowledged: 0 };
      for (let isDone = false, tries = 0; !isDone && tries < 1_000; tries += 1) {
        const client = new TestClient({ url: line.url, pin: platform.server.pin }, workstation.client.key);
        client.device = workstation.device;
        isDone = await sendOn(client, bytes, sent);
        client.close();
      }
      expect(sent.acknowledged).toBe(bytes.length);
      await expectAccepted(workstation.client, bytes);
    }
    process.stdout.write(`resume: ${line.cuts} cut connections over ${uploads} uploads\n`);
    expect(line.cuts).toBeGreaterThanOrEqual(cutsWanted);
    line.close();
  },
);

test('kill -9 at any moment of an upload loses no byte that was acknowledged', { timeout: 180_000 }, async () => {
  await platform.server.close();
  const bytes = randomBytes(600 * recordSizeBytes + 77);
  const sent = { acknowledged: 0 };
  const { key } = workstation.client;
  let resumed = 0;
  for (let kill = 0; kill < kills; kill += 1) {
    const server = await startChild(platform.directory);
    const client = new TestClient(server, key);
    client.device = workstation.device;
    if (sent.acknowledged > 0) resumed += 1;
    const sending = sendOn(client, bytes, sent);
    await sleep(20 + chance() * 400);
    await server.kill();
    await sending;
    client.close();
  }
  process.stdout.write(
    `resume: ${kills} kills, ${resumed} resumed, ${sent.acknowledged} of ${bytes.length} bytes acknowledged\n`,
  );
  expect(resumed).toBeGreaterThan(0);
  platform.server = await startIn(platform.directory, platform.lines, undefined, undefined, undefined, calm);
  workstation.reconnect(platform.server);
  expect(await sendOn(workstation.client, bytes, sent)).toBe(true);
  await expectAccepted(workstation.client, bytes);
});

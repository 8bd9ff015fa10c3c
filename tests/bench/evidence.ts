import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { chunkSizeMaxBytes } from '../../core/evidence/index.ts';
import { create, describeBytes, offsetOf, patch } from '../evidence/support/uploader.ts';
import { startChild } from '../server/support/child.ts';
import { TestClient } from '../server/support/client.ts';
import { startTestPlatform } from '../server/support/platform.ts';
import { enrolled } from '../server/support/workstation.ts';
import type { Measure } from './run.ts';

const sizeBytes = 134_217_728;
const rounds = 5;
const goal = 0.7;

/** A copy over HTTPS of the same bytes, flushed before it is answered for. */
async function startCopies(keys: string, folder: string) {
  const script = join(import.meta.dirname, 'yardstick', 'copy-server.ts');
  const child = spawn(process.execPath, [script, keys, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [port] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  return { url: `https://127.0.0.1:${port}`, stop: () => child.kill('SIGKILL') };
}

async function timed(run: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await run();
  return (performance.now() - started) / 1_000;
}

/** Sends all bytes, each chunk after the answer to the last; the next one is digested and signed while that one is on its way. */
async function sendEvidence(client: TestClient, bytes: Uint8Array, hash: string): Promise<void> {
  const chunks = Array.from({ length: Math.ceil(bytes.length / chunkSizeMaxBytes) }, (_, i) => i * chunkSizeMaxBytes);
  const send = (at: number) => {
    const sent = patch(client, hash, at, bytes.subarray(at, at + chunkSizeMaxBytes));
    // Told where it is waited for: one that was queued behind a refusal is cut off with it.
    sent.catch(() => undefined);
    return sent;
  };
  let next = send(0);
  for (const at of chunks) {
    const sent = next;
    const following = at + chunkSizeMaxBytes;
    // Queued on the same connection: it leaves when the answer has come.
    if (following < bytes.length) next = send(following);
    const answer = await sent;
    if (answer.status !== 204 || offsetOf(answer) !== Math.min(following, bytes.length))
      throw new Error(`bench: ${answer.status} ${answer.text}`);
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

/**
 * Megabytes a second of an upload, from its creation to the answer to its last chunk: every chunk is signed, compared with its digest,
 * sealed and flushed. Examination comes after it. The yardstick is a plain copy of the same bytes over the same loopback and TLS,
 * flushed once, in turns.
 */
export async function measure(): Promise<readonly Measure[]> {
  const platform = await startTestPlatform();
  const { client: enrolledClient } = await enrolled(platform.server);
  await platform.server.close();
  const child = await startChild(platform.directory);
  const folder = mkdtempSync(join(platform.directory, 'copies-'));
  const copies = await startCopies(join(platform.directory, 'keys'), folder);
  const client = new TestClient(child, enrolledClient.key);
  client.device = enrolledClient.device;
  const copier = new TestClient({ url: copies.url, pin: child.pin });
  const stop = async (): Promise<void> => {
    client.close();
    copier.close();
    copies.stop();
    await child.stop();
    rmSync(folder, { recursive: true, force: true });
    await platform.remove().catch(() => undefined);
  };
  try {
    return await measureRounds(client, copier);
  } finally {
    await stop();
  }
}

async function measureRounds(client: TestClient, copier: TestClient): Promise<readonly Measure[]> {
  const times = { evidence: [] as number[], copy: [] as number[] };
  for (let round = 0; round <= rounds; round += 1) {
    const bytes = randomBytes(sizeBytes);
    const descriptor = describeBytes(bytes, { class: 'video', mediaType: 'video/mp4' });
    const copy = await timed(async () => {
      const answer = await copier.call({ method: 'PUT', path: '/copy', rawBody: bytes });
      if (answer.status !== 200) throw new Error(`bench: ${answer.status}`);
    });
    const evidence = await timed(async () => {
      const made = await create(client, descriptor);
      if (made.status !== 201) throw new Error(`bench: ${made.text}`);
      await sendEvidence(client, bytes, descriptor.sha256);
    });
    // The first round compiles both.
    if (round > 0) times.copy.push(copy);
    if (round > 0) times.evidence.push(evidence);
  }
  const [value, plain] = [sizeBytes / 1e6 / median(times.evidence), sizeBytes / 1e6 / median(times.copy)];
  const ratio = median(times.copy.map((copy, i) => copy / (times.evidence[i] ?? 1)));
  return [
    { name: `evidence upload of ${sizeBytes / 1_048_576} MiB`, value, unit: 'MB/s', baseline: plain, ratio },
    {
      name: 'evidence upload against a plain copy, goal',
      value: ratio,
      unit: 'times',
      baseline: goal,
      ratio: ratio / goal,
    },
  ];
}

import { spawn } from 'node:child_process';
import { randomBytes, sign as signBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { recordKeySizeBytes, recordNoncePrefixSizeBytes, type EvidenceDescriptor } from '../../core/evidence/index.ts';
import { ok, type Sha256Hex } from '../../core/kernel/index.ts';
import type { EvidenceView } from '../../contracts/vault-host/index.ts';
import type { Engine } from '../../main/engine/context.ts';
import { ChunkSize, uploadBytes } from '../../main/engine/evidence/upload.ts';
import { createClient } from '../../main/engine/http/client.ts';
import { openTransport } from '../../main/engine/http/transport.ts';
import { readRecords, RecordFile } from '../../native/vault-host/evidence/index.ts';
import { describeBytes } from '../evidence/support/uploader.ts';
import { startChild, type ChildServer } from '../server/support/child.ts';
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

type Read = (part: { readonly offset: number; readonly limit: number }) => Uint8Array;

/** The upload of a workstation as it is, but for its vault, which reads by `read`. */
function startUploads(child: ChildServer, owner: TestClient) {
  const { device } = owner;
  if (device === undefined) throw new Error('bench: the device is enrolled first');
  const sign = (text: Uint8Array) => Promise.resolve(ok(new Uint8Array(signBytes(null, text, owner.key))));
  const client = createClient({
    transport: openTransport({ url: child.url, spki: child.pin.spki as Sha256Hex }),
    random: (size) => randomBytes(size),
    serverNowMs: Date.now,
    identity: { device, sign },
  });
  const send = async (descriptor: EvidenceDescriptor, read: Read): Promise<void> => {
    const call = (_verb: string, part: Parameters<Read>[0]) => Promise.resolve(ok({ bytes: read(part) }));
    const engine = { vault: { call }, options: { clock: { monotonicMs: () => performance.now() } } };
    const sent = await uploadBytes(engine as unknown as Engine, { descriptor } as unknown as EvidenceView, {
      client,
      chunkSize: new ChunkSize(),
      mayGoOn: () => Promise.resolve(true),
      onProgress: () => undefined,
    });
    if (!sent.ok || !sent.value.isWhole) throw new Error(`bench: ${JSON.stringify(sent)}`);
  };
  return { send, close: () => client.close() };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

/** Bytes in a file as the vault seals them; `read` opens them again, which at a workstation another process does. */
function sealedFile(bytes: Uint8Array, file: string): Read {
  const key = randomBytes(recordKeySizeBytes);
  const noncePrefix = randomBytes(recordNoncePrefixSizeBytes);
  const record = new RecordFile({ file, key, noncePrefix, sizeBytes: bytes.length });
  record.append(bytes);
  record.close();
  return (part) => {
    const read = readRecords({ file, key, sizeBytes: bytes.length }, part);
    if (read === undefined) throw new Error('bench: a file that was just sealed opens');
    return read;
  };
}

/**
 * Megabytes a second of an upload by the workstation's own code, from its creation to the answer to its last chunk: every chunk is signed,
 * compared with its digest, sealed and flushed. Its bytes come from memory, and once more from a sealed file that is opened in this
 * process. Examination comes after it. The yardstick is a plain copy of the same bytes over the same loopback and TLS, flushed once, in turns.
 */
export async function measure(): Promise<readonly Measure[]> {
  const platform = await startTestPlatform();
  const { client: enrolledClient } = await enrolled(platform.server);
  await platform.server.close();
  const child = await startChild(platform.directory);
  const folder = mkdtempSync(join(platform.directory, 'copies-'));
  const copies = await startCopies(join(platform.directory, 'keys'), folder);
  const uploads = startUploads(child, enrolledClient);
  const copier = new TestClient({ url: copies.url, pin: child.pin });
  const stop = async (): Promise<void> => {
    uploads.close();
    copier.close();
    copies.stop();
    await child.stop();
    rmSync(folder, { recursive: true, force: true });
    await platform.remove().catch(() => undefined);
  };
  try {
    return await measureRounds(uploads, copier, folder);
  } finally {
    await stop();
  }
}

async function measureRounds(
  uploads: ReturnType<typeof startUploads>,
  copier: TestClient,
  folder: string,
): Promise<readonly Measure[]> {
  const times = { copy: [] as number[], memory: [] as number[], vault: [] as number[] };
  const note = (kind: keyof typeof times, round: number, seconds: number): void => {
    // The first round compiles all of them.
    if (round > 0) times[kind].push(seconds);
  };
  for (let round = 0; round <= rounds; round += 1) {
    // Not a `Buffer`, whose slices would be the bytes themselves: what is sent is wiped.
    const bytes = Uint8Array.from(randomBytes(sizeBytes));
    const copy = async (): Promise<void> => {
      const answer = await copier.call({ method: 'PUT', path: '/copy', rawBody: Buffer.from(bytes.buffer) });
      if (answer.status !== 200) throw new Error(`bench: ${answer.status}`);
    };
    const descriptor = describeBytes(bytes, { class: 'video', mediaType: 'video/mp4' });
    const fromMemory: Read = ({ offset, limit }) => bytes.slice(offset, offset + limit);
    note('copy', round, await timed(copy));
    note('memory', round, await timed(() => uploads.send(descriptor, fromMemory)));
    bytes[0] = (bytes[0] ?? 0) ^ 1;
    const other = describeBytes(bytes, { class: 'video', mediaType: 'video/mp4' });
    const fromVault = sealedFile(bytes, join(folder, `sealed-${round}`));
    note('vault', round, await timed(() => uploads.send(other, fromVault)));
  }
  const speed = (seconds: readonly number[]): number => sizeBytes / 1e6 / median(seconds);
  const against = (seconds: readonly number[]): number => median(times.copy.map((copy, i) => copy / (seconds[i] ?? 1)));
  const size = `${sizeBytes / 1_048_576} MiB`;
  const speeds = (name: string, seconds: readonly number[]): Measure => ({
    ...{ name, value: speed(seconds), unit: 'MB/s' },
    ...{ baseline: speed(times.copy), ratio: against(seconds) },
  });
  const value = against(times.memory);
  return [
    speeds(`evidence upload of ${size}`, times.memory),
    speeds('the same from a sealed file, opened by the process that sends', times.vault),
    { name: 'evidence upload against a plain copy, goal', value, unit: 'times', baseline: goal, ratio: value / goal },
  ];
}

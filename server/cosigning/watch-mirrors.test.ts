import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { isMirrorWeak } from '../../contracts/http/index.ts';
import { formatNoteKey } from '../../core/log/index.ts';
import { servedLog, type ServedLog } from '../../tests/support/index.ts';
import { openLogStore, type LogStore } from '../log/index.ts';
import { cosign, initWitness, openWitness, type Witness } from '../witness/index.ts';
import { readMirrors, watchMirrors, type MirrorHealth, type NamedMirror } from './index.ts';

const hourMs = 3_600_000;
const startMs = 1_795_400_000_000;
const leaves = Array.from({ length: 40 }, (_leaf, at) => `leaf ${at}`);

let folder: string;
let nowMs = startMs;
let log: ServedLog;
let fork: ServedLog;
let store: LogStore;
let witness: Witness;
let mirror: NamedMirror;
let server: Server;
/** The checkpoint that the mirror shows; it gives no answer without. */
let shown: string | undefined;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'qorgan-mirrors-'));
  for (const name of ['log', 'fork', 'store']) mkdirSync(join(folder, name));
  log = servedLog(join(folder, 'log'), 'demo.qorgan.watched');
  fork = servedLog(join(folder, 'fork'), 'demo.qorgan.watched');
  store = openLogStore(join(folder, 'store'), log.key);
  log.append(leaves);
  fork.append(leaves.with(3, 'another leaf'));
  store.tree.append(leaves.slice(0, 30));
  initWitness(join(folder, 'mirror'), 'mirror.example');
  const opened = openWitness(join(folder, 'mirror'), () => nowMs);
  if (!opened.ok) throw new Error(opened.refusal.code);
  witness = opened.value;
  server = createServer((_request, response) => {
    if (shown === undefined) response.destroy();
    else response.end(shown);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const door = { id: '0b3f6c1e-6f0a-4d0e-9a8f-1f6d2b7c9e55', publicKey: new Uint8Array(32) };
  mirror = { name: 'mirror.example', url, certificate: null, keys: witness.signers.map(({ key }) => key), door };
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
  for (const one of [log, fork, store]) one.close();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => {
  nowMs = startMs;
  shown = undefined;
});

const vouchedFor = (note: string): string => cosign(witness, note) ?? '';

/** What is known after each of some steps; a round is run after each step, and ten minutes go by. */
async function heardAfter(steps: readonly (() => void)[]): Promise<{ after: MirrorHealth[]; told: MirrorHealth[] }> {
  const after: MirrorHealth[] = [];
  const told: MirrorHealth[] = [];
  const left = [...steps];
  left.shift()?.();
  await new Promise<void>((resolve) => {
    const watch = watchMirrors({
      mirrors: [mirror],
      log: { checkpointSize: () => 30, gap: () => undefined, tree: store.tree },
      nowMs: () => nowMs,
      tell: (health) => told.push(health),
      sleep: async (ms) => {
        nowMs += ms;
        if (ms < 60_000 || (nowMs - startMs) % 600_000 !== 0) return;
        after.push(...watch.health());
        const step = left.shift();
        step?.();
        if (step === undefined) resolve(watch.stop());
      },
    });
  });
  return { after, told };
}

const vouched = (size: number, cosignedAtMs: number): MirrorHealth => ({
  ...{ name: 'mirror.example', size, cosignedAtMs, trouble: null },
});

describe('what the server hears of a mirror', () => {
  it('is how much it vouched for and when, and stays said with its age while the mirror is silent', async () => {
    const { after, told } = await heardAfter([
      () => (shown = vouchedFor(log.note(20))),
      () => (shown = undefined),
      () => (shown = vouchedFor(log.note(30))),
    ]);
    expect(after).toEqual([
      vouched(20, startMs),
      { ...vouched(20, startMs), trouble: 'mirror-silent' },
      vouched(30, startMs + 1_200_000),
    ]);
    expect(told.map(({ trouble }) => trouble)).toEqual(['mirror-silent', null]);
  });

  it('is an alarm where it vouches for another tree than ours, or for more than we have', async () => {
    const { after } = await heardAfter([
      () => (shown = vouchedFor(fork.note(20))),
      () => (shown = vouchedFor(log.note(31))),
      () => (shown = vouchedFor(log.note(30))),
    ]);
    expect(after.map(({ trouble, size }) => [trouble, size])).toEqual([
      ['mirror-conflict', null],
      ['mirror-conflict', null],
      [null, 30],
    ]);
  });

  it('is nothing where a key of it does not vouch', async () => {
    const { signers } = witness;
    const { after } = await heardAfter([
      () => (shown = log.note(20)),
      () => (shown = cosign({ ...witness, signers: signers.slice(0, 1) }, log.note(20))),
      () => (shown = vouchedFor(log.note(20)).replace('\n20\n', '\n21\n')),
      () => (shown = 'no note'),
    ]);
    expect(after.map(({ trouble }) => trouble)).toEqual(Array(4).fill('mirror-not-cosigned'));
  });

  it('is no comfort when it is older than two days, or was never said', () => {
    expect(isMirrorWeak(vouched(20, startMs), startMs + 47 * hourMs)).toBe(false);
    expect(isMirrorWeak(vouched(20, startMs), startMs + 48 * hourMs)).toBe(false);
    expect(isMirrorWeak(vouched(20, startMs), startMs + 48 * hourMs + 1)).toBe(true);
    expect(isMirrorWeak({ ...vouched(20, startMs), cosignedAtMs: null }, startMs)).toBe(true);
    expect(isMirrorWeak({ ...vouched(20, startMs), trouble: 'mirror-silent' }, startMs)).toBe(true);
  });
});

describe('the list of mirrors in the folder of a platform', () => {
  const keys = (): string[] => witness.signers.map(({ key }) => formatNoteKey(key));
  const door = { id: '0b3f6c1e-6f0a-4d0e-9a8f-1f6d2b7c9e55', publicKey: Buffer.alloc(32, 7).toString('base64') };
  const entry = () => ({ url: 'https://mirror.example:8445/', keys: keys(), door });
  function read(file: unknown) {
    writeFileSync(join(folder, 'mirrors.json'), typeof file === 'string' ? file : JSON.stringify(file));
    return readMirrors(folder);
  }

  it('names each mirror by its keys, with its address and its door', () => {
    expect(readMirrors(join(folder, 'log'))).toEqual({ ok: true, value: [] });
    const mirrors = read({ form: 'qorgan.mirrors/1', mirrors: [entry()] });
    expect(mirrors.ok && mirrors.value).toMatchObject([
      { name: 'mirror.example', url: 'https://mirror.example:8445', certificate: null, door: { id: door.id } },
    ]);
  });

  it('is refused where it has another form, a key that vouches for nothing, or one mirror twice', () => {
    const form = 'qorgan.mirrors/1';
    for (const file of [
      'no json',
      { form: 'qorgan.mirrors/2', mirrors: [] },
      { form, mirrors: [entry(), entry()] },
      { form, mirrors: [{ ...entry(), keys: [log.keyText] }] },
      { form, mirrors: [{ ...entry(), keys: [] }] },
      { form, mirrors: [{ ...entry(), keys: [keys()[0], 'no key'] }] },
      { form, mirrors: [{ ...entry(), url: 'ftp://mirror.example' }] },
      { form, mirrors: [{ ...entry(), door: { ...door, publicKey: 'AAAA' } }] },
      { form, mirrors: [{ ...entry(), more: 1 }] },
    ]) {
      const answer = read(file);
      expect(!answer.ok && answer.refusal.code, JSON.stringify(file)).toBe('mirrors-malformed');
    }
  });
});

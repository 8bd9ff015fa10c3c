import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fromBase64, toBase64 } from '../../core/kernel/index.ts';
import { openNote, parseCheckpoint, parseNote } from '../../core/log/index.ts';
import { verifyEd25519, verifyMlDsa44 } from '../../eds/index.ts';
import { testLog, type TestLog } from '../../tests/support/index.ts';
import type { CentralLog } from '../log/index.ts';
import { initWitness, startWitness, type RunningWitness } from '../witness/index.ts';
import { openCosignedLog, readServerPolicy, startCosigning, type AskedPolicy, type Cosigning } from './index.ts';

const origin = 'qorgan.example';
const leaves = Array.from({ length: 40 }, (_leaf, at) => `leaf ${at}`);
const honest = testLog(origin, leaves);
const nowMs = 1_795_400_000_000;

/** What the cosigning sees of the central log, over a tree in memory that grows by hand. */
function growing(tree: TestLog, first: number): { readonly log: CentralLog; grow: (size: number) => void } {
  let size = first;
  const rootAt = (of: number): string => {
    const note = parseNote(tree.note(of));
    const head = note.ok ? parseCheckpoint(note.value.text) : note;
    return head.ok ? toBase64(head.value.root) : '';
  };
  const consistency = (oldSize: number, to: number): readonly Uint8Array[] =>
    tree
      .submission(oldSize, to)
      .split('\n\n', 1)
      .flatMap((head) => head.split('\n').slice(1))
      .flatMap((line) => {
        const hash = fromBase64(line);
        return hash.ok ? [hash.value] : [];
      });
  const log = {
    checkpointSize: () => size,
    checkpoint: () => tree.note(size),
    gap: () => undefined,
    tree: { rootAt, consistency },
  } as unknown as CentralLog;
  return { log, grow: (to) => void (size = to) };
}

let folder: string;
let witnesses: RunningWitness[];
let others: Server[];
let cosignings: Cosigning[];
let troubles: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cosigning-'));
  [witnesses, others, cosignings, troubles] = [[], [], [], []];
});
afterEach(async () => {
  await Promise.all(cosignings.map((one) => one.stop()));
  await Promise.all(witnesses.map((one) => one.close()));
  for (const server of others) server.close().closeAllConnections();
  rmSync(folder, { recursive: true, force: true });
});

async function witness(name: string): Promise<RunningWitness> {
  const home = join(folder, name);
  initWitness(home, `${name}.example`);
  writeFileSync(join(home, 'logs'), `${honest.keyText}\n`);
  const listen = { host: '127.0.0.1', port: 0 };
  const started = await startWitness({ folder: home, listen, nowMs: () => nowMs, onBug: () => undefined });
  if (!started.ok) throw new Error(started.refusal.code);
  witnesses.push(started.value);
  return started.value;
}

/** The policy that wants `wanted` of these witnesses, by the keys of the given place. */
function policyOf(
  wanted: number,
  of: readonly { readonly url: string; readonly keys: readonly string[] }[],
): AskedPolicy {
  const lines = of.map(({ url, keys }, at) => `witness w${at} ${keys[at % 2] ?? ''} ${url}`);
  const text = [...lines, `group g ${wanted} ${of.map((_one, at) => `w${at}`).join(' ')}`, 'quorum g', ''].join('\n');
  const policy = readServerPolicy(text);
  if (!policy.ok) throw new Error('the policy is well-formed');
  return policy.value;
}

function follow(asked: AskedPolicy, tree = honest, size = 5) {
  const { log, grow } = growing(tree, size);
  const cosigned = openCosignedLog({ log, folder, key: tree.key, policy: asked.policy });
  cosignings.push(
    startCosigning({
      log: cosigned,
      addresses: asked.addresses,
      rotations: async () => [],
      nowMs: Date.now,
      onTrouble: (trouble) => troubles.push(trouble),
    }),
  );
  const cosigners = (note: string): number => {
    const keys = asked.policy.witnesses.map(({ key }) => key);
    const opened = openNote({ note, keys, verifyEd25519, verifyMlDsa44 });
    return opened.ok ? opened.value.signatures.length : 0;
  };
  return { cosigned, grow, cosigners };
}

async function until(what: () => boolean): Promise<void> {
  for (let waitedMs = 0; !what() && waitedMs < 8_000; waitedMs += 20) await sleep(20);
  expect(what()).toBe(true);
}

describe('a log with outside witnesses', () => {
  it('gains their cosignatures behind its own line, head after head, and keeps them over a restart', async () => {
    const asked = policyOf(2, [await witness('a'), await witness('b')]);
    const { cosigned, grow, cosigners } = follow(asked);
    expect(cosigned.checkpoint()).toBe(honest.note(5));
    await until(() => cosigners(cosigned.checkpoint()) === 2);
    expect(cosigned.checkpoint().startsWith(honest.note(5))).toBe(true);
    grow(17);
    expect(cosigned.checkpoint()).toBe(honest.note(17));
    expect(cosigned.provenFor(4).checkpoint().startsWith(honest.note(5))).toBe(true);
    expect(cosigned.provenFor(5).checkpoint()).toBe(honest.note(17));
    await until(() => cosigners(cosigned.provenFor(16).checkpoint()) === 2);
    const { log } = growing(honest, 17);
    const again = openCosignedLog({ log, folder, key: honest.key, policy: asked.policy });
    expect(cosigners(again.provenFor(16).checkpoint())).toBe(2);
    expect(troubles).toEqual([]);
  });

  it('starts from the size that a witness names, after it lost its own memory of it', async () => {
    const asked = policyOf(1, [await witness('a')]);
    const first = follow(asked);
    await until(() => first.cosigners(first.cosigned.checkpoint()) === 1);
    await cosignings[0]?.stop();
    rmSync(join(folder, 'checkpoint.cosigned'));
    const second = follow(asked);
    second.grow(30);
    await until(() => second.cosigners(second.cosigned.checkpoint()) === 1);
    expect(troubles).toEqual([]);
  });

  it.each([5, 20])('that was rewritten and has %i leaves gets nothing from who saw it before', async (size) => {
    const asked = policyOf(1, [await witness('a')]);
    const first = follow(asked);
    await until(() => first.cosigners(first.cosigned.checkpoint()) === 1);
    await cosignings[0]?.stop();
    const fork = testLog(origin, leaves.with(3, 'another leaf'));
    const rewritten = follow(asked, fork, size);
    await until(() => troubles.includes('witness-conflict'));
    // The old cosigned head is of another tree, and is no longer shown.
    expect(rewritten.cosigned.provenFor(0).checkpoint()).toBe(fork.note(size));
  });

  it('is not held up by a witness that is down, lies or floods, and shows what the others said', async () => {
    const lies: string[] = [];
    const liar = createServer((_request, response) => void response.end(lies.join('')));
    const flood = createServer((_request, response) => void response.end(Buffer.alloc(400_000, 0x41)));
    const urls: string[] = [];
    for (const server of [liar, flood]) {
      others.push(server);
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      urls.push(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    }
    const [good, down, lying, flooding] = [
      await witness('a'),
      await witness('b'),
      await witness('c'),
      await witness('d'),
    ];
    const [name = '', id = ''] = lying.keys[0]?.split('+') ?? [];
    lies.push(`— ${name} ${Buffer.concat([Buffer.from(id, 'hex'), Buffer.alloc(72, 1)]).toString('base64')}\n`);
    const away = [
      { url: 'http://127.0.0.1:9', keys: down.keys },
      { url: urls[0] ?? '', keys: lying.keys },
      { url: urls[1] ?? '', keys: flooding.keys },
    ];
    const { cosigned, cosigners } = follow(policyOf(2, [good, ...away]));
    await until(() => cosigners(cosigned.checkpoint()) === 1);
    expect(new Set(troubles)).toEqual(new Set(['witness-unreachable', 'witness-answer-wrong']));
  });

  it('goes on showing a head with enough witnesses while a newer one has too few', async () => {
    const [a, b] = [await witness('a'), await witness('b')];
    const { cosigned, grow, cosigners } = follow(policyOf(2, [a, b]));
    await until(() => cosigners(cosigned.checkpoint()) === 2);
    await b.close();
    grow(20);
    await until(() => cosigners(cosigned.checkpoint()) === 1);
    expect(cosigners(cosigned.provenFor(4).checkpoint())).toBe(2);
    expect(readFileSync(join(folder, 'checkpoint.cosigned'), 'utf8').startsWith(honest.note(5))).toBe(true);
  });

  it('shows no cosignature out of a damaged file', async () => {
    const asked = policyOf(1, [await witness('a')]);
    const first = follow(asked);
    await until(() => first.cosigners(first.cosigned.checkpoint()) === 1);
    const file = join(folder, 'checkpoint.cosigned');
    writeFileSync(file, readFileSync(file, 'utf8').replace(/.{8}\n$/u, 'AAAAAA==\n'));
    const again = openCosignedLog({ log: first.cosigned, folder, key: honest.key, policy: asked.policy });
    expect(again.provenFor(0)).toBe(first.cosigned);
  });
});

describe('the policy of a server', () => {
  it.each([
    ['without an address', (key: string) => `witness a ${key}\nquorum a\n`],
    ['with another kind of address', (key: string) => `witness a ${key} file:///w\nquorum a\n`],
    ['with a quorum of groups', (key: string) => `witness a ${key} http://w\ngroup g any a\ngroup h any g\nquorum h\n`],
  ])('%s is refused', async (_what, text) => {
    const [key = ''] = (await witness('a')).keys;
    expect(readServerPolicy(text(key)).ok).toBe(false);
  });

  it('is pinned with its threshold and keys', async () => {
    const { url, keys } = await witness('a');
    const [one = '', two = ''] = keys;
    const text = `witness a ${one} ${url}/\nwitness b ${two} ${url}\ngroup g 1 a b\nquorum g\n`;
    const policy = readServerPolicy(text);
    expect(policy.ok && policy.value.pinned).toEqual({ threshold: 1, keys: [one, two] });
    expect(policy.ok && policy.value.addresses.length).toBe(1);
  });
});

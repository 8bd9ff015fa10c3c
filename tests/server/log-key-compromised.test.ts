import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { checkpointText, cosignNote, formatNoteKey, noteKey, noteKeyTypes, signNote } from '../../core/log/index.ts';
import type { Sha256Hex } from '../../core/kernel/index.ts';
import { startServerProcess } from '../../dev/demo/index.ts';
import { sha256 } from '../../eds/index.ts';
import { createClient } from '../../main/engine/http/client.ts';
import { openTransport } from '../../main/engine/http/transport.ts';
import { readNewestSigned } from '../../server/accounts/index.ts';
import { realSurroundings } from '../../server/boot/index.ts';
import { openDesk } from '../../server/boot/open-desk.ts';
import { testKey } from '../support/index.ts';

const [thief, bank, regulator] = [testKey('stolen log key'), testKey('bank'), testKey('regulator')];
const lost = noteKey(sha256, { name: 'demo.qorgan.synaq', publicKey: thief.publicKey });
const witnesses = [
  { name: 'bank.example', signer: bank },
  { name: 'regulator.example', signer: regulator },
].map(({ name, signer }) => ({
  key: noteKey(sha256, { name, publicKey: signer.publicKey, type: noteKeyTypes.cosignature }),
  sign: signer.sign,
}));
let folder: string;

/** The head of 40 entries, cosigned by so many of the two witnesses. */
function headBy(count: number, size = 40): string {
  const text = checkpointText({ origin: lost.name, size: 40, root: sha256('root') });
  let note = signNote({ text, key: lost, sign: thief.sign });
  for (const { key, sign } of witnesses.slice(0, count)) {
    const next = cosignNote({ note, key, atSeconds: 1_790_000_000, sign });
    if (!next.ok) throw new Error('the head is a note');
    note = next.value;
  }
  return note.replace('\n40\n', `\n${size}\n`);
}

function file(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

/** Runs a command of the program; answers what it said. */
function qorgan(...given: readonly string[]): Record<string, unknown> {
  const program = resolve(import.meta.dirname, '../../cli/boot/index.ts');
  const env = { PATH: process.env['PATH'] ?? '' };
  const { stdout } = spawnSync(process.execPath, [program, ...given, '--json'], {
    encoding: 'utf8',
    timeout: 60_000,
    env,
  });
  return JSON.parse(stdout) as Record<string, unknown>;
}

function compromised(head: string, name: string) {
  const lines = witnesses.map(({ key }, at) => `witness w${at} ${formatNoteKey(key)}`);
  const policy = file('policy', [...lines, 'group all all w0 w1', 'quorum all', ''].join('\n'));
  const about = ['--operator-name', 'Сынақ АҚ', '--url', 'https://localhost:7443', '--profile', 'demo'];
  const given = ['--directory', join(folder, name), '--platform', name, ...about];
  const proof = ['--head', file('head', head), '--witness-policy', policy];
  return qorgan('server', 'log-key', 'compromised', ...given, ...proof);
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'qorgan-lost-'));
  chmodSync(folder, 0o711);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('a lost log goes on under another name, and its first leaf names the head that the witnesses vouch for', async () => {
  const head = headBy(2);
  expect(compromised(head, 'synaq2')).toMatchObject({
    verdict: 'good',
    logOrigin: 'demo.qorgan.synaq2',
    supersedes: { origin: 'demo.qorgan.synaq', size: 40 },
  });
  const opened = await openDesk({ directory: join(folder, 'synaq2'), surroundings: realSurroundings }, 'demo');
  if (!opened.ok) throw new Error(opened.refusal.code);
  const first = await readNewestSigned(opened.value.desk, 'platform');
  await opened.value.store.close();
  expect(JSON.parse(first ?? '{}')).toMatchObject({ form: 'qorgan.platform/1', supersedes: head });
});

it('a head that too few witnesses vouch for is named by nobody, and the lost name is used by none', () => {
  for (const head of [headBy(1), headBy(0), headBy(2, 41), 'no note'])
    expect(compromised(head, 'synaq3')['reason']).toBe('head-not-vouched');
  expect(compromised(headBy(2), 'synaq')['reason']).toBe('log-origin-lost');
});

it('a log that was declared lost stays so: its server says that to whoever asks, and refuses all else', async () => {
  const place = ['--directory', join(folder, 'synaq2')];
  const lost = qorgan('server', 'log-key', 'lost', ...place);
  expect(lost).toMatchObject({ verdict: 'good', logOrigin: 'demo.qorgan.synaq2' });
  expect(qorgan('server', 'log-key', 'lost', ...place)['statement']).toBe(lost['statement']);
  expect(qorgan('server', 'log-key', 'rotate', ...place)['reason']).toBe('log-compromised');
  // Neither the log nor the database is there any more: what has to be said is.
  for (const part of ['log', 'database']) rmSync(join(folder, 'synaq2', part), { recursive: true });
  const directory = join(folder, 'synaq2');
  const server = await startServerProcess({ directory, profile: 'demo', listen: '127.0.0.1:0' });
  const pin = { url: server.url, spki: server.spki as Sha256Hex };
  const options = { random: (size: number) => randomBytes(size), serverNowMs: Date.now, identity: undefined };
  const client = createClient({ transport: openTransport(pin), ...options });
  const told = await client.call('logCompromise');
  expect(told.ok && told.value.statement?.document).toBe(lost['statement']);
  const body = {
    code: 'AAAA-AAAA-AAAA-AAAA-AAAA-AAAA',
    publicKey: 'AA==',
    name: 'x',
    kind: 'workstation',
    epoch: 'x',
    proof: 'AA==',
  };
  const others = [
    await client.call('status'),
    await client.call('logKeys'),
    await client.call('enrol', { body } as never),
  ];
  expect(others.map((one) => (one.ok ? 'answered' : one.refusal.code))).toEqual(Array(3).fill('log-compromised'));
  client.close();
  await server.stop();
  writeFileSync(join(directory, 'log-compromise.json'), '{}');
  await expect(startServerProcess({ directory, profile: 'demo', listen: '127.0.0.1:0' })).rejects.toThrow();
}, 60_000);

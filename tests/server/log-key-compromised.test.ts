import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { checkpointText, cosignNote, formatNoteKey, noteKey, noteKeyTypes, signNote } from '../../core/log/index.ts';
import { sha256 } from '../../eds/index.ts';
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

function compromised(head: string, name: string) {
  const lines = witnesses.map(({ key }, at) => `witness w${at} ${formatNoteKey(key)}`);
  const policy = file('policy', [...lines, 'group all all w0 w1', 'quorum all', ''].join('\n'));
  const program = resolve(import.meta.dirname, '../../cli/boot/index.ts');
  const about = ['--operator-name', 'Сынақ АҚ', '--url', 'https://localhost:7443', '--profile', 'demo'];
  const given = ['--directory', join(folder, name), '--platform', name, ...about];
  const { stdout } = spawnSync(
    process.execPath,
    [
      program,
      'server',
      'log-key',
      'compromised',
      ...given,
      '--head',
      file('head', head),
      '--witness-policy',
      policy,
      '--json',
    ],
    {
      encoding: 'utf8',
      timeout: 60_000,
      env: { PATH: process.env['PATH'] ?? '', NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] ?? '' },
    },
  );
  return JSON.parse(stdout) as Record<string, unknown>;
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

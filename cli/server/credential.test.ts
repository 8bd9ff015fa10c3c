import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { refusalWords } from '../../locales/index.ts';

const program = resolve(import.meta.dirname, '../boot/index.ts');
const passphrase = 'төрт сөзден тұратын фраза';
const isRoot = process.getuid?.() === 0;

let folder: string;
let platform: string;
let folders = 0;

/** A file as systemd lays it out, in a folder of its own. */
function credential(text: string, mode = 0o400): { readonly folder: string; readonly file: string } {
  folders += 1;
  const own = join(folder, `credentials-${folders}`);
  const file = join(own, 'qorgan-passphrase');
  mkdirSync(own, { mode: 0o700 });
  writeFileSync(file, text);
  chmodSync(file, mode);
  return { folder: own, file };
}

const commandOf = (verb: string, given: readonly string[]): readonly string[] => [
  ...[program, 'server', verb, '--directory', platform, '--profile', 'demo'],
  ...given,
];

function environment(credentials?: string): NodeJS.ProcessEnv {
  const found = credentials === undefined ? {} : { CREDENTIALS_DIRECTORY: credentials };
  return {
    PATH: process.env['PATH'] ?? '',
    NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] ?? '',
    LANG: 'en_GB.UTF-8',
    ...found,
  };
}

function said(verb: string, given: readonly string[], credentials?: string, locale = 'en') {
  const options = { encoding: 'utf8', timeout: 60_000, env: environment(credentials) } as const;
  const { status, stdout } = spawnSync(process.execPath, [...commandOf(verb, given), '--locale', locale], options);
  return { exit: status, out: stdout };
}

/** What a start is refused by; `undefined` where it answers, and it is stopped again. */
async function start(given: readonly string[], credentials?: string): Promise<unknown> {
  const listen = ['--listen', '127.0.0.1:0', '--json'];
  const child = spawn(process.execPath, [...commandOf('start', given), ...listen], { env: environment(credentials) });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const first = JSON.parse(String((await lines.next()).value)) as Record<string, unknown>;
  if (first['event'] !== 'started') return first['reason'];
  child.kill('SIGTERM');
  expect(JSON.parse(String((await lines.next()).value))).toMatchObject({ event: 'stopped' });
  return undefined;
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'qorgan-credential-'));
  chmodSync(folder, 0o711);
  platform = join(folder, 'platform');
  const { file } = credential(`${passphrase}\n`);
  const about = ['--operator-name', 'Сынақ АҚ', '--url', 'https://localhost:7443', '--platform', 'synaq'];
  expect(said('init', [...about, '--passphrase-file', file])).toMatchObject({ exit: 0 });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a server with sealed keys', () => {
  it('starts with nobody at the keyboard, by the credential of systemd or by a private file', async () => {
    expect(await start([], credential(passphrase).folder)).toBeUndefined();
    expect(await start(['--passphrase-file', credential(`${passphrase}\n`, 0o600).file])).toBeUndefined();
  });

  it('is refused by name without the passphrase and with another one', async () => {
    expect(await start([])).toBe('platform-key-sealed');
    expect(await start([], credential('another').folder)).toBe('platform-key-passphrase-wrong');
    expect(await start([], credential('\n').folder)).toBe('credential-empty');
    expect(await start([], credential('a'.repeat(1_025)).folder)).toBe('credential-too-large');
    expect(await start(['--passphrase-file', join(folder, 'nowhere')])).toBe('credential-absent');
  });

  it('takes no passphrase from a file that others read, write or own', async () => {
    for (const mode of [0o440, 0o404, 0o420, 0o402])
      expect(await start(['--passphrase-file', credential(passphrase, mode).file])).toBe('credential-exposed');
    expect(await start(['--passphrase-file', folder])).toBe('credential-exposed');
    expect(await start([], credential(passphrase, 0o444).folder)).toBe('credential-exposed');
    const ofGroup = credential(passphrase, 0o440);
    if (isRoot) chownSync(ofGroup.file, 0, 1);
    expect(await start([], ofGroup.folder)).toBe('credential-exposed');
    if (!isRoot) return;
    // Systemd shows the mask of its access list as the group of root; that is no stranger.
    expect(await start([], credential(passphrase, 0o440).folder)).toBeUndefined();
    const ofStranger = credential(passphrase);
    chownSync(ofStranger.file, 1, 1);
    expect(await start([], ofStranger.folder)).toBe('credential-exposed');
  });

  it.each(['kk', 'ru', 'en'] as const)('says in %s what to do', (locale) => {
    const { exit, out } = said('start', ['--listen', '127.0.0.1:0'], undefined, locale);
    const { what, next } = refusalWords(locale, { code: 'platform-key-sealed' });
    expect([exit, out.includes(what), out.includes(next)]).toEqual([1, true, true]);
  });
});

import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeTokens, openSoftHsmStore, softHsmModuleFile } from '../../dev/softhsm/index.ts';
import { refusalWords, words } from '../../locales/index.ts';

const program = resolve(import.meta.dirname, '../boot/index.ts');
const pin = '4321';
const home = mkdtempSync(join(tmpdir(), 'qorgan-token-command-'));
chmodSync(home, 0o711);
const settings = join(home, '.config', 'softhsm2');
const platform = join(home, 'platform');
const place = ['--log-key-module', softHsmModuleFile, '--log-key-token', 'журнал', '--log-key-id', '0A'];
const about = ['--operator-name', 'Сынақ АҚ', '--url', 'https://localhost:7443', '--platform', 'synaq'];
const environment = (more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => ({
  PATH: process.env['PATH'] ?? '',
  NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] ?? '',
  HOME: home,
  LANG: 'en_GB.UTF-8',
  ...more,
});
let files = 0;

/** A credential as systemd lays it out: the folder and the file. */
function pinFile(text: string): { readonly folder: string; readonly file: string } {
  files += 1;
  const folder = join(home, `credentials-${files}`);
  const file = join(folder, 'qorgan-log-key-pin');
  mkdirSync(folder, { mode: 0o700 });
  writeFileSync(file, `${text}\n`, { mode: 0o400 });
  return { folder, file };
}

const commandOf = (verb: string, given: readonly string[]): readonly string[] => [
  ...[program, 'server', verb, '--directory', platform, '--profile', 'demo'],
  ...given,
];

function said(verb: string, given: readonly string[], locale = 'en') {
  const options = { encoding: 'utf8', timeout: 60_000, env: environment() } as const;
  const { status, stdout } = spawnSync(process.execPath, [...commandOf(verb, given), '--locale', locale], options);
  return { exit: status, out: stdout };
}

/** What a start is refused by; `undefined` where it answers, and it is stopped again. */
async function start(given: readonly string[], more?: NodeJS.ProcessEnv): Promise<unknown> {
  const listen = ['--listen', '127.0.0.1:0', '--json'];
  const child = spawn(process.execPath, [...commandOf('start', given), ...listen], { env: environment(more) });
  const ended = new Promise((done) => child.on('exit', done));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const first = JSON.parse(String((await lines.next()).value)) as Record<string, unknown>;
  if (first['event'] === 'started') child.kill('SIGTERM');
  // A process of the token that outlived its use would keep the program from ending.
  await ended;
  return first['event'] === 'started' ? undefined : first['reason'];
}

beforeAll(() => {
  mkdirSync(settings, { recursive: true });
  makeTokens(openSoftHsmStore(settings), [{ label: 'журнал', pin, keys: [] }]);
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

describe('a platform whose log key lies in a token', () => {
  it('is made by the place of its key, whole or not at all', () => {
    const half = said('init', [...about, ...place.slice(0, 4), '--log-key-pin-file', pinFile(pin).file]);
    expect([half.exit, half.out.includes(words('en', 'cli.error.log-key-place-malformed'))]).toEqual([2, true]);
    expect(said('init', [...about, ...place, '--log-key-pin-file', pinFile('9999').file]).exit).toBe(1);
    expect(said('init', [...about, ...place, '--log-key-pin-file', pinFile(pin).file]).exit).toBe(0);
  });

  it('starts by a file with the PIN or by the credential of systemd, and ends when it is asked to', async () => {
    expect(await start(['--log-key-pin-file', pinFile(pin).file])).toBeUndefined();
    expect(await start([], { CREDENTIALS_DIRECTORY: pinFile(pin).folder })).toBeUndefined();
  });

  it('is refused by name without the PIN, with another one, and without its token', async () => {
    expect(await start([])).toBe('log-key-pin-wrong');
    expect(await start(['--log-key-pin-file', pinFile('9999').file])).toBe('log-key-pin-wrong');
    const tokens = join(settings, 'tokens');
    const [name = ''] = readdirSync(tokens);
    renameSync(join(tokens, name), join(home, 'away'));
    expect(await start(['--log-key-pin-file', pinFile(pin).file])).toBe('log-key-token-absent');
    renameSync(join(home, 'away'), join(tokens, name));
  });

  it.each(['kk', 'ru', 'en'] as const)('says in %s what to do', (locale) => {
    const { exit, out } = said('start', ['--listen', '127.0.0.1:0'], locale);
    const { what, next } = refusalWords(locale, { code: 'log-key-pin-wrong', details: { token: 'журнал', cause: '' } });
    expect([exit, out.includes(what), out.includes(next)]).toEqual([1, true, true]);
  });
});

import { spawnSync } from 'node:child_process';
import { generateKeyPairSync, sign } from 'node:crypto';
import { cpSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cosignNote, formatNoteKey, noteKey, noteKeyTypes } from '../../core/log/index.ts';
import { sha256 } from '../../eds/index.ts';
import { rawPublicKey } from '../../server/keys/index.ts';
import { must, type TestPlatform } from '../server/support/platform.ts';
import { furnish, startPlayedPlatform } from './world.ts';

const program = resolve(import.meta.dirname, '../../cli/boot/index.ts');
let platform: TestPlatform;

type Said = { readonly exit: number | null; readonly text: string };

function qorgan(locale: string, ...given: readonly string[]): Said {
  const { status, stdout } = spawnSync(
    process.execPath,
    [program, 'log', 'check', '--directory', platform.directory, '--locale', locale, ...given],
    { encoding: 'utf8', timeout: 60_000 },
  );
  return { exit: status, text: stdout };
}

const inLog = (name: string): string => join(platform.directory, 'log', name);

beforeAll(async () => {
  platform = await startPlayedPlatform();
  await furnish(platform, { cases: 4 });
}, 120_000);

afterAll(async () => {
  await platform.remove().catch(() => undefined);
});

/** Names and times of everything that belongs to the platform but not to its database. */
function everything(): string {
  const { directory } = platform;
  const files = ['log', 'keys', 'evidence'].flatMap((folder) =>
    readdirSync(join(directory, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name)),
  );
  return files
    .toSorted()
    .map((file) => `${file} ${statSync(file).mtimeMs} ${statSync(file).size}`)
    .join('\n');
}

describe('qorgan log check', () => {
  it('says good beside the running server, writes nothing, and shows nothing personal', () => {
    const before = everything();
    for (const locale of ['kk', 'ru', 'en']) {
      const said = qorgan(locale, '--replay');
      expect(said.exit).toBe(0);
      expect(said.text).not.toContain(platform.registrar.iin);
    }
    expect(everything()).toBe(before);
  });

  it('names the first wrong byte of a file in three languages and for programs, and ends with 1', async () => {
    await platform.server.close();
    const file = inLog('bundles');
    const whole = readFileSync(file);
    const offset = 16_384 + 40;
    const wrong = Buffer.from(whole);
    wrong[offset] = (wrong[offset] ?? 0) ^ 1;
    writeFileSync(file, wrong);
    const json = qorgan('en', '--json');
    expect([json.exit, JSON.parse(json.text)]).toMatchObject([
      1,
      {
        verdict: 'bad',
        findingCount: 1,
        findings: [{ place: 'log/bundles', key: '0', offset, is: 'different', expected: 'entry' }],
      },
    ]);
    for (const [locale, words] of [
      ['kk', `${offset}-байт: өзгеше`],
      ['ru', `байт ${offset}: отличается`],
      ['en', `byte ${offset}: different`],
    ] as const)
      expect(qorgan(locale)).toMatchObject({ exit: 1, text: expect.stringContaining(words) });
    writeFileSync(file, whole);
    expect(qorgan('en').exit).toBe(0);
  }, 60_000);

  it('judges the lines of witnesses that a policy names, and cannot tell of others', () => {
    const { privateKey } = generateKeyPairSync('ed25519');
    const key = noteKey(sha256, {
      name: 'bank.example/w',
      publicKey: rawPublicKey(privateKey),
      type: noteKeyTypes.cosignature,
    });
    const note = readFileSync(inLog('checkpoint'), 'utf8');
    const cosigned = must(
      cosignNote({ note, key, atSeconds: 1_790_000_000, sign: (text) => sign(null, Buffer.from(text), privateKey) }),
    );
    const file = inLog('checkpoint.cosigned');
    writeFileSync(file, cosigned);
    const policy = join(platform.directory, 'policy');
    writeFileSync(policy, `witness bank ${formatNoteKey(key)}\nquorum bank\n`);
    expect(qorgan('en')).toMatchObject({ exit: 2, text: expect.stringContaining('1 lines') });
    expect(qorgan('en', '--witness-policy', policy).exit).toBe(0);
    const at = cosigned.length - 10;
    writeFileSync(file, `${cosigned.slice(0, at)}${cosigned[at] === 'A' ? 'B' : 'A'}${cosigned.slice(at + 1)}`);
    expect(qorgan('en', '--witness-policy', policy)).toMatchObject({
      exit: 1,
      text: expect.stringContaining('witnesses'),
    });
    rmSync(file);
  }, 60_000);

  it('cannot tell without its keys, without a platform, and beside tables of another version', () => {
    const data = join(platform.directory, 'keys', 'data.key');
    renameSync(data, `${data}.away`);
    expect(qorgan('en', '--json')).toMatchObject({ exit: 2, text: expect.stringContaining('platform-key-absent') });
    renameSync(`${data}.away`, data);
    expect(qorgan('en', '--replay=yes').exit).toBe(2);
    expect(qorgan('en').exit).toBe(0);
  }, 60_000);

  it('finds a log whose files were put back to an earlier day', async () => {
    const kept = join(platform.directory, 'kept');
    cpSync(join(platform.directory, 'log'), kept, { recursive: true });
    await platform.restart();
    await platform.server.administration.addStaff({
      ...{ iin: platform.registrar.iin, name: platform.registrar.name, roles: [], certificates: [] },
      ...{ validFromMs: 0, validUntilMs: 1, basis: '№ 3' },
    });
    await platform.server.close();
    expect(qorgan('en').exit).toBe(0);
    rmSync(join(platform.directory, 'log'), { recursive: true });
    cpSync(kept, join(platform.directory, 'log'), { recursive: true });
    const { findings } = JSON.parse(qorgan('en', '--json').text) as { findings: unknown };
    expect(findings).toContainEqual(expect.objectContaining({ place: 'log/bundles', is: 'missing' }));
    expect(findings).toContainEqual(expect.objectContaining({ place: 'log/checkpoint', is: 'unfinished' }));
  }, 60_000);
});

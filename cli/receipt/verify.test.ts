import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
const vectors = join(root, 'tests/golden/vectors');
const receipt = join(vectors, 'receipt.tlog-proof');
const trusted = ['--log-key', join(vectors, 'log.key')];
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'receipt-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Said = { readonly exit: number | null; readonly out: string; readonly json: () => Record<string, unknown> };

function qorgan(...given: readonly string[]): Said {
  const { status, stdout } = spawnSync(process.execPath, [join(root, 'cli/boot/qorgan.mjs'), ...given], {
    encoding: 'utf8',
    timeout: 20_000,
    env: {
      PATH: process.env['PATH'] ?? '',
      NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] ?? '',
      LANG: 'kk_KZ.UTF-8',
    },
  });
  return { exit: status, out: stdout, json: () => JSON.parse(stdout) as Record<string, unknown> };
}

function changed(name: string, change: (text: string) => string): string {
  const file = join(folder, name);
  writeFileSync(file, change(readFileSync(receipt, 'utf8')));
  return file;
}

describe('qorgan receipt verify', () => {
  it('ends with 0 for a good receipt, its act and its signature', () => {
    const given = ['--act', join(vectors, 'receipt-act.json'), '--signature', join(vectors, 'receipt-signature.bin')];
    const said = qorgan('receipt', 'verify', receipt, ...trusted, ...given, '--json');
    expect(said.exit).toBe(0);
    expect(said.json()).toMatchObject({
      command: 'receipt verify',
      verdict: 'good',
      receipt: {
        number: 10,
        size: 10,
        level: 'log',
        isGivenAct: true,
        isGivenSignature: true,
        leaf: { outcome: 'accepted' },
      },
    });
  });

  it('says who vouches by the keys and the policy that are given', () => {
    const note = readFileSync(join(root, 'tests/golden/cosignature/checkpoint.note'), 'utf8');
    const file = changed('cosigned', (text) => text.slice(0, text.indexOf('\n\n') + 2) + note);
    const { keys } = JSON.parse(readFileSync(join(vectors, 'log.json'), 'utf8')) as { keys: { witness: string } };
    const mlDsa = readFileSync(join(root, 'tests/golden/cosignature/witness.key'), 'utf8').trim();
    const write = (name: string, text: string): string => {
      writeFileSync(join(folder, name), text);
      return join(folder, name);
    };
    const [a, b] = [write('a.key', `${keys.witness}\n`), write('b.key', `${mlDsa}\n`)];
    const policyText = `witness a ${keys.witness}\nwitness b ${mlDsa}\ngroup g any a b\nquorum g\n`;
    const policy = write('policy', policyText);
    const levelOf = (...given: readonly string[]): unknown => {
      const { receipt: said, ...rest } = qorgan('receipt', 'verify', file, ...trusted, '--json', ...given).json();
      return (said as { level: string } | undefined)?.level ?? rest['reason'] ?? rest['problem'];
    };
    expect(levelOf()).toBe('log');
    expect(levelOf('--witness-key', a, '--witness-key', b)).toBe('external');
    expect(levelOf('--policy', policy)).toBe('external');
    expect(levelOf('--operator-key', a)).toBe('operator');
    expect(levelOf('--operator-key', a, '--witness-key', b)).toBe('external');
    expect(levelOf('--operator-key', a, '--witness-key', a)).toBe('witness-policy-malformed');
    expect(levelOf('--policy', policy, '--witness-key', a)).toBe('options-exclusive');
    expect(levelOf('--policy', a)).toBe('witness-policy-malformed');
    expect(levelOf('--witness-key', join(vectors, 'log.key'))).toBe('cosigner-key-malformed');
    const shown = qorgan('receipt', 'verify', file, ...trusted, '--witness-key', b, '--locale', 'en').out;
    expect(shown).toContain('Cosigned by an outside witness: witness.example/1, 2026-11-23T02:14:21Z');
    const bare = qorgan('receipt', 'verify', receipt, ...trusted, '--witness-key', b, '--locale', 'en').out;
    expect(bare).toContain('not externally witnessed');
  });

  it('ends with 2 without a trusted key, and says that what follows is not proven', () => {
    const said = qorgan('receipt', 'verify', receipt, '--json');
    expect(said.exit).toBe(2);
    expect(said.json()).toMatchObject({ verdict: 'cannot-tell', reason: 'log-key-absent', unproven: { number: 10 } });
    expect(said.json()).not.toHaveProperty('receipt');
  });

  it.each([
    ['another act', receipt, ['--act', join(vectors, 'log.key')], 'receipt-other-act'],
    ['another signature', receipt, ['--signature', join(vectors, 'log.key')], 'receipt-other-signature'],
    ['a file that is no receipt', join(vectors, 'log.json'), [], 'receipt-malformed'],
  ])('ends with 1 for %s', (_what, file, given, reason) => {
    const said = qorgan('receipt', 'verify', file, ...trusted, ...given, '--json');
    expect(said.exit).toBe(1);
    expect(said.json()).toMatchObject({ verdict: 'bad', reason });
  });

  it('ends with 1 when the place, the root or the signature was changed', () => {
    const changes = [
      changed('place', (text) => text.replace('index 9', 'index 8')),
      changed('root', (text) => text.replace('\nSBFS', '\nSBFT')),
      changed('signature', (text) => text.replace('/Lwm2lUg', '/Lwm2lUh')),
    ];
    expect(changes.map((file) => qorgan('receipt', 'verify', file, ...trusted).exit)).toEqual([1, 1, 1]);
  });

  it('speaks the language of its surroundings, or the one that is asked for', () => {
    expect(qorgan('receipt', 'verify', receipt, ...trusted).out).toContain('Дұрыс: әрекет орталық журналда № 10');
    expect(qorgan('receipt', 'verify', receipt, ...trusted, '--locale', 'ru').out).toContain('Верно: действие внесено');
    expect(qorgan('receipt', 'verify', receipt, ...trusted, '--locale=en').out).toContain('signed by the log alone');
  });

  it.each([
    ['a file that is not there', ['receipt', 'verify', '/no/such/file'], 'file-unreadable'],
    ['a key that is not there', ['receipt', 'verify', receipt, '--log-key', '/no/such/file'], 'file-unreadable'],
    ['an unknown option', ['receipt', 'verify', receipt, '--logkey', 'x'], 'option-unknown'],
    ['an option without a value', ['receipt', 'verify', receipt, '--act'], 'option-value-missing'],
    ['no file', ['receipt', 'verify'], 'argument-missing'],
    ['two files', ['receipt', 'verify', receipt, receipt], 'argument-extra'],
    ['an unknown command', ['receipt', 'burn'], 'command-unknown'],
    ['an unknown language', ['help', '--locale', 'fr'], 'locale-unknown'],
  ])('ends with 2 for %s', (_what, given, problem) => {
    const said = qorgan(...given, '--json');
    expect(said.exit).toBe(2);
    expect(said.json()).toMatchObject({ verdict: 'cannot-tell', problem });
  });

  it('refuses a file that is far too large without reading it all', () => {
    const file = join(folder, 'large');
    writeFileSync(file, Buffer.alloc(400_000, 0x41));
    expect(qorgan('receipt', 'verify', file, '--json').json()).toMatchObject({ problem: 'file-too-large' });
  });
});

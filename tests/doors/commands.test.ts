import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { isRefusalCode } from '../../contracts/refusals/index.ts';
import { commands } from '../../cli/boot/commands.ts';
import { run } from '../../cli/boot/run.ts';

/**
 * What a command needs beside its arguments. `stranger`: nothing. `folder`: the private folder of a running or stopped platform,
 * mirror or witness, with its keys. `card`: a person's card, or the secret of a journal. `maker`: an empty folder, where it makes keys of its own.
 */
const needs: Readonly<Record<string, 'stranger' | 'folder' | 'card' | 'maker'>> = {
  'receipt verify': 'stranger',
  'receipt page': 'stranger',
  'journal check': 'card',
  'case import': 'card',
  'eds verify': 'stranger',
  'eds cert': 'stranger',
  'eds explain': 'stranger',
  'server init': 'maker',
  'server start': 'folder',
  'server status': 'folder',
  'server enrol-code': 'folder',
  'server activation-code': 'folder',
  'server add-staff': 'folder',
  'server found': 'folder',
  'server protocol': 'folder',
  'server import-anchors': 'folder',
  'server import-crl': 'folder',
  'server log-key rotate': 'folder',
  'server log-key compromised': 'maker',
  'server log-key lost': 'folder',
  'log check': 'folder',
  'log export': 'folder',
  'archive run': 'folder',
  'archive list': 'folder',
  'archive verify': 'folder',
  'archive extract': 'folder',
  'archive hold': 'folder',
  'archive release': 'folder',
  'archive destroy': 'folder',
  'archive schedule': 'folder',
  'witness init': 'maker',
  'witness start': 'folder',
  'mirror init': 'maker',
  'mirror start': 'folder',
  'mirror check': 'folder',
  'mirror restore': 'folder',
};

const folder = mkdtempSync(join(tmpdir(), 'qorgan-commands-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const nameOf = ({ name }: (typeof commands)[number]): string => name.join(' ');

/** Answers that read well for any option: what a command refuses is then the folder, not the call. */
const answers: Readonly<Record<string, string>> = {
  listen: '127.0.0.1:0',
  url: 'https://127.0.0.1:1',
  basis: 'Order 1',
  from: '0',
  to: '1',
};

async function called(name: string, directory: string): Promise<{ readonly exit: number; readonly said: string }> {
  const entry = commands.find((one) => nameOf(one) === name);
  if (entry === undefined) throw new Error(`no command ${name}`);
  const { shape } = await entry.load();
  const file = join(folder, 'a-file');
  writeFileSync(file, '{}');
  const options = Object.entries(shape.options)
    .filter(([, need]) => need === 'required')
    .map(([option]) => `--${option}=${option === 'directory' ? directory : (answers[option] ?? join(folder, 'out'))}`);
  let said = '';
  const exit = await run([...entry.name, ...shape.operands.map(() => file), ...options, '--json'], {
    languageOf: 'en',
    nowMs: () => Date.now(),
    askSecret: () => Promise.resolve(undefined),
    noteBug: () => undefined,
    stopAsked: () => Promise.resolve(),
    write: (text) => void (said += text),
    report: (bug) => (bug instanceof Error ? (bug.stack ?? bug.message) : 'thrown'),
  });
  return { exit, said };
}

test('every command says here what it needs, and no other is there', () => {
  expect(commands.map(nameOf).toSorted()).toEqual(Object.keys(needs).toSorted());
});

test.each(Object.keys(needs).filter((name) => needs[name] === 'folder'))(
  '%s does nothing without the folder that holds the keys',
  async (name) => {
    const directory = mkdtempSync(join(folder, 'empty-'));
    const { exit, said } = await called(name, directory);
    const { reason, problem } = JSON.parse(said.trim().split('\n').at(-1) ?? '') as Partial<
      Record<'reason' | 'problem', string>
    >;
    expect(exit).not.toBe(0);
    expect([reason, problem]).not.toEqual([undefined, undefined]);
    expect(reason).not.toBe('internal');
    if (reason !== undefined) expect(isRefusalCode(reason)).toBe(true);
    expect(readdirSync(directory)).toEqual([]);
  },
);

import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { isRefusalCode } from '../../contracts/refusals/index.ts';
import { commands } from '../../cli/boot/commands.ts';
import { run } from '../../cli/boot/run.ts';

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

async function called(
  entry: (typeof commands)[number],
  directory: string,
): Promise<{ readonly exit: number; readonly said: string }> {
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

test('no two commands have one name, and each kind of need is one that some command has', () => {
  expect(new Set(commands.map(nameOf)).size).toBe(commands.length);
  expect(new Set(commands.map(({ needs }) => needs))).toEqual(new Set(['stranger', 'folder', 'card', 'maker']));
});

const closed = commands.filter(({ needs }) => needs === 'folder' || needs === 'card');

test.each(closed.map((entry) => [nameOf(entry), entry] as const))(
  '%s does nothing for whoever has neither the folder that holds the keys nor a card',
  async (_name, entry) => {
    const directory = mkdtempSync(join(folder, 'empty-'));
    const { exit, said } = await called(entry, directory);
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

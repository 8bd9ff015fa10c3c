import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { activationCodes, makeCases, member } from '../../dev/demo/index.ts';
import { softHsmModuleFile } from '../../dev/softhsm/index.ts';
import { makeWorld, type World } from '../../tests/journeys/support/platform.ts';

const program = resolve(import.meta.dirname, '../boot/index.ts');
const registrar = member('registrar');
const hasSoftHsm = existsSync(softHsmModuleFile);

let folder: string;
let station: string;
let cards: string;
let file: string;
let world: World;

type Line = Readonly<Record<string, unknown>>;
type Said = { readonly exit: number | null; readonly lines: readonly Line[]; readonly last: Line };

/** Runs the program beside the server that lives in this process, with secrets on its standard input. */
async function qorgan(given: readonly string[], secrets: readonly string[]): Promise<Said> {
  const child = spawn(process.execPath, [program, ...given, '--json'], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { PATH: process.env['PATH'] ?? '', NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] ?? '' },
  });
  child.stdin.end(secrets.map((secret) => `${secret}\n`).join(''));
  const exited = new Promise<number | null>((done) => child.once('close', done));
  const lines = (await text(child.stdout))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
  return { exit: await exited, lines, last: lines.at(-1) ?? {} };
}

const secrets = [registrar.pin, registrar.password];
const importing = (...more: readonly string[]): readonly string[] => [
  'case',
  'import',
  file,
  '--directory',
  station,
  '--cards',
  cards,
  '--certificate',
  registrar.iin,
  ...more,
];

beforeAll(async () => {
  if (!hasSoftHsm) return;
  folder = mkdtempSync(join(tmpdir(), 'qorgan-import-'));
  world = await makeWorld(folder, { profile: 'demo' });
  station = join(folder, 'station');
  cards = join(folder, 'cards.json');
  const { modulePath, environment } = world.store;
  writeFileSync(cards, JSON.stringify({ modules: [{ id: 'softhsm', path: modulePath, environment }] }));
  file = join(folder, 'cases.json');
  const cases = makeCases({ seed: 7, nowMs: Date.now(), count: 2 });
  writeFileSync(file, JSON.stringify({ form: 'qorgan.cases/1', cases }));
}, 120_000);

afterAll(async () => {
  if (!hasSoftHsm) return;
  await world.close();
  rmSync(folder, { recursive: true, force: true });
});

describe.skipIf(!hasSoftHsm)('qorgan case import (needs softhsm2 on the machine)', () => {
  it('asks for an invitation before it is enrolled', async () => {
    expect(await qorgan(importing(), secrets)).toMatchObject({
      exit: 2,
      last: { problem: 'argument-missing', what: '--code' },
    });
  });

  it('does not try a wrong PIN twice', async () => {
    const code = await world.invitation();
    const { exit, last } = await qorgan(importing('--code', code, '--name', 'Import'), ['0000', registrar.password]);
    expect({ exit, reason: last['reason'] }).toEqual({ exit: 1, reason: 'pin-incorrect' });
  });

  it('enrols, signs each case by the card, and ends when all are in the central log', async () => {
    const code = await world.invitation();
    const more = ['--code', code, '--name', 'Import', '--activation', activationCodes.get(registrar.iin) ?? ''];
    const said = await qorgan(importing(...more), secrets);
    expect(said).toMatchObject({ exit: 0, last: { submitted: 2, known: 0, waiting: 0 } });
    expect(said.lines.filter((line) => 'actionId' in line)).toHaveLength(2);
    expect(said.lines.filter((line) => String(line['question']).includes('2026-'))).toHaveLength(2);
    expect(JSON.stringify(said.lines)).not.toContain(registrar.password);
  });

  it('meets its own cases when the file is imported again', async () => {
    expect(await qorgan(importing(), secrets)).toMatchObject({ exit: 0, last: { submitted: 0, known: 2 } });
  });

  it('refuses a file that is no list of cases', async () => {
    writeFileSync(file, '{"form":"qorgan.cases/1","cases":[{"number":"1"}]}');
    expect(await qorgan(importing(), secrets)).toMatchObject({ exit: 1, last: { reason: 'cases-malformed' } });
  });

  it('leaves a journal that the same card opens for a check', async () => {
    const checking = ['journal', 'check', join(station, 'vault', 'journal.db'), '--cards', cards];
    const said = await qorgan(checking, secrets);
    expect(said).toMatchObject({ exit: 0, last: { verdict: 'good', journal: { acts: 2, quarantine: null } } });
    expect(await qorgan(checking, [registrar.pin, 'another password'])).toMatchObject({
      exit: 2,
      last: { reason: 'slot-key-wrong' },
    });
  });
});

import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { inRoot } from '../../build/paths.mjs';
import { electronRuntime } from '../../build/runtime/index.mjs';
import { launchApplication, type DrivenApplication } from '../../dev/run/index.ts';
import { displayOfTests } from './display.ts';

const made: string[] = [];
let application: DrivenApplication | undefined;
let logged = '';

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'qorgan-broken-'));
  made.push(path);
  return path;
}

/** A copy of the built application. */
function copyOfApplication(): string {
  const copy = folder();
  for (const part of ['package.json', 'dist']) cpSync(inRoot(part), join(copy, part), { recursive: true });
  return copy;
}

async function start(options: { readonly applicationDirectory?: string; readonly profileDirectory?: string }) {
  logged = '';
  application = await launchApplication({
    profileDirectory: folder(),
    display: await displayOfTests(),
    onLog: (text) => void (logged += text),
    ...options,
  });
  return application.operator;
}

/** The number that the log and the person are given, by the code of a bug. */
const incidents = (): string[] =>
  [...logged.matchAll(/"kind":"bug","incidentId":"([0-9a-f]{16})"/gu)].map(([, id = '']) => id);

afterEach(async () => {
  await application?.close();
  application = undefined;
  for (const path of made.splice(0)) rmSync(path, { recursive: true, force: true });
});

describe('an application of which a part is missing or broken', { timeout: 60_000 }, () => {
  it('draws itself where the screen drawn ahead is missing', async () => {
    const copy = copyOfApplication();
    rmSync(join(copy, 'dist/renderer/first'), { recursive: true });
    const operator = await start({ applicationDirectory: copy });
    await operator.locator('h1').waitFor();
    expect(await operator.locator('#root[data-screen]').count()).toBe(0);
  });

  it.each([
    ['missing', (file: string) => rmSync(file)],
    ['cut off', (file: string) => writeFileSync(file, 'module.exports = {')],
  ])('says that it cannot work, with the number of the incident, where what thinks is %s', async (_how, spoil) => {
    const copy = copyOfApplication();
    spoil(join(copy, 'dist/main/desk.cjs'));
    const operator = await start({ applicationDirectory: copy });
    const refusal = operator.getByRole('alert');
    await refusal.waitFor();
    expect(incidents()).toContain(await refusal.locator('code').innerText());
    // The painted screen, which nobody answers for, is gone.
    expect(await operator.locator('form, button[type="submit"]').count()).toBe(0);
  });

  it('says so too where the settings of card drivers cannot be read, and works once they are mended', async () => {
    const profileDirectory = folder();
    const settings = join(profileDirectory, 'cards.json');
    writeFileSync(settings, '{"modules": [');
    const operator = await start({ profileDirectory });
    const refusal = operator.getByRole('alert');
    await refusal.waitFor();
    expect(incidents()).toContain(await refusal.locator('code').innerText());
    rmSync(settings);
    await refusal.getByRole('button').click();
    await operator.locator('h1').waitFor();
  });

  it('names in its self-check what is missing', () => {
    const check = (application: string): unknown => {
      const program = electronRuntime()?.executable ?? '';
      const { stdout } = spawnSync(program, ['--no-sandbox', '--disable-gpu', application, '--self-check'], {
        encoding: 'utf8',
        timeout: 20_000,
      });
      return JSON.parse(stdout.split('\n').findLast((line) => line.startsWith('{')) ?? 'null');
    };
    expect(check(inRoot())).toMatchObject({ isGood: true, missing: [] });
    const copy = copyOfApplication();
    rmSync(join(copy, 'dist/main/desk.cjs'));
    rmSync(join(copy, 'dist/renderer/first/locked-ru.html'));
    const found = check(copy) as { readonly isGood: boolean; readonly missing: readonly string[] };
    expect(found.isGood).toBe(false);
    expect(found.missing).toEqual(expect.arrayContaining(['engine', 'firstPage:locked-ru']));
  });
});

import { execFile } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inRoot, node24, root, runtimeFolder } from '../../build/paths.mjs';

const runFile = promisify(execFile);
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(runtimeFolder, 'planted-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What a tool of the repository prints about a planted file, and nothing when it is content. */
async function outputOf(tool: readonly string[], cwd = root): Promise<string> {
  const env = { ...process.env, OXLINT_TSGOLINT_PATH: inRoot('node_modules', '.bin', 'tsgolint') };
  const done = await runFile(node24, tool, { cwd, env }).catch((error: { stdout: string }) => error);
  return done.stdout;
}

async function compiled(layer: string, text: string): Promise<string> {
  writeFileSync(join(folder, 'planted.ts'), text);
  const project = join(folder, 'tsconfig.json');
  writeFileSync(
    project,
    JSON.stringify({ extends: inRoot(layer, 'tsconfig.json'), include: ['planted.ts'], exclude: [] }),
  );
  return outputOf([inRoot('node_modules', 'typescript', 'bin', 'tsc'), '-p', project]);
}

describe('the compiler', () => {
  for (const layer of ['core', 'contracts', 'locales']) {
    it(`knows no platform in ${layer}: no network, process, timers, page or console`, async () => {
      const names = ['fetch', 'process', 'setTimeout', 'document', 'Buffer', 'console'];
      const printed = await compiled(layer, names.map((name) => `${name};\n`).join(''));
      for (const name of names) expect(printed).toContain(`'${name}'`);
    }, 60_000);
  }

  it('knows no page in the server and no Node in the page', async () => {
    expect(await compiled('server', 'document;\n')).toContain("'document'");
    expect(await compiled('renderer', 'process;\n')).toContain("'process'");
  }, 60_000);

  it('accepts a file with nothing wrong', async () => {
    expect(await compiled('core', 'export const answer: number = 42;\n')).toBe('');
  }, 60_000);

  it('refuses code that cannot be erased', async () => {
    expect(await compiled('core', 'export enum Colour { Red }\n')).toContain('erasableSyntaxOnly');
  }, 60_000);
});

describe('the linter', () => {
  let apart = '';
  beforeAll(() => {
    // Outside of the tree, whose ignored folders the linter would pass over.
    apart = mkdtempSync(join(tmpdir(), 'linted-'));
    copyFileSync(inRoot('.oxlintrc.json'), join(apart, '.oxlintrc.json'));
    writeFileSync(
      join(apart, 'tsconfig.json'),
      JSON.stringify({ extends: inRoot('tsconfig.base.json'), include: ['*.ts'] }),
    );
  });
  afterAll(() => rmSync(apart, { recursive: true, force: true }));

  const linted = (text: string): Promise<string> => {
    writeFileSync(join(apart, 'planted.ts'), text);
    return outputOf([inRoot('node_modules', 'oxlint', 'bin', 'oxlint')], apart);
  };

  it('notices a promise that nobody waits for, and a switch that forgets a case', async () => {
    expect(await linted('declare function save(): Promise<void>;\nsave();\n')).toContain('no-floating-promises');
    const forgetful = "export function f(a: 'x' | 'y'): void {\n  switch (a) {\n    case 'x':\n      break;\n  }\n}\n";
    expect(await linted(forgetful)).toContain('switch-exhaustiveness-check');
  }, 60_000);
});

import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { rolldown } from 'rolldown';
import { afterAll, describe, expect, test } from 'vitest';

const electronFile = resolve(import.meta.dirname, '../../.runtime/electron/electron');
const isThere = existsSync(electronFile);
const directory = mkdtempSync(join(tmpdir(), 'qorgan-electron-host-'));
afterAll(() => rmSync(directory, { recursive: true }));

if (!isThere) process.stderr.write('SKIPPED: hosts under Electron, because its runtime is not assembled\n');

describe.skipIf(!isThere)("Electron's Node, which is older than the hosts'", () => {
  test('supervises a host of the pinned Node: bytes arrive whole, a crash is named, the next call is served', async () => {
    const bundle = await rolldown({ input: resolve(import.meta.dirname, 'electron-main.ts'), platform: 'node' });
    const file = join(directory, 'main.cjs');
    await bundle.write({ file, format: 'cjs' });
    await bundle.close();
    const host = resolve(import.meta.dirname, 'echo-host.ts');
    const environment = { ...process.env, ELECTRON_RUN_AS_NODE: '1' };
    const printed = execFileSync(electronFile, [file, process.execPath, host], { env: environment, encoding: 'utf8' });
    const told = JSON.parse(printed) as Record<string, unknown>;
    expect(told).toMatchObject({
      greeted: { ok: true, value: 'hello' },
      bytes: { ok: true, value: { kind: 'Uint8Array', length: 4, poolLength: 4 } },
      crashed: { ok: false, refusal: { code: 'card-module-crashed' } },
      again: { ok: true, value: 'hello' },
    });
  });
});

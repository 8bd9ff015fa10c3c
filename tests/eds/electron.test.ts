import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { rolldown } from 'rolldown';
import { describe, expect, test } from 'vitest';

const electron = resolve(import.meta.dirname, '../../.runtime/electron/electron');
const hasElectron = existsSync(electron);
if (!hasElectron)
  process.stderr.write('SKIPPED: Electron is not assembled, so eds was not run on its Node and BoringSSL\n');

describe.skipIf(!hasElectron)('inside Electron', () => {
  test('every kind of key signs and verifies, and an altered signature is INVALID', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'eds-electron-'));
    try {
      const bundle = await rolldown({ input: join(import.meta.dirname, 'electron-probe.ts'), platform: 'node' });
      await bundle.write({ file: join(folder, 'probe.cjs'), format: 'cjs' });
      const env = { ...process.env, ELECTRON_RUN_AS_NODE: '1' };
      const said = JSON.parse(execFileSync(electron, [join(folder, 'probe.cjs')], { env }).toString()) as {
        results: unknown;
      };
      const kinds = ['rsa-2048', 'rsa-3072', 'rsa-4096', 'ec-p256', 'ec-p384', 'gost-2015-256', 'gost-2015-512'];
      expect(said.results).toEqual(kinds.map((kind) => [kind, 'VALID', 'INVALID']));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }, 60_000);
});

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { commandLine } from './command-line.ts';
import { hierarchy } from './hierarchy.ts';
import { nowMs } from './world.ts';

const qorgan = commandLine(nowMs);
/** Colours and titles of a terminal, C1 and C0 controls, a direction override, a new line. */
const hostile = 'a\u001b[31m\u009b2J\u202eb\nVALID';
const isSafe = (out: string): boolean => !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(out.replaceAll('\n', ''));

let folder: string;
let trust: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'qorgan-output-'));
  trust = join(folder, 'trust');
  mkdirSync(trust);
  writeFileSync(join(trust, 'root.cer'), hierarchy().root);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('what the command line says', () => {
  test('shows no control of a file name: of a file that is not there, of one of the trust folder, of an option', async () => {
    const said = await qorgan('eds', 'verify', join(folder, hostile), '--trust', trust);
    expect([said.exit, isSafe(said.out), said.out.split('\n').length]).toEqual([2, true, 2]);
    expect(said.out).toContain('\\u{202e}');
    const option = await qorgan('eds', 'verify', `--${hostile}`);
    expect([option.exit, isSafe(option.out), option.out.split('\n').length]).toEqual([2, true, 2]);
    const bad = join(folder, 'bad');
    mkdirSync(bad);
    writeFileSync(join(bad, `${hostile}.cer`), 'no certificate');
    const folderSaid = await qorgan('eds', 'verify', join(trust, 'root.cer'), '--trust', bad);
    expect([folderSaid.exit, isSafe(folderSaid.out), folderSaid.out.split('\n').length]).toEqual([2, true, 2]);
  });

  test('shows none for programs either, and they read the text as it was', async () => {
    const text = 'Әлия\u202e\u009b2J\u007f 😀\u{e0041}';
    const certificate = join(folder, 'named.cer');
    writeFileSync(certificate, hierarchy({ signer: { subject: [['2.5.4.3', text]] } }).signer);
    for (const command of ['cert', 'verify'] as const) {
      const file = command === 'cert' ? certificate : join(folder, hostile);
      const said = await qorgan('eds', command, file, '--trust', trust, '--json');
      expect([command, isSafe(said.out)]).toEqual([command, true]);
      if (command === 'cert') expect(said.json()).toMatchObject({ signers: [{ commonName: text }] });
      else expect(said.json()).toMatchObject({ problem: 'file-unreadable', file });
    }
    const lines = await qorgan('eds', 'cert', certificate, '--trust', trust);
    expect(isSafe(lines.out)).toBe(true);
  });
});

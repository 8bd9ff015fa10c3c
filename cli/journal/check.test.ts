import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { enrolledVault, passphrase, submitCases, type Enrolled } from '../../tests/vault/vault.ts';

const qorganFile = resolve(import.meta.dirname, '../boot/qorgan.mjs');

let enrolled: Enrolled;
let file: string;
beforeAll(async () => {
  enrolled = await enrolledVault();
  await submitCases(enrolled.vault, 5);
  await enrolled.vault.must('vault.close', null);
  file = join(enrolled.vault.directory, 'journal.db');
});
afterAll(() => enrolled.vault.dispose());

function check(
  path: string,
  input: string,
): { readonly exit: number | null; readonly out: string; readonly said: Record<string, unknown> } {
  const { status, stdout } = spawnSync(process.execPath, [qorganFile, 'journal', 'check', path, '--json'], {
    encoding: 'utf8',
    input,
    timeout: 20_000,
  });
  return { exit: status, out: stdout, said: JSON.parse(stdout) as Record<string, unknown> };
}

describe('qorgan journal check', () => {
  it('ends with 0 for a journal whose chains are unbroken, and leaves the files as they were', () => {
    const before = readdirSync(enrolled.vault.directory).map((name) => [
      name,
      statSync(join(enrolled.vault.directory, name)).mtimeMs,
    ]);
    const { exit, said } = check(file, `${passphrase}\n`);
    expect(said).toMatchObject({
      command: 'journal check',
      verdict: 'good',
      journal: { entries: 7, acts: 5, profile: 'demo', quarantine: null },
    });
    expect(exit).toBe(0);
    expect(
      readdirSync(enrolled.vault.directory).map((name) => [
        name,
        statSync(join(enrolled.vault.directory, name)).mtimeMs,
      ]),
    ).toEqual(before);
  });

  it('ends with 2 where it was not opened: another passphrase, none, or no journal', () => {
    expect(check(file, 'wrong\n')).toMatchObject({
      exit: 2,
      said: { verdict: 'cannot-tell', reason: 'slot-key-wrong' },
    });
    expect(check(file, '')).toMatchObject({ exit: 2, said: { verdict: 'cannot-tell' } });
    expect(check('/no/such/journal.db', `${passphrase}\n`)).toMatchObject({
      exit: 2,
      said: { verdict: 'cannot-tell', reason: 'vault-absent' },
    });
  });

  it('says nothing of what is in the journal to whoever only asks', () => {
    expect(check(file, 'wrong\n').out).not.toContain(enrolled.platform.platform);
  });

  it('ends with 1 for a journal with a changed byte, at its head or at its end', () => {
    const kept = readFileSync(file);
    for (const at of [100, kept.length - 100]) {
      const changed = Uint8Array.from(kept);
      changed[at] = (changed[at] ?? 0) ^ 1;
      writeFileSync(file, changed);
      expect(check(file, `${passphrase}\n`)).toMatchObject({
        exit: 1,
        said: { verdict: 'bad', reason: 'journal-damaged' },
      });
    }
    writeFileSync(file, kept);
    expect(check(file, `${passphrase}\n`).exit).toBe(0);
  });

  it('ends with 1 for slots that somebody edited', () => {
    const slots = join(enrolled.vault.directory, 'journal.slots');
    const text = readFileSync(slots, 'utf8');
    writeFileSync(slots, text.replace('"A"', '"B"'));
    const { exit, said } = check(file, `${passphrase}\n`);
    writeFileSync(slots, text);
    expect({ exit, reason: said['reason'] }).toEqual({ exit: 1, reason: 'slots-tampered' });
  });
});

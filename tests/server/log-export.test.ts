import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleVerifier } from '../../build/bundle/verifier.mjs';
import {
  entryPath,
  mediaPath,
  ownLineOf,
  packageFiles,
  parseEntryPath,
  parseManifest,
} from '../../core/log-package/index.ts';
import { parseNoteKey } from '../../core/log/index.ts';
import { sha256 } from '../../eds/index.ts';
import { verifyPackage, type PackageReport } from '../../cli/log-verifier/verify.ts';
import { filesUnder } from '../../server/package-folder/index.ts';
import { ok } from '../../core/kernel/index.ts';
import type { Antivirus } from '../../server/evidence/index.ts';
import { statusUntil, upload } from '../evidence/support/uploader.ts';
import { asSuperuser } from '../attacks/support.ts';
import { chanceOf } from '../fuzz/chance.ts';
import { seeded } from '../support/index.ts';
import { testForm } from './support/forms.ts';
import { sumAgain } from './support/packages.ts';
import { testCa } from './support/people.ts';
import { must, startTestPlatform, type TestPlatform } from './support/platform.ts';
import { enrolled, newCase, receiptOf, type Workstation } from './support/workstation.ts';

const root = resolve(import.meta.dirname, '../..');
/** A name space of its own with no interface but a loopback that is down. */
const alone = ['--user', '--map-root-user', '--net'];
const env = {
  PATH: process.env['PATH'] ?? '',
  NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] ?? '',
  LANG: 'en_GB.UTF-8',
};

let platform: TestPlatform;
let workstation: Workstation;
let folder: string;
let whole: string;
let trust: string;
/** Entries of the log when the acts were made. */
let size: number;

type Said = { readonly exit: number | null; readonly json: Record<string, unknown> };

/** The server runs in this process, so the command must not hold it up. */
async function exported(name: string, ...given: readonly string[]): Promise<Said> {
  const words = ['log', 'export', '--directory', platform.directory, '--out', join(folder, name), '--json', ...given];
  const child = spawn(process.execPath, [join(root, 'cli/boot/index.ts'), ...words], { env });
  let out = '';
  let errors = '';
  child.stdout.on('data', (part: Buffer) => void (out += part.toString()));
  child.stderr.on('data', (part: Buffer) => void (errors += part.toString()));
  const exit = await new Promise<number | null>((done) => child.on('close', done));
  if (out === '') throw new Error(errors);
  return { exit, json: JSON.parse(out) as Record<string, unknown> };
}

/** Finds nothing, in everything. */
const base = { engine: 'test', baseVersion: '1', baseAtMs: Date.now() };
const alwaysClean: Antivirus = {
  version: () => Promise.resolve(ok(base)),
  scan: async (source) => {
    for await (const part of source) if (part.length === 0) break;
    return ok({ found: null });
  },
};

async function makeActs(cases: number): Promise<void> {
  for (let n = 0; n < cases; n += 16) {
    const items = Array.from({ length: 16 }, (_, i) => {
      const form = testForm(600 + n + i);
      const view = newCase(form);
      const submit = workstation.act(platform.registrar, view, 'registration.submit', { form });
      workstation.accepted(view, submit);
      const claim = workstation.act(platform.reviewer, view, 'registration.claim', {});
      workstation.accepted(view, claim);
      return [submit, claim];
    }).flat();
    expect(new Set(await workstation.outcomes(items))).toEqual(new Set(['accepted']));
  }
}

beforeAll(async () => {
  await bundleVerifier();
  folder = mkdtempSync(join(tmpdir(), 'log-export-'));
  whole = join(folder, 'whole');
  trust = join(folder, 'trust');
  platform = await startTestPlatform(undefined, undefined, alwaysClean);
  workstation = await enrolled(platform.server);
  await makeActs(128);
  // One that is refused, and still a leaf: its signer signed another text.
  const form = testForm(900);
  const forged = workstation.act(
    platform.registrar,
    newCase(form),
    'registration.submit',
    { form },
    {
      signedText: (text) => `${text} `,
    },
  );
  expect(await workstation.outcomes([forged])).toEqual(['refused:signature-invalid']);
  await receiptOf(workstation, forged.actionId);
  const said = await exported('whole', '--from', '0', '--to', '999999');
  expect(said.exit).toBe(0);
  size = Number(said.json['size']);
  mkdirSync(trust);
  writeFileSync(join(trust, 'log.vkey'), `${workstation.bundle.log.key}\n`);
  writeFileSync(join(trust, 'platform.key'), `${workstation.bundle.platformKey}\n`);
  writeFileSync(join(trust, 'root.cer'), platform.ca.rootCertificate);
}, 120_000);

afterAll(async () => {
  await platform.remove();
  rmSync(folder, { recursive: true, force: true });
});

const codes = ({ findings }: PackageReport): readonly string[] => findings.found.map(({ code }) => code);

/** A copy that may be spoilt. */
function copyOf(name: string): string {
  const copy = mkdtempSync(join(folder, 'copy-'));
  cpSync(join(folder, name), copy, { recursive: true });
  return copy;
}

describe('qorgan log export', () => {
  it('writes a package in which everything holds, acts of cards included', async () => {
    const report = await verifyPackage(whole, trust);
    expect(codes(report)).toEqual([]);
    expect(report).toMatchObject({
      verdict: 'good',
      missing: [],
      range: { entries: size, acts: 257, destroyed: 0 },
      context: { entries: 0 },
      witnessedSize: undefined,
    });
    expect(report.range?.documents).toBe(size - 257);
    expect(report.findings.doubtCount()).toBe(0);
  });

  it('is checked by the commands of its guides, as they stand, where there is no network', () => {
    for (const guide of Object.values(packageFiles.guides)) {
      const text = readFileSync(join(whole, guide), 'utf8');
      const commands = [...text.matchAll(/```sh\n([\s\S]*?)\n```/gu)].map((match) => match[1] ?? '');
      expect(commands).toHaveLength(3);
      for (const command of commands) {
        const { status, stdout, stderr } = spawnSync('unshare', [...alone, 'sh', '-c', command], {
          cwd: whole,
          encoding: 'utf8',
          env,
        });
        expect(`${status} ${command}\n${status === 0 ? '' : stdout + stderr}`).toBe(`0 ${command}\n`);
      }
    }
  });

  it('says that it cannot tell where the reader brings no keys, and names those that the package names', () => {
    const said = (...given: readonly string[]) =>
      spawnSync('unshare', [...alone, 'node', 'verify.mjs', '--locale', 'en', ...given], {
        cwd: whole,
        encoding: 'utf8',
        env,
      });
    const bare = said();
    expect(bare.status).toBe(2);
    expect(bare.stdout).toContain('CANNOT TELL');
    expect(bare.stdout).toContain(workstation.bundle.log.key);
    expect(bare.stdout).toContain('Whether outside witnesses saw this log was not asked');
    const good = said('--trust', '../trust');
    expect([good.status, good.stdout.split('\n')[0]]).toEqual([
      0,
      'GOOD: everything in the package holds by the keys that you gave',
    ]);
    expect(said('--trust').status).toBe(2);
  });

  it('is one of another platform where the reader has other keys', async () => {
    const other = mkdtempSync(join(folder, 'trust-'));
    cpSync(trust, other, { recursive: true });
    writeFileSync(join(other, 'platform.key'), `${Buffer.alloc(32, 7).toString('base64')}\n`);
    const report = await verifyPackage(whole, other);
    expect(report.verdict).toBe('bad');
    expect(codes(report)).toContain('document-signature');
    const foreign = mkdtempSync(join(folder, 'trust-'));
    cpSync(trust, foreign, { recursive: true });
    writeFileSync(join(foreign, 'root.cer'), testCa(true).rootCertificate);
    expect((await verifyPackage(whole, foreign)).verdict).not.toBe('good');
  });

  it('cuts a range out of the log, with what its acts stand on and the proof that the newest head holds the older ones', async () => {
    const said = await exported('part', '--from', '250', '--to', '262');
    expect(said).toMatchObject({ exit: 0, json: { from: 250, to: 262, entries: 13 } });
    const part = join(folder, 'part');
    const report = await verifyPackage(part, trust);
    expect(codes(report)).toEqual([]);
    expect(report).toMatchObject({ verdict: 'good', range: { entries: 13, acts: 13 } });
    expect(report.context?.entries).toBeGreaterThan(4);
    expect(existsSync(join(part, 'checkpoints/before.consistency'))).toBe(true);
  });

  it('takes days and moments as well, and refuses what is neither, and a range without entries', async () => {
    const today = new Date(Date.now() + 5 * 3_600_000).toISOString().slice(0, 10);
    expect(await exported('day', '--from', today, '--to', today)).toMatchObject({
      exit: 0,
      json: { from: 0, to: size - 1 },
    });
    expect((await exported('old', '--from', '2020-01-01', '--to', '2020-12-31')).json['reason']).toBe(
      'log-range-empty',
    );
    expect((await exported('odd', '--from', '2020-02-30', '--to', '5')).json['problem']).toBe('range-malformed');
    expect((await exported('day', '--from', '0', '--to', '1')).json['reason']).toBe('export-place-taken');
    expect(existsSync(join(folder, 'old'))).toBe(false);
    expect(existsSync(join(folder, 'old.part'))).toBe(false);
  }, 60_000);

  it('writes down that it was made, before anything leaves', async () => {
    const rows = await asSuperuser(platform, async (client) => (await client.query('select * from reading')).rows);
    const doors = (rows as readonly { readonly door: string; readonly details: string }[]).filter(
      ({ door }) => door === 'log-export',
    );
    expect(doors.map(({ details }) => JSON.parse(details))).toContainEqual({ from: 250, to: 262, withMedia: false });
  });
});

describe('the verifier of a package', () => {
  it('finds a changed byte in every file, and in random places', async () => {
    const copy = copyOf('part');
    const paths = [...filesUnder(copy)];
    const { seed, numRuns } = seeded('flips in a package', 120);
    const chance = chanceOf(seed, 0);
    const places = [...paths, ...Array.from({ length: numRuns }, () => paths[chance.below(paths.length)] ?? '')];
    const missed: string[] = [];
    for (const path of places) {
      const before = readFileSync(join(copy, path));
      const after = Buffer.from(before);
      const at = chance.below(after.length);
      after[at] = (after[at] ?? 0) ^ (1 << chance.below(8));
      writeFileSync(join(copy, path), after);
      if ((await verifyPackage(copy, trust)).verdict !== 'bad') missed.push(`${path} at ${at}`);
      writeFileSync(join(copy, path), before);
    }
    expect(missed).toEqual([]);
    expect((await verifyPackage(copy, trust)).verdict).toBe('good');
  }, 120_000);

  it('finds a changed byte of whatever the log vouches for, even where all hashes were made anew', async () => {
    const copy = copyOf('part');
    const { seed, numRuns } = seeded('flips in a package with new hashes', 150);
    const chance = chanceOf(seed, 0);
    const logKey = must(parseNoteKey(sha256, workstation.bundle.log.key));
    const isVouched = (path: string): boolean => parseEntryPath(path) !== undefined || path.startsWith('checkpoints/');
    const paths = [...filesUnder(copy)].filter(isVouched);
    const missed: string[] = [];
    for (let run = 0; run < numRuns; run += 1) {
      const path = paths[chance.below(paths.length)] ?? '';
      const before = readFileSync(join(copy, path));
      const after = Buffer.from(before);
      // What other keys than the reader's say of a head is nothing that he could judge.
      const end = /^checkpoints\/[a-z]+$/u.test(path)
        ? Buffer.byteLength(ownLineOf(before.toString(), logKey))
        : before.length;
      const at = chance.below(end);
      after[at] = (after[at] ?? 0) ^ (1 << chance.below(8));
      writeFileSync(join(copy, path), after);
      sumAgain(copy);
      if ((await verifyPackage(copy, trust)).verdict !== 'bad') missed.push(`${path} at ${at}`);
      writeFileSync(join(copy, path), before);
    }
    sumAgain(copy);
    expect(missed).toEqual([]);
    expect((await verifyPackage(copy, trust)).verdict).toBe('good');
  }, 120_000);

  it('finds an entry that was left out, one that was put in, and files that do not belong there', async () => {
    const copy = copyOf('part');
    for (const part of ['leaf', 'proof', 'act', 'signature', 'validation', 'validationSalt'] as const)
      rmSync(join(copy, entryPath('entries', 255, part)));
    sumAgain(copy);
    expect(codes(await verifyPackage(copy, trust))).toEqual(
      expect.arrayContaining(['entry-missing', 'manifest-differs', 'act-chain']),
    );
    const more = copyOf('part');
    writeFileSync(join(more, 'entries/0000000/note.txt'), 'x');
    expect(codes(await verifyPackage(more, trust))).toContain('file-unlisted');
    rmSync(join(more, 'entries/0000000/note.txt'));
    for (const part of ['leaf', 'proof'] as const)
      cpSync(join(whole, entryPath('entries', 249, part)), join(more, entryPath('entries', 249, part)));
    sumAgain(more);
    expect((await verifyPackage(more, trust)).verdict).toBe('bad');
  });

  it('knows a signer whose right is not in the documents of the package, and a list that was taken out', async () => {
    const copy = copyOf('part');
    const manifest = must(parseManifest(readFileSync(join(copy, packageFiles.manifest), 'utf8')));
    rmSync(join(copy, 'context'), { recursive: true });
    rmSync(join(copy, packageFiles.lists), { recursive: true });
    writeFileSync(
      join(copy, packageFiles.manifest),
      readFileSync(join(copy, packageFiles.manifest), 'utf8').replace(`"context":${manifest.context}`, '"context":0'),
    );
    sumAgain(copy);
    const report = await verifyPackage(copy, trust);
    expect(report.verdict).toBe('cannot-tell');
    expect(new Set(report.findings.doubted.map(({ code }) => code))).toEqual(new Set(['list-absent', 'staff-absent']));
  });
});

describe('evidence in the range', () => {
  it('is in the package as it lies in the store, or in the clear where that is asked for, and found where it was altered', async () => {
    const picture = Buffer.alloc(150_000, 'evidence');
    const { sha256 } = await upload(workstation.client, picture, { mediaType: 'image/png' });
    const status = await statusUntil(workstation.client, sha256, ({ receipt }) => receipt !== null);
    expect(status).toMatchObject({ state: 'accepted', waiting: null });
    const range = ['--from', String(size), '--to', '999999'];
    expect(await exported('sealed', ...range)).toMatchObject({ exit: 0, json: { media: 1, mediaAbsent: 0 } });
    expect(await exported('open', ...range, '--with-media')).toMatchObject({ exit: 0, json: { media: 1 } });
    expect(readFileSync(join(folder, 'open', mediaPath(sha256, 'image/png'))).equals(picture)).toBe(true);
    const [sealed = ''] = [...filesUnder(join(folder, 'sealed'))].filter((path) => path.startsWith('evidence/'));
    expect(sealed).toMatch(/\.sealed$/u);
    expect(readFileSync(join(folder, 'sealed', sealed)).includes('evidenceevidence')).toBe(false);
    for (const name of ['sealed', 'open']) {
      expect(await verifyPackage(join(folder, name), trust)).toMatchObject({ verdict: 'good', media: 1 });
      const copy = copyOf(name);
      const [path = ''] = [...filesUnder(copy)].filter((file) => file.startsWith('evidence/'));
      const bytes = readFileSync(join(copy, path));
      bytes[70_000] = (bytes[70_000] ?? 0) ^ 4;
      writeFileSync(join(copy, path), bytes);
      sumAgain(copy);
      expect(codes(await verifyPackage(copy, trust))).toEqual(['media-altered']);
      rmSync(join(copy, path));
      sumAgain(copy);
      expect(codes(await verifyPackage(copy, trust))).toEqual(['manifest-differs']);
    }
    const readings = await asSuperuser(
      platform,
      async (client) => (await client.query('select details from reading')).rows,
    );
    expect(
      (readings as readonly { readonly details: string }[]).map(({ details }) => JSON.parse(details)),
    ).toContainEqual(expect.objectContaining({ from: size, withMedia: true }));
  }, 60_000);
});

describe('an act that was refused', () => {
  it('is held by its leaf alone, since no signature vouches for it', async () => {
    expect((await exported('end', '--from', String(size - 1), '--to', String(size - 1))).exit).toBe(0);
    const end = join(folder, 'end');
    expect((await verifyPackage(end, trust)).verdict).toBe('good');
    for (const part of ['act', 'signature'] as const) {
      const copy = copyOf('end');
      const file = join(copy, entryPath('entries', size - 1, part));
      const bytes = readFileSync(file);
      bytes[100] = (bytes[100] ?? 0) ^ 1;
      writeFileSync(file, bytes);
      sumAgain(copy);
      expect(codes(await verifyPackage(copy, trust))).toEqual(['entry-content']);
    }
  });
});

describe('a database that somebody edited', () => {
  it('is not exported: the first entry is named whose row is not what its leaf commits to', async () => {
    await asSuperuser(platform, (client) =>
      client.query(
        'update act set sealed = (select other.sealed from act as other where other.sequence = 5) where sequence = 7',
      ),
    );
    const said = await exported('edited', '--from', '0', '--to', '999999');
    expect(said).toMatchObject({ exit: 1, json: { reason: 'export-content-differs' } });
    expect(existsSync(join(folder, 'edited'))).toBe(false);
    expect(existsSync(join(folder, 'edited.part'))).toBe(false);
  });

  it('may have lost the keys of a case, as the law asks: the entry is there, and what it said is not', async () => {
    await asSuperuser(platform, (client) =>
      client.query('delete from subject_key where subject = (select subject from act where sequence = 20)'),
    );
    expect(await exported('shredded', '--from', '20', '--to', '45')).toMatchObject({ exit: 0, json: { destroyed: 2 } });
    const report = await verifyPackage(join(folder, 'shredded'), trust);
    expect(codes(report)).toEqual([]);
    expect(report).toMatchObject({ verdict: 'good', range: { destroyed: 2 } });
  });
});

import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestCa } from '../../dev/ca/index.ts';
import { startAuthorityServices, type AuthorityServices } from '../../dev/authority-services/index.ts';
import { parseCertificate } from '../../eds/index.ts';
import { withArchive } from '../../server/archive/index.ts';
import { keepEvidence, monthsAgoMs, startArchiveWorld, type ArchiveWorld, type Kept } from './support/archive-world.ts';
import { must } from './support/platform.ts';

const program = resolve(import.meta.dirname, '../../cli/boot/index.ts');
const env = {
  PATH: process.env['PATH'] ?? '',
  NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] ?? '',
  LANG: 'en_GB.UTF-8',
};
let world: ArchiveWorld;
let services: AuthorityServices;
let kept: Kept[];

type Said = { readonly exit: number | null; readonly said: Record<string, unknown> };

const wordsOf = (given: readonly string[]): string[] => [
  program,
  'archive',
  ...given,
  '--directory',
  world.directory,
  '--json',
];

/** The time-stamping authority answers in this process, so nothing here may wait without turning. */
async function qorgan(...given: readonly string[]): Promise<Said> {
  const child = spawn(process.execPath, wordsOf(given), { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const parts: Buffer[] = [];
  const errors: Buffer[] = [];
  child.stdout.on('data', (part: Buffer) => parts.push(part));
  child.stderr.on('data', (part: Buffer) => errors.push(part));
  const exit = await new Promise<number | null>((done) => child.on('close', done));
  const last = Buffer.concat(parts).toString().trim().split('\n').at(-1) ?? '';
  if (last === '') throw new Error(Buffer.concat(errors).toString());
  return { exit, said: JSON.parse(last) as Record<string, unknown> };
}

beforeAll(async () => {
  world = await startArchiveWorld(monthsAgoMs(4));
  kept = [];
  for (let i = 0; i < 40; i += 1) kept.push(await keepEvidence(world, { sizeBytes: 100_000 }));
  world.clock.nowMs = Date.now();
  services = await startAuthorityServices({
    nowMs: () => Date.now(),
    makeCa: (addresses) => createTestCa({ demo: true, now: () => Date.now(), keys: 'ec-p256', addresses }),
  });
  const { rootCertificate, issuingCertificate } = services.ca;
  must(await world.administration.importAnchors({ anchors: [rootCertificate], intermediates: [issuingCertificate] }));
  await world.close();
}, 60_000);
afterAll(async () => {
  await services.close();
  await world.remove();
});

function nameAuthorities(timeStamps: readonly string[]): void {
  const parsed = parseCertificate(services.ca.issuingCertificate);
  const authority = parsed.ok ? (parsed.value.extensions.subjectKeyIdentifier ?? '') : '';
  const file = {
    form: 'qorgan.authority-services/1',
    origins: [services.origin],
    authorities: [{ authority }],
    timeStamps,
  };
  writeFileSync(join(world.directory, 'authorities.json'), JSON.stringify(file));
}

describe('qorgan archive', () => {
  it('moves nothing while no time-stamping authority is named, and while one answers wrongly', async () => {
    expect((await qorgan('run')).said).toMatchObject({ reason: 'archive-time-stamp-absent' });
    nameAuthorities([services.addresses.timeStamps]);
    services.setFault('wrong-signer');
    expect((await qorgan('run')).said).toMatchObject({ verdict: 'bad', reason: 'archive-time-stamp-untrusted' });
    services.setFault(undefined);
  }, 60_000);

  it('killed at any moment loses nothing, and the next run finishes what was begun', async () => {
    // Later and later, until one run comes to its end before it is killed: the moments around the end are all met.
    let exit: number | null = null;
    let kills = 0;
    // In steps of what this machine needs for a run with nothing to do.
    const startedAtMs = performance.now();
    await qorgan('list');
    const shortRunMs = performance.now() - startedAtMs;
    for (let afterMs = shortRunMs * 0.7; exit === null; afterMs += shortRunMs * 0.05) {
      const child = spawn(process.execPath, wordsOf(['run']), { env, stdio: ['ignore', 'inherit', 'inherit'] });
      const ended = new Promise<number | null>((done) => child.on('close', done));
      await Promise.race([sleep(afterMs), ended]);
      child.kill('SIGKILL');
      exit = await ended;
      if (exit === null) kills += 1;
    }
    process.stdout.write(`archive run killed ${kills} times\n`);
    expect(exit).toBe(0);
    expect(kills).toBeGreaterThan(2);
    expect(await qorgan('run')).toMatchObject({ exit: 0 });
    expect((await qorgan('run')).said).toMatchObject({ moved: 0, segments: [] });
    expect(await qorgan('verify')).toMatchObject({ exit: 0, said: { verdict: 'good' } });
    await world.reopen();
    const { blobs, desk, folder } = world.archive;
    const store = withArchive(blobs, { database: desk.database, folder });
    for (const one of kept) {
      expect(existsSync(blobs.pathOf(one.blob))).toBe(false);
      const parts: Buffer[] = [];
      for await (const part of store.read(one.blob)) parts.push(part as Buffer);
      expect(Buffer.concat(parts).equals(one.ciphertext)).toBe(true);
    }
    await world.close();
  }, 120_000);

  it('decrypts what it is asked for, and never over a file that is there', async () => {
    const [one] = kept;
    const out = join(world.directory, 'piece');
    expect(await qorgan('extract', one?.sha256 ?? '', '--out', out)).toMatchObject({ exit: 0 });
    expect(readFileSync(out).equals(one?.plaintext ?? Buffer.alloc(0))).toBe(true);
    expect((await qorgan('extract', one?.sha256 ?? '', '--out', out)).said).toMatchObject({ problem: 'file-exists' });
    expect((await qorgan('extract', '0'.repeat(64), '--out', `${out}2`)).said).toMatchObject({
      reason: 'evidence-unknown',
    });
  }, 60_000);

  it('holds and releases, records schedules, and refuses to destroy early', async () => {
    const [one, other] = kept;
    const basis = ['--basis', 'Сот ұйғарымы'];
    expect(await qorgan('hold', 'court', ...basis, '--evidence', one?.sha256 ?? '')).toMatchObject({ exit: 0 });
    expect((await qorgan('hold', 'court', ...basis, '--evidence', one?.sha256 ?? '')).said).toMatchObject({
      reason: 'hold-exists',
    });
    expect((await qorgan('destroy', other?.sha256 ?? '', ...basis)).said).toMatchObject({
      reason: 'retention-not-over',
    });
    expect((await qorgan('destroy', 'due', ...basis)).said).toMatchObject({ destroyed: 0 });
    expect((await qorgan('list')).said).toMatchObject({ holds: [{ id: 'court' }] });
    expect(await qorgan('release', 'court', ...basis)).toMatchObject({ exit: 0 });
    const term = { onlineMonths: 3, archiveMonths: 59 };
    const file = join(world.directory, 'schedule.json');
    const classes = { screenshot: term, photo: term, video: term, document: term, log: term };
    writeFileSync(file, JSON.stringify({ basis: '№ 1', classes }));
    expect((await qorgan('schedule', file)).said).toMatchObject({ reason: 'retention-below-minimum' });
    writeFileSync(file, JSON.stringify({ basis: '№ 1', classes }).replaceAll('59', '61'));
    expect((await qorgan('schedule', file)).said).toMatchObject({ version: 1 });
  }, 120_000);

  it('names the segment that is not what was written', async () => {
    const folder = join(world.directory, 'archive');
    const [segment = ''] = readdirSync(folder);
    const path = join(folder, segment);
    const bytes = readFileSync(path);
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
    writeFileSync(path, bytes);
    expect(await qorgan('verify')).toMatchObject({ exit: 1, said: { bad: [{ name: segment }] } });
  }, 60_000);
});

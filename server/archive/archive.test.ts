import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestCa } from '../../dev/ca/index.ts';
import { seeded } from '../../tests/support/index.ts';
import { noise, testPlan } from '../../tests/server/support/segments.ts';
import { testStamps, type TestStamps } from '../../tests/server/support/stamps.ts';
import { inRoot } from '../../build/paths.mjs';
import type { PlatformId } from '../../core/kernel/index.ts';
import { parseTarHeader, tarHeader } from './tar.ts';
import { buildSegment, names, readMemberAt, verifySegment, type BuiltSegment, type SegmentRefusal } from './index.ts';

/** Whole seconds, as tokens say them; `openssl` judges certificates by the real time. */
const nowMs = Math.floor(Date.now() / 1_000) * 1_000;
let folder = '';
let stamps: TestStamps;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'qorgan-archive-'));
  stamps = testStamps(createTestCa({ demo: true, now: () => nowMs, keys: 'ec-p256' }), () => nowMs);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const blobs = [noise('a', 200_000), noise('b', 1), noise('c', 65_536), noise('d', 512)];
const world = testPlan({ size: 700, first: 100, last: 600, blobs });
const options = { platform: 'archive' as PlatformId, logKeys: [world.log.key], nowMs };

async function build(name: string, plan = world.plan): Promise<BuiltSegment> {
  const target = join(folder, name);
  mkdirSync(target, { recursive: true });
  const built = await buildSegment(target, plan, stamps);
  if (!built.ok) throw new Error(built.refusal.code);
  return built.value;
}

async function judged(path: string): Promise<SegmentRefusal | 'good'> {
  const report = await verifySegment(path, { ...options, stamps });
  return report.ok ? 'good' : report.refusal.code;
}

describe('a segment', () => {
  it('is read back whole: every ciphertext, the entries, the checkpoint and the time-stamp', async () => {
    const built = await build('whole');
    const report = await verifySegment(join(folder, 'whole', built.name), { ...options, stamps });
    expect(report).toMatchObject({ ok: true, value: { sha256: built.sha256, manifestSha256: built.manifestSha256 } });
    expect(report.ok && report.value.blobs.map(({ blob }) => blob)).toEqual(built.blobs.map(({ blob }) => blob));
    expect(report.ok && report.value.stampedAtMs).toBe(nowMs);
    expect(readdirSync(join(folder, 'whole'))).toEqual(['100-600.tar.zst']);
  });

  it('is the same octets from the same input, however the input is cut, but for the time-stamp', async () => {
    const fixed = { ask: async () => ({ ok: true as const, value: { token: new Uint8Array([1]), atMs: nowMs } }) };
    const hashes = new Set<string>();
    for (const pieceBytes of [1_000, 7, 65_536, 1_000]) {
      const target = join(folder, `cut-${pieceBytes}`);
      mkdirSync(target, { recursive: true });
      const { plan } = testPlan({ size: 700, first: 100, last: 600, blobs, pieceBytes });
      const built = await buildSegment(target, plan, fixed);
      hashes.add(built.ok ? built.value.sha256 : built.refusal.code);
      expect(built.ok && built.value.sha256).toBe(
        createHash('sha256')
          .update(readFileSync(join(target, '100-600.tar.zst')))
          .digest('hex'),
      );
    }
    expect(hashes.size).toBe(1);
  });

  it('gives each ciphertext by its place alone', async () => {
    const built = await build('places');
    for (const member of built.blobs) {
      const parts: Uint8Array[] = [];
      for await (const part of readMemberAt(join(folder, 'places', built.name), member)) parts.push(part);
      expect(createHash('sha256').update(Buffer.concat(parts)).digest('hex')).toBe(member.blob);
    }
  });

  it.each([
    [1, 0, 1],
    [300, 0, 256],
    [300, 256, 300],
    [700, 255, 513],
    [700, 511, 700],
  ])('of a log of %s leaves proves the range from %s to %s', async (size, first, last) => {
    const { plan } = testPlan({ size, first, last, blobs: [] });
    const built = await build(`range-${size}-${first}`, plan);
    expect(await judged(join(folder, `range-${size}-${first}`, built.name))).toBe('good');
  });

  it('is not made without an answer of a time-stamping authority, or with one of a stranger', async () => {
    for (const fault of ['silent', 'wrong-key'] as const) {
      stamps.setFault(fault);
      const target = join(folder, fault);
      mkdirSync(target);
      expect((await buildSegment(target, world.plan, stamps)).ok).toBe(false);
      expect(readdirSync(target)).toEqual([]);
    }
    stamps.setFault(undefined);
  });

  it('is not made of a ciphertext that has rotted, nor of entries that the checkpoint does not name', async () => {
    const [first, ...others] = world.plan.blobs;
    if (first === undefined) throw new Error('there is a ciphertext');
    const rotten = { ...first, read: async function* () { yield noise('other', first.sizeBytes); } }; // prettier-ignore
    mkdirSync(join(folder, 'rotten'));
    const at = (plan: typeof world.plan) => buildSegment(join(folder, 'rotten'), plan, stamps);
    expect(await at({ ...world.plan, blobs: [rotten, ...others] })).toMatchObject({
      refusal: { code: 'archive-blob-differs' },
    });
    const other = async (from: number, limit: number) =>
      world.leaves.slice(from, from + limit).map((leaf, i) => (from + i === 400 ? `${leaf}!` : leaf));
    expect(await at({ ...world.plan, readEntries: other })).toMatchObject({ refusal: { code: 'archive-log-differs' } });
    expect(readdirSync(join(folder, 'rotten'))).toEqual([]);
  });

  it('with any octet changed, or cut anywhere, is refused', async () => {
    const small = testPlan({ size: 40, first: 10, last: 30, blobs: [noise('s', 900)] });
    const built = await build('flips', small.plan);
    const path = join(folder, 'flips', built.name);
    const bytes = readFileSync(path);
    const changed = join(folder, 'flips', 'changed');
    const judge = async (content: Buffer): Promise<string> => {
      writeFileSync(changed, content);
      const common = { ...options, logKeys: [small.log.key], stamps };
      const report = await verifySegment(changed, { ...common, sha256: built.sha256 });
      const unknown = await verifySegment(changed, common);
      // Without the hash that the log has, an octet may differ only where nothing that is unpacked does.
      if (unknown.ok) expect(unknown.value).toMatchObject({ manifestSha256: built.manifestSha256 });
      return report.ok ? 'good' : report.refusal.code;
    };
    expect(await judge(bytes)).toBe('good');
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), async (at, mask) => {
        const flipped = Buffer.from(bytes);
        flipped[at] = (flipped[at] ?? 0) ^ mask;
        expect(await judge(flipped)).not.toBe('good');
        expect(await judge(bytes.subarray(0, at))).not.toBe('good');
      }),
      seeded('octets of a segment', 400),
    );
    expect(await judge(Buffer.concat([bytes, bytes]))).not.toBe('good');
  }, 60_000);
});

describe('with tar, zstd, sha256sum and openssl alone', () => {
  const script = readFileSync(inRoot('docs/operating/verify-segment.sh'));

  function verifyByShell(segment: string): string {
    const bin = join(folder, 'bin');
    mkdirSync(bin, { recursive: true });
    for (const tool of ['tar', 'zstd', 'sha256sum', 'openssl']) {
      rmSync(join(bin, tool), { force: true });
      symlinkSync(join('/usr/bin', tool), join(bin, tool));
    }
    const pem = (der: Uint8Array): string =>
      `-----BEGIN CERTIFICATE-----\n${Buffer.from(der).toString('base64')}\n-----END CERTIFICATE-----\n`;
    writeFileSync(join(folder, 'authorities.pem'), pem(stamps.anchor) + pem(stamps.issuing));
    writeFileSync(join(folder, 'log-key'), world.log.keyText);
    const work = mkdtempSync(join(folder, 'shell-'));
    try {
      return execFileSync(
        '/bin/bash',
        ['-s', segment, join(folder, 'log-key'), join(folder, 'authorities.pem'), work],
        { input: script, env: { PATH: bin, LC_ALL: 'C' }, encoding: 'utf8', stdio: ['pipe', 'pipe', 'pipe'] },
      );
    } catch (error) {
      return `refused: ${String((error as { stderr?: unknown }).stderr)}`;
    }
  }

  it('a segment is good, and one with another ciphertext, token or checkpoint is not', async () => {
    const built = await build('shell');
    const path = join(folder, 'shell', built.name);
    const said = verifyByShell(path);
    expect(said).toContain('good');
    for (const [target, name] of [
      [names.token, 'token'],
      [names.checkpoint, 'checkpoint'],
      [built.blobs[0]?.name ?? '', 'blob'],
    ] as const) {
      const work = mkdtempSync(join(folder, `tampered-${name}-`));
      execFileSync('bash', ['-c', `zstd -dqc "${path}" | tar -x -C "${work}"`]);
      const file = join(work, target);
      execFileSync('chmod', ['u+w', file]);
      const bytes = readFileSync(file);
      bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
      writeFileSync(file, bytes);
      execFileSync('bash', ['-c', `cd "${work}" && tar -c * | zstd -q > "${work}.tar.zst"`]);
      expect(verifyByShell(`${work}.tar.zst`)).toContain('refused');
    }
  });
});

describe('a header of tar', () => {
  it('is what it was written as, and no other octets are one', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z0-9/.-]{1,100}$/u), fc.nat(0o77777777777), fc.nat(511), (name, size, at) => {
        const header = tarHeader(name, size);
        expect(parseTarHeader(header)).toEqual({ name, sizeBytes: size });
        header[at] = (header[at] ?? 0) ^ 1;
        expect(parseTarHeader(header)).toBeUndefined();
      }),
      seeded('headers of tar', 500),
    );
  });
});

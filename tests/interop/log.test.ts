import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chanceFrom } from '../faults/power-cut/disk-model.ts';
import { buildChecker, isGoHere, type Reading } from './go-checker.ts';
import { layOutLog, logKey } from './log-folder.ts';

const isWhole = process.env['QORGAN_EVERY_OCTET'] !== undefined;
const size = isWhole ? 1_000_000 : 70_000;
const proofs = isWhole ? 20_000 : 2_000;
const receipts = 40;
const seed = Number(process.env['QORGAN_SEED'] ?? Date.now() % 1_000_000_007);

const hasGo = isGoHere();

const laboratory = mkdtempSync(join(tmpdir(), 'qorgan-interop-'));
const folder = join(laboratory, 'log');
let secondReading: ReturnType<typeof buildChecker>;
const golden = resolve(import.meta.dirname, '../golden');
afterAll(() => rmSync(laboratory, { recursive: true, force: true }));

/** What the reader says while one file is changed. */
function readingOfChanged(file: string, change: (bytes: Buffer) => Buffer): Reading {
  const path = join(folder, file);
  const before = readFileSync(path);
  try {
    writeFileSync(path, change(Buffer.from(before)));
    return secondReading(folder, logKey);
  } finally {
    writeFileSync(path, before);
  }
}

const flipAt =
  (place: number) =>
  (bytes: Buffer): Buffer => {
    const at = Math.floor(place * bytes.length);
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    return bytes;
  };

/** One line of the proofs with one hash exchanged for the hash of something else. */
function otherHash(kind: string) {
  return (bytes: Buffer): Buffer => {
    const lines = bytes.toString().split('\n');
    const at = lines.findIndex((line) => line.startsWith(kind) && line.split(' ').length > 6);
    const words = (lines[at] ?? '').split(' ');
    words[4] = Buffer.alloc(32, 9).toString('base64');
    lines[at] = words.join(' ');
    return Buffer.from(lines.join('\n'));
  };
}

describe.skipIf(!hasGo)('the central log, read by a program in Go that shares no line with it', () => {
  beforeAll(() => {
    secondReading = buildChecker(laboratory);
    process.stdout.write(`interop: seed ${seed}, ${size} leaves\n`);
    layOutLog({ folder, size, proofs, receipts, chance: chanceFrom(seed) });
  }, 400_000);

  it('has proven tiles, whole entries, and only good proofs and receipts', { timeout: 400_000 }, () => {
    expect(secondReading(folder, logKey)).toEqual({
      isGood: true,
      said: `${size} leaves, ${size} entries, ${proofs} proofs, ${receipts} receipts: 0 bad\n`,
    });
  });

  it.each<[string, string, (bytes: Buffer) => Buffer, string]>([
    ['a tile of leaves', 'tile/0/017', flipAt(0.3), 'bad'],
    ['a tile above', 'tile/1/000', flipAt(0.7), 'bad'],
    ['an entry', 'tile/entries/003', flipAt(0.5), 'is not the leaf of the tree'],
    ['an inclusion proof', 'proofs', otherHash('inclusion'), '1 bad'],
    ['a consistency proof', 'proofs', otherHash('consistency'), '1 bad'],
    ['a receipt', 'receipts/7.tlog-proof', flipAt(0.9), '7.tlog-proof'],
    ['the checkpoint', 'checkpoint', flipAt(0.5), 'bad: checkpoint'],
  ])('is found to be bad where %s is changed', { timeout: 400_000 }, (_what, file, change, words) => {
    const { isGood, said } = readingOfChanged(file, change);
    expect(said).toContain(words);
    expect(isGood).toBe(false);
  });

  it('is the log of the golden vectors too', () => {
    const vectors = join(golden, 'tiles');
    const key = readFileSync(join(golden, 'vectors', 'log.key'), 'utf8').trim();
    expect(readdirSync(vectors).toSorted()).toEqual(['checkpoint', 'proofs', 'receipts', 'tile']);
    expect(secondReading(vectors, key)).toMatchObject({ isGood: true });
  });
});

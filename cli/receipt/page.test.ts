import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatProof, parseProof, verifyReceipt } from '../../core/log/index.ts';
import { sha256, verifyEd25519 } from '../../eds/index.ts';
import { locales } from '../../locales/index.ts';
import { qrTextOf, receiptPage } from '../../main/receipt-page/index.ts';

const root = resolve(import.meta.dirname, '../..');
const vectors = join(root, 'tests/golden/vectors');
const receipt = join(vectors, 'receipt.tlog-proof');
const trusted = ['--log-key', join(vectors, 'log.key')];
const act = ['--act', join(vectors, 'receipt-act.json')];
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'receipt-page-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const environment = {
  PATH: process.env['PATH'] ?? '',
  NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] ?? '',
  LANG: 'kk_KZ.UTF-8',
};
/** A name space of its own with no interface but a loopback that is down. */
const alone = ['--user', '--map-root-user', '--net'];

function run(command: string, given: readonly string[]): { readonly exit: number | null; readonly out: string } {
  const { status, stdout } = spawnSync(command, given, { encoding: 'utf8', timeout: 30_000, env: environment });
  return { exit: status, out: stdout };
}

const qorgan = (...given: readonly string[]) => run(process.execPath, [join(root, 'cli/boot/qorgan.mjs'), ...given]);
const withoutNetwork = (...given: readonly string[]) =>
  run('unshare', [...alone, process.execPath, join(root, 'cli/boot/qorgan.mjs'), ...given]);

let made = 0;
function pageOf(...given: readonly string[]): string {
  made += 1;
  const file = join(folder, `page-${made}.html`);
  expect(qorgan('receipt', 'page', ...given, '--out', file, '--json').exit).toBe(0);
  return readFileSync(file, 'utf8');
}

/** The code as a grey picture, drawn from the strokes of the page, four dots a module. */
function pictureOf(page: string): Buffer {
  const side = Number(/viewBox="0 0 (\d+) /u.exec(page)?.[1]);
  const scale = 4;
  const width = side * scale;
  const pixels = Buffer.alloc(width * width, 0xff);
  for (const [, column, row, length] of page.matchAll(/M(\d+) (\d+)h(\d+)v1h-\d+z/gu)) {
    for (let y = Number(row) * scale; y < (Number(row) + 1) * scale; y += 1)
      pixels.fill(0, y * width + Number(column) * scale, y * width + (Number(column) + Number(length)) * scale);
  }
  return Buffer.concat([Buffer.from(`P5\n${width} ${width}\n255\n`), pixels]);
}

/** What an independent reader makes of the code. */
function scanned(page: string): string {
  const file = join(folder, `code-${made}.pgm`);
  writeFileSync(file, pictureOf(page));
  return run('zbarimg', ['--raw', '--quiet', '--oneshot', '-Sbinary', file]).out;
}

const good = () => {
  const verdict = verifyReceipt({
    proof: readFileSync(receipt, 'utf8'),
    logKey: readFileSync(join(vectors, 'log.key'), 'utf8').trim(),
    sha256,
    verifyEd25519,
  });
  if (verdict.verdict !== 'good') throw new Error('the golden receipt is good');
  return verdict.facts;
};

/** The golden receipt under so many lines of cosigners that nobody here trusts. */
function cosigned(sizes: readonly number[]): string {
  const proof = parseProof(readFileSync(receipt, 'utf8'));
  if (!proof.ok) throw new Error('the golden receipt is read');
  const lines = sizes.map((size, at) => `— witness.example/${at} ${Buffer.alloc(size, at + 1).toString('base64')}\n`);
  return formatProof({ ...proof.value, checkpoint: `${proof.value.checkpoint}${lines.join('')}` });
}

describe('qorgan receipt page', () => {
  it('prints the whole receipt as a code that another program reads back, and that holds offline', () => {
    const text = scanned(pageOf(receipt, ...trusted, ...act));
    expect(text).toBe(readFileSync(receipt, 'utf8'));
    const file = join(folder, 'scanned.tlog-proof');
    writeFileSync(file, text);
    expect(withoutNetwork('receipt', 'verify', file, ...trusted, ...act).exit).toBe(0);
  });

  it('is verified where there is no network at all', () => {
    const interfaces = run('unshare', [...alone, 'cat', '/proc/net/dev']).out;
    expect(interfaces.match(/^\s*\w+:/gmu)?.map((name) => name.trim())).toEqual(['lo:']);
    expect(withoutNetwork('receipt', 'verify', receipt, ...trusted).exit).toBe(0);
  });

  it.each(locales)('says in %s what was signed, by whom, and that nobody outside witnessed it', (locale) => {
    const page = pageOf(receipt, ...trusted, ...act, '--locale', locale);
    expect(page).toContain(`<html lang="${locale}">`);
    expect(page).toContain('<p class="number">№ 10</p>');
    expect(page).toContain('791124400125');
    expect(page).toContain('28d748909985bb10 … 188592a0e1c801af');
    expect(page).toContain(
      {
        kk: 'сыртқы куәгерлер растамаған',
        ru: 'внешние свидетели не подтвердили',
        en: 'not externally witnessed',
      }[locale],
    );
  });

  it('names nobody where the act is not at hand', () => {
    const page = pageOf(receipt, ...trusted, '--locale', 'en');
    expect(page).toContain('The act itself was not at hand');
    expect(page).not.toContain('791124400125');
  });

  it('loads nothing and runs nothing: its policy allows its one style and nothing else', () => {
    const page = pageOf(receipt, ...trusted, ...act);
    const style = /<style>([\s\S]*?)<\/style>/u.exec(page)?.[1] ?? '';
    const hash = createHash('sha256').update(style).digest('base64');
    expect(page).toContain(
      `content="default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'"`,
    );
    expect(page).not.toMatch(/<script|\son\w+=|\bstyle=|src=|href=|url\(/iu);
  });

  it('shows text of others as text', () => {
    const hostile = '<img src=x onerror=alert(1)>\u202E"&\'';
    const page = receiptPage({
      locale: 'en',
      receipt: readFileSync(receipt, 'utf8'),
      facts: good(),
      checkedAtMs: 0,
      act: {
        type: hostile,
        caseNumber: hostile,
        caseId: hostile,
        signer: { name: hostile, iin: hostile, certificate: hostile },
        claimedAtMs: 0,
        text: hostile,
        isExactText: true,
      },
    });
    expect(page).not.toContain('<img');
    expect(page).not.toContain('\u202E');
    expect(page.split('&lt;img src=x onerror=alert(1)&gt; &quot;&amp;&#39;').length - 1).toBe(5);
  });

  it('prints nothing of a receipt that does not hold, and nothing without a key to hold it against', () => {
    const file = join(folder, 'never.html');
    const wrong = join(folder, 'wrong.tlog-proof');
    writeFileSync(wrong, readFileSync(receipt, 'utf8').replace('index 9', 'index 8'));
    expect(qorgan('receipt', 'page', wrong, ...trusted, '--out', file).exit).toBe(1);
    expect(qorgan('receipt', 'page', receipt, '--out', file).exit).toBe(2);
    expect(() => readFileSync(file)).toThrow();
  });

  it('writes over no file', () => {
    const file = join(folder, 'kept');
    writeFileSync(file, 'kept');
    const said = qorgan('receipt', 'page', receipt, ...trusted, '--out', file, '--json');
    expect(JSON.parse(said.out)).toMatchObject({ verdict: 'cannot-tell', problem: 'file-exists' });
    expect(readFileSync(file, 'utf8')).toBe('kept');
  });

  it('leaves out the longest cosignatures where the code cannot hold them all, and says so', () => {
    const text = cosigned([76, 2_428, 76]);
    const { kind, text: coded } = qrTextOf(text, sha256);
    expect(kind).toBe('without-cosigners');
    expect(coded.match(/witness\.example/gu)).toHaveLength(2);
    const page = receiptPage({ locale: 'en', receipt: text, facts: good(), checkedAtMs: 0 });
    expect(page).toContain('without some of its cosignatures');
    made += 1;
    const file = join(folder, 'lighter.tlog-proof');
    writeFileSync(file, scanned(page));
    expect(readFileSync(file, 'utf8')).toBe(coded);
    expect(qorgan('receipt', 'verify', file, ...trusted).exit).toBe(0);
  });

  it('only names a receipt that is too large for any code', () => {
    const proof = parseProof(readFileSync(receipt, 'utf8'));
    if (!proof.ok) throw new Error('the golden receipt is read');
    const path = Array.from({ length: 63 }, () => proof.value.path[0] ?? new Uint8Array(32));
    const large = formatProof({ ...proof.value, path });
    const { kind, text } = qrTextOf(large, sha256);
    expect(kind).toBe('reference');
    expect(text).toMatch(
      /^qorgan-receipt:1\norigin=qorgan\.qazaq-alany\nindex=9\nleaf=[0-9a-f]{64}\nreceipt=[0-9a-f]{64}$/u,
    );
  });
});

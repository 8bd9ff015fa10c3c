import { mkdtempSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openNote, parseNoteKey } from '../../core/log/index.ts';
import { verifyEd25519, verifyMlDsa44 } from '../../eds/index.ts';
import { sha256, testLog } from '../../tests/support/index.ts';
import { initWitness, requestSizeMaxBytes, startWitness, type RunningWitness } from './index.ts';

const origin = 'qorgan.example';
const leaves = Array.from({ length: 40 }, (_leaf, at) => `leaf ${at}`);
const log = testLog(origin, leaves);
/** The same log after somebody rewrote its fourth entry, rebuilt the tree and signed it anew. */
const fork = testLog(origin, leaves.with(3, 'another leaf'));
const nowMs = 1_795_400_000_000;

let folder: string;
let witness: RunningWitness;
let bugs: unknown[];

async function start(): Promise<void> {
  const listen = { host: '127.0.0.1', port: 0 };
  const started = await startWitness({ folder, listen, nowMs: () => nowMs, onBug: (bug) => bugs.push(bug) });
  if (!started.ok) throw new Error(started.refusal.code);
  witness = started.value;
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'witness-'));
  bugs = [];
  expect(initWitness(folder, 'bank.example/w').ok).toBe(true);
  writeFileSync(join(folder, 'logs'), `# the platform\n${log.keyText}\n`);
  await start();
});
afterEach(async () => {
  await witness.close();
  rmSync(folder, { recursive: true, force: true });
});

type Said = { readonly status: number; readonly type: string; readonly body: string };

function ask(body: string | Uint8Array, path = '/add-checkpoint', method = 'POST'): Promise<Said> {
  return new Promise((resolve, reject) => {
    const asked = request(new URL(path, witness.url), { method, agent: false }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (part: string) => (text += part));
      answer.on('end', () =>
        resolve({ status: answer.statusCode ?? 0, type: answer.headers['content-type'] ?? '', body: text }),
      );
    });
    asked.on('error', reject);
    asked.end(body);
  });
}

/** The times at which the keys of the witness cosigned the note, by what it answered. */
function cosigned(note: string, body: string): readonly (number | undefined)[] {
  const keys = witness.keys.map((text) => {
    const key = parseNoteKey(sha256, text);
    if (!key.ok) throw new Error('a witness hands out readable keys');
    return key.value;
  });
  const opened = openNote({ note: note + body, keys, verifyEd25519, verifyMlDsa44 });
  return opened.ok ? opened.value.signatures.map(({ atSeconds }) => atSeconds) : [];
}

const conflictOf = (size: number): Said => ({ status: 409, type: 'text/x.tlog.size', body: `${size}\n` });

describe('a witness', () => {
  it('cosigns the first head and each that extends it, by both keys, and keeps no line of a stranger', async () => {
    const first = await ask(log.submission(0, 7));
    expect([first.status, ...cosigned(log.note(7), first.body)]).toEqual([200, nowMs / 1_000, nowMs / 1_000]);
    const stranger = '— stranger.example AAAAAAAAAAA=\n';
    const next = await ask(log.submission(7, 40) + stranger);
    expect([next.status, ...cosigned(log.note(40), next.body)]).toEqual([200, nowMs / 1_000, nowMs / 1_000]);
    expect(next.body).not.toContain('stranger');
    expect((await ask(log.submission(40, 40))).status).toBe(200);
  });

  it('answers 409 with the size that it knows where the old size is another, also after a restart', async () => {
    await ask(log.submission(0, 7));
    expect(await ask(log.submission(0, 9))).toEqual(conflictOf(7));
    await witness.close();
    await start();
    expect(await ask(log.submission(0, 9))).toEqual(conflictOf(7));
    expect(await ask(log.submission(5, 9))).toEqual(conflictOf(7));
    expect((await ask(log.submission(7, 9))).status).toBe(200);
  });

  it('vouches for no rewritten tree: 409 at the same size, 422 at a larger one, 409 at a smaller one', async () => {
    await ask(log.submission(0, 9));
    expect(await ask(fork.submission(9, 9))).toEqual(conflictOf(9));
    expect((await ask(fork.submission(9, 20))).status).toBe(422);
    expect(await ask(fork.submission(0, 20))).toEqual(conflictOf(9));
    expect(await ask(fork.submission(0, 5))).toEqual(conflictOf(9));
    expect((await ask(log.submission(9, 20))).status).toBe(200);
  });

  it('answers 400, 403 and 404 as the protocol says', async () => {
    await ask(log.submission(0, 9));
    const other = testLog('qorgan.other', leaves);
    expect((await ask(other.submission(0, 9))).status).toBe(404);
    const forged = log.submission(9, 12).replace(/.{8}\n$/u, 'AAAAAA==\n');
    expect((await ask(forged)).status).toBe(403);
    const unsigned = log.submission(9, 12).replace(/— .*\n$/u, '— qorgan.example AAAAAAAAAAA=\n');
    expect((await ask(unsigned)).status).toBe(403);
    expect((await ask(log.submission(12, 9))).status).toBe(400);
    for (const [from, to] of [
      ['old 9', 'old 09'],
      ['old 9', 'old'],
      ['old 9', 'old 9 '],
      ['old 9\n', 'old 9\nAAAA\n'],
      ['old 9\n', ''],
    ] as const)
      expect((await ask(log.submission(9, 12).replace(from, to))).status, to).toBe(400);
    const many = log.submission(9, 12).replace('old 9\n', `old 9\n${`${'A'.repeat(43)}=\n`.repeat(64)}`);
    expect((await ask(many)).status).toBe(400);
    expect((await ask('')).status).toBe(400);
    expect((await ask(Buffer.from([0xff, 0xfe]))).status).toBe(400);
    expect((await ask(Buffer.alloc(requestSizeMaxBytes + 1, 0x41))).status).toBe(413);
    expect((await ask('', '/')).status).toBe(404);
    expect((await ask('', '/add-checkpoint', 'PUT')).status).toBe(405);
  });

  it('wants no proof from nothing, and the root of nothing for an empty tree', async () => {
    const withProof = log.submission(0, 7).replace('old 0\n', `old 0\n${'A'.repeat(43)}=\n`);
    expect((await ask(withProof)).status).toBe(422);
    expect((await ask(testLog(origin, []).submission(0, 0))).status).toBe(200);
  });

  it('lets one of many simultaneous requests from the same size pass', async () => {
    await ask(log.submission(0, 9));
    const sizes = [10, 11, 12, 13, 14, 15, 16, 17];
    const answers = await Promise.all(sizes.map((size) => ask(log.submission(9, size))));
    const passed = sizes.filter((_size, at) => answers[at]?.status === 200);
    expect(passed.length).toBe(1);
    expect(answers.filter(({ status }) => status === 409).length).toBe(sizes.length - 1);
    expect(await ask(log.submission(0, 40))).toEqual(conflictOf(passed[0] ?? 0));
  });

  it('gives no cosignature for what it could not keep, and none while it cannot read what it kept', async () => {
    await ask(log.submission(0, 9));
    renameSync(join(folder, 'heads'), join(folder, 'away'));
    writeFileSync(join(folder, 'heads'), 'a file where the folder was');
    expect(await ask(log.submission(0, 12))).toMatchObject({ status: 500, body: '' });
    rmSync(join(folder, 'heads'));
    renameSync(join(folder, 'away'), join(folder, 'heads'));
    const [name = ''] = readdirSync(join(folder, 'heads'));
    writeFileSync(join(folder, 'heads', name), 'damaged');
    expect(await ask(log.submission(9, 12))).toMatchObject({ status: 500, body: '' });
    expect(bugs.length).toBe(2);
  });

  it('has keys that only its owner reads and that are never overwritten, and one process a folder', async () => {
    for (const kind of ['ed25519', 'ml-dsa-44'])
      expect(statSync(join(folder, 'keys', `${kind}.json`)).mode & 0o777).toBe(0o600);
    expect(initWitness(folder, 'bank.example/w').ok).toBe(false);
    const listen = { host: '127.0.0.1', port: 0 };
    const second = await startWitness({ folder, listen, nowMs: () => nowMs, onBug: (bug) => bugs.push(bug) });
    expect(!second.ok && second.refusal.code).toBe('server-running');
  });
});

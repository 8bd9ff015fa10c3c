import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toHex, type Sha256Hex } from '../../core/kernel/index.ts';
import {
  commitment,
  parseNoteKey,
  policyOfKeys,
  tilePath,
  tileWidth,
  tileWidthAt,
  verifyReceipt,
} from '../../core/log/index.ts';
import { verifyMlDsa44 } from '../../eds/index.ts';
import { makeReceipt, openLogStore } from '../../server/log/index.ts';
import { initMirror, restoreLog, holdMirror, startMirror, type RunningMirror } from '../../server/mirror/index.ts';
import { servedLog, sha256, verifyEd25519, type ServedLog } from '../support/index.ts';
import { buildChecker, isGoHere } from './go-checker.ts';
import { leafAt } from './log-folder.ts';

const size = 70_000;
/** The entry of which a receipt is made, and what opens it. */
const proven = 4_711;
const hash = sha256('an act');
const salt = sha256('salt');
const leaf = leafAt(proven, commitment({ sha256, salt, envelopeHash: hash, cmsHash: hash }));
const hasGo = isGoHere();
const laboratory = mkdtempSync(join(tmpdir(), 'qorgan-interop-mirror-'));
const home = join(laboratory, 'mirror');
const folder = join(laboratory, 'served');
let secondReading: ReturnType<typeof buildChecker>;
let log: ServedLog;
let platform: Server;
let mirror: RunningMirror;

function put(path: string, content: Uint8Array | string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), content);
}

async function get(path: string): Promise<Uint8Array> {
  const answer = await fetch(`${mirror.url}/v1/log/${path}`);
  if (answer.status !== 200) throw new Error(`interop: the mirror serves ${path}`);
  return new Uint8Array(await answer.arrayBuffer());
}

/** Every file of the log as the mirror serves it, over the network. */
async function download(): Promise<void> {
  put('checkpoint', await get('checkpoint'));
  put('proofs', '');
  for (const level of ['entries', 0, 1, 2] as const) {
    for (let index = 0; ; index += 1) {
      const width = tileWidthAt({ level: level === 'entries' ? 0 : level, index, size });
      if (width === 0) break;
      const path = tilePath({ level, index, width });
      put(path, await get(path));
      if (width < tileWidth) break;
    }
  }
}

describe.skipIf(!hasGo)('a mirror, read by the program in Go from what it serves', () => {
  beforeAll(async () => {
    secondReading = buildChecker(laboratory);
    mkdirSync(join(laboratory, 'platform'));
    log = servedLog(join(laboratory, 'platform'), 'demo.qorgan.interop');
    log.append(Array.from({ length: size }, (_leaf, at) => (at === proven ? leaf : leafAt(at))));
    platform = createServer((request, response) => {
      void log.fetch((request.url ?? '').replace('/v1/log/', ''), 1e9).then((file) => {
        response.writeHead(file.ok ? 200 : 404);
        response.end(file.ok ? file.value : undefined);
      });
    });
    await new Promise<void>((done) => platform.listen(0, '127.0.0.1', done));
    const url = `http://127.0.0.1:${(platform.address() as AddressInfo).port}`;
    expect(initMirror({ folder: home, name: 'bank.example/mirror', logKey: log.keyText, url }).ok).toBe(true);
    await new Promise<void>((done, fail) => {
      const options = { folder: home, listen: { host: '127.0.0.1', port: 0 }, everyMs: 86_400_000, nowMs: Date.now };
      void startMirror({
        ...options,
        onRound: (round) => (round.ok ? done() : fail(new Error(round.refusal.code))),
        onBug: fail,
      }).then((started) => started.ok && (mirror = started.value), fail);
    });
    await download();
  }, 400_000);
  afterAll(async () => {
    await mirror.close();
    platform.closeAllConnections();
    await new Promise((done) => platform.close(done));
    log.close();
    rmSync(laboratory, { recursive: true, force: true });
  });

  it('is the whole log, entry by entry, under the key of the log', { timeout: 400_000 }, () => {
    const said = `${size} leaves, ${size} entries, 0 proofs, 0 receipts: 0 bad\n`;
    expect(secondReading(folder, log.keyText)).toEqual({ isGood: true, said });
    const path = join(folder, 'tile/entries/011');
    const bytes = readFileSync(path);
    bytes[9] = (bytes[9] ?? 0) ^ 1;
    writeFileSync(path, bytes);
    expect(secondReading(folder, log.keyText)).toMatchObject({ isGood: false });
    bytes[9] = (bytes[9] ?? 0) ^ 1;
    writeFileSync(path, bytes);
  });

  it(
    'gives a log from which receipts are made again, externally witnessed by the mirror',
    { timeout: 400_000 },
    async () => {
      const { keys } = mirror;
      await mirror.close();
      const held = holdMirror(home, Date.now);
      const out = join(laboratory, 'restored');
      expect(held.ok && restoreLog(held.value.mirror, out)).toEqual({ ok: true, value: size });
      if (held.ok) held.value.release();
      const { tree, checkpoints, close } = openLogStore(join(out, 'log'), log.key);
      const note = checkpoints.latest()?.note ?? '';
      const hex = toHex(hash) as Sha256Hex;
      const opening = { leaf, salt, envelope: hex, cms: hex };
      const proof = makeReceipt({ tree, checkpoint: () => note, checkpointSize: () => size }, proven, opening) ?? '';
      close();
      put('receipts/0.tlog-proof', proof);
      expect(secondReading(folder, log.keyText).said).toContain(`1 receipts: 0 bad`);
      const witnesses = keys.flatMap((text) => {
        const key = parseNoteKey(sha256, text);
        return key.ok ? [key.value] : [];
      });
      const question = { proof, logKey: log.keyText, sha256, verifyEd25519, verifyMlDsa44 };
      const facts = { index: proven, size, level: 'external' };
      expect(verifyReceipt({ ...question, witnesses: policyOfKeys(witnesses, 1) })).toMatchObject({
        verdict: 'good',
        facts,
      });
      expect(verifyReceipt(question)).toMatchObject({ verdict: 'good', facts: { level: 'log' } });
    },
  );
});

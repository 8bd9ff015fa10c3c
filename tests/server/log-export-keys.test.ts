import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bundleVerifier } from '../../build/bundle/verifier.mjs';
import {
  formatNoteKey,
  noteKey,
  parseCheckpoint,
  parseNote,
  parseNoteKey,
  parseProof,
  verifyReceipt,
} from '../../core/log/index.ts';
import { entryPath, keyChangePath, packageFiles } from '../../core/log-package/index.ts';
import { verifyPackage } from '../../cli/log-verifier/verify.ts';
import { sha256, verifyEd25519 } from '../../eds/index.ts';
import { realSurroundings, rotateLogKey } from '../../server/boot/index.ts';
import { testKey } from '../support/index.ts';
import { testForm } from './support/forms.ts';
import { exportPackage, sumAgain } from './support/packages.ts';
import { must, startIn, startTestPlatform, type TestPlatform } from './support/platform.ts';
import { enrolled, newCase, receiptOf, type Workstation } from './support/workstation.ts';

let platform: TestPlatform;
let workstation: Workstation;
let folder: string;
/** Every key that the log had, the first first. */
const keys: string[] = [];
/** Sizes at which keys took over. */
const fromSizes: number[] = [];

async function exported(name: string, from: number, to: number): Promise<string> {
  const out = join(folder, name);
  await exportPackage(platform.directory, out, from, to);
  return out;
}

async function makeAct(number: number): Promise<void> {
  const form = testForm(number);
  const item = workstation.act(platform.registrar, newCase(form), 'registration.submit', { form });
  expect(await workstation.outcomes([item])).toEqual(['accepted']);
  await receiptOf(workstation, item.actionId);
}

async function rotate(): Promise<void> {
  await platform.server.close();
  const rotated = must(await rotateLogKey({ directory: platform.directory, surroundings: realSurroundings }));
  keys.push(rotated.key);
  fromSizes.push(rotated.fromSize);
}

async function serve(): Promise<void> {
  platform.server = await startIn(platform.directory, platform.lines);
  workstation.reconnect(platform.server);
}

/** What a reader trusts who has this key of the log. */
function trustOf(logKey: string): string {
  const trust = mkdtempSync(join(folder, 'trust-'));
  writeFileSync(join(trust, 'log.vkey'), `${logKey}\n`);
  writeFileSync(join(trust, 'platform.key'), `${workstation.bundle.platformKey}\n`);
  writeFileSync(join(trust, 'root.cer'), platform.ca.rootCertificate);
  return trust;
}

async function judged(place: string, logKey: string): Promise<string> {
  const { verdict, findings } = await verifyPackage(place, trustOf(logKey));
  return verdict === 'bad' ? [...new Set(findings.found.map(({ code }) => code))].join(' ') : verdict;
}

function copyOf(place: string): string {
  const copy = mkdtempSync(join(folder, 'copy-'));
  cpSync(place, copy, { recursive: true });
  return copy;
}

const sizeOf = (note: string): number => must(parseCheckpoint(must(parseNote(note)).text)).size;

let atRotation: string;
let across: string;

beforeAll(async () => {
  await bundleVerifier();
  folder = mkdtempSync(join(tmpdir(), 'log-export-keys-'));
  platform = await startTestPlatform();
  workstation = await enrolled(platform.server);
  keys.push(workstation.bundle.log.key);
  await makeAct(701);
  await rotate();
  // Nothing follows yet: the newest head is the one that both keys signed.
  atRotation = await exported('at-rotation', 0, 999_999);
  await serve();
  await makeAct(702);
  await rotate();
  await serve();
  await makeAct(703);
  const [first = 0, second = 0] = fromSizes;
  across = await exported('across', first - 2, second);
}, 240_000);

afterAll(async () => {
  await platform.remove();
  rmSync(folder, { recursive: true, force: true });
});

it('a package over a rotation carries the heads that older keys signed, and each change with its proof', () => {
  const before = readFileSync(join(across, 'checkpoints/before'), 'utf8');
  const [oldest = '', , present = ''] = keys;
  expect(sizeOf(before)).toBeLessThan(fromSizes[0] ?? 0);
  expect(must(parseNote(before)).signatures[0]?.id).toBe(must(parseNoteKey(sha256, oldest)).id);
  expect(JSON.parse(readFileSync(join(across, packageFiles.manifest), 'utf8'))).toMatchObject({
    keyChanges: 2,
    logKey: present,
  });
  for (const number of [1, 2])
    for (const part of ['document', 'proof', 'consistency'] as const)
      expect(existsSync(join(across, keyChangePath(number, part)))).toBe(true);
});

it('it holds for whoever trusts any one of the keys, and for nobody else', async () => {
  for (const key of keys) expect(await judged(across, key)).toBe('good');
  const { name } = must(parseNoteKey(sha256, keys[0] ?? ''));
  const stranger = formatNoteKey(noteKey(sha256, { name, publicKey: testKey('stranger').publicKey }));
  expect(await judged(across, stranger)).toBe('manifest-differs head-signature');
});

it('each entry carries the line of the present key, also where the newest head has the lines of both', async () => {
  expect(sizeOf(readFileSync(join(atRotation, packageFiles.newest), 'utf8'))).toBe(fromSizes[0]);
  for (const key of keys.slice(0, 2)) expect(await judged(atRotation, key)).toBe('good');
  const proof = readFileSync(join(atRotation, entryPath('entries', 0, 'proof')), 'utf8');
  expect(verifyReceipt({ proof, logKey: keys[1] ?? '', sha256, verifyEd25519 }).verdict).toBe('good');
  expect(must(parseNote(must(parseProof(proof)).checkpoint)).signatures).toHaveLength(1);
});

it('a change that is left out, exchanged, of another head, or not counted is found, new hashes or not', async () => {
  const [oldest = '', , present = ''] = keys;
  const spoilt = (spoil: (place: string) => void): Promise<string>[] => {
    const place = copyOf(across);
    spoil(place);
    sumAgain(place);
    return [judged(place, oldest), judged(place, present)];
  };
  const file = (place: string, number: number, part: Parameters<typeof keyChangePath>[1]): string =>
    join(place, keyChangePath(number, part));
  const cases = [
    ...spoilt((place) => rmSync(file(place, 1, 'document'))),
    ...spoilt((place) => cpSync(file(place, 2, 'proof'), file(place, 1, 'proof'))),
    ...spoilt((place) => {
      const manifest = join(place, packageFiles.manifest);
      writeFileSync(manifest, readFileSync(manifest, 'utf8').replace('"keyChanges":2', '"keyChanges":1'));
    }),
    ...spoilt((place) => {
      const manifest = join(place, packageFiles.manifest);
      writeFileSync(manifest, readFileSync(manifest, 'utf8').replace('"keyChanges":2', '"keyChanges":257'));
    }),
  ];
  expect(new Set(await Promise.all(cases))).toEqual(new Set(['key-change']));
  const inconsistent = spoilt((place) => rmSync(file(place, 2, 'consistency')));
  expect(new Set(await Promise.all(inconsistent))).toEqual(new Set(['head-inconsistent']));
});

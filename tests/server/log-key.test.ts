import { spawnSync } from 'node:child_process';
import { cpSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  followKey,
  formatNoteKey,
  openCheckpoint,
  parseNote,
  parseNoteKey,
  parseProof,
  verifyReceipt,
  type KeyRotation,
  type NoteKey,
  type ReceiptFacts,
} from '../../core/log/index.ts';
import { canonicalize } from '../../core/signing/index.ts';
import { endpoints } from '../../contracts/http/index.ts';
import { sha256, verifyEd25519, verifyMlDsa44 } from '../../eds/index.ts';
import {
  checkPlace,
  createServerLog,
  realSurroundings,
  rotateLogKey,
  startServer,
  type RotationStep,
} from '../../server/boot/index.ts';
import { openDesk } from '../../server/boot/open-desk.ts';
import { recordDocument } from '../../server/accounts/index.ts';
import { testForm } from './support/forms.ts';
import { must, startIn, startTestPlatform, testFolder, type TestPlatform } from './support/platform.ts';
import { enrolled, newCase, receiptOf, type Workstation } from './support/workstation.ts';

let platform: TestPlatform;

beforeAll(async () => {
  platform = await startTestPlatform();
});

afterAll(() => platform.remove());

const ports = { sha256, verifyEd25519 };

/** Keys of the log as the workstation pinned them, one a line. */
function pinnedKeys({ bundle }: Workstation): string {
  return `${bundle.log.key}\n${bundle.log.mlDsa44Key ?? ''}\n`;
}

async function receiptOfNewAct(workstation: Workstation, number: number): Promise<string> {
  const form = testForm(number);
  const item = workstation.act(platform.registrar, newCase(form), 'registration.submit', { form });
  expect(await workstation.outcomes([item])).toEqual(['accepted']);
  return receiptOf(workstation, item.actionId);
}

function factsOf(proof: string, logKey: string): ReceiptFacts {
  const verdict = verifyReceipt({ proof, logKey, ...ports, verifyMlDsa44 });
  if (verdict.verdict !== 'good') throw new Error(verdict.reason);
  return verdict.facts;
}

async function rotationsOf(workstation: Workstation): Promise<readonly KeyRotation[]> {
  const answer = await workstation.client.call({ method: 'GET', path: '/v1/log/keys' });
  return endpoints.logKeys.response.parse(answer.json).rotations;
}

/** The key that whoever pinned `from` ends up with. */
function followedFrom(from: string, rotations: readonly KeyRotation[]): NoteKey {
  let pinned = must(parseNoteKey(sha256, from));
  for (const rotation of rotations) {
    const followed = followKey(rotation, pinned, ports);
    if (followed.ok) pinned = followed.value.key;
  }
  return pinned;
}

const place = (directory = platform.directory) => ({ directory, surroundings: realSurroundings });

test('a receipt carries the lines of both keys of the log, and is good by the Ed25519 one alone', async () => {
  const workstation = await enrolled(platform.server);
  const proof = await receiptOfNewAct(workstation, 1);
  expect(factsOf(proof, pinnedKeys(workstation)).isMlDsa44Signed).toBe(true);
  const alone = factsOf(proof, workstation.bundle.log.key);
  expect([alone.level, alone.isMlDsa44Signed]).toEqual(['log', undefined]);
  const note = must(parseNote(workstation.bundle.checkpoint));
  const keys = pinnedKeys(workstation).trim().split('\n');
  expect(note.signatures.map(({ id }) => id)).toEqual(keys.map((text) => must(parseNoteKey(sha256, text)).id));
});

test('a running server keeps its key', async () => {
  const refused = await rotateLogKey(place());
  expect(!refused.ok && refused.refusal.code).toBe('server-running');
});

test('new keys take over by a leaf that the old key proves, and the head that names them carries both lines', async () => {
  const workstation = await enrolled(platform.server);
  const before = workstation.bundle.log.key;
  await platform.server.close();
  const rotated = must(await rotateLogKey(place()));
  platform.server = await startIn(platform.directory, platform.lines);
  workstation.reconnect(platform.server);
  const [rotation] = await rotationsOf(workstation);
  if (rotation === undefined) throw new Error('the server tells its rotation');
  const old = must(parseNoteKey(sha256, before));
  const followed = must(followKey(rotation, old, ports));
  expect(formatNoteKey(followed.key)).toBe(rotated.key);
  expect(followed.head.size).toBe(rotated.fromSize);
  const note = must(parseProof(rotation.proof)).checkpoint;
  for (const logKey of [old, followed.key]) expect(openCheckpoint({ note, logKey, verifyEd25519 }).ok).toBe(true);
  expect(must(parseNote(note)).signatures).toHaveLength(4);
  const proof = await receiptOfNewAct(workstation, 2);
  expect(factsOf(proof, `${rotated.key}\n${rotated.mlDsa44Key}`).isMlDsa44Signed).toBe(true);
  expect(verifyReceipt({ proof, logKey: before, ...ports })).toMatchObject({ reason: 'receipt-log-key-other' });
  const fresh = await enrolled(platform.server);
  expect(pinnedKeys(fresh)).toBe(`${rotated.key}\n${rotated.mlDsa44Key}\n`);
});

test('a copy of the keys from before a rotation signs nothing any more', async () => {
  const keys = join(platform.directory, 'keys');
  const copy = join(testFolder(), 'keys');
  cpSync(keys, copy, { recursive: true });
  await platform.server.close();
  must(await rotateLogKey(place()));
  const current = join(testFolder(), 'keys');
  cpSync(keys, current, { recursive: true });
  cpSync(copy, keys, { recursive: true });
  const options = { ...place(), profile: 'demo' as const, listen: { host: '127.0.0.1', port: 0 } };
  const refused = await startServer({ ...options, log: createServerLog(() => undefined) });
  expect(!refused.ok && refused.refusal.code).toBe('platform-key-absent');
  cpSync(current, keys, { recursive: true });
  for (const folder of [copy, current]) rmSync(join(folder, '..'), { recursive: true });
  platform.server = await startIn(platform.directory, platform.lines);
});

const steps: readonly RotationStep[] = ['keys-made', 'change-recorded', 'head-signed', 'half-moved'];

test.each(steps)(
  'a rotation that is killed at "%s" is carried on by the next start, or by the next call',
  async (step) => {
    const workstation = await enrolled(platform.server);
    const before = workstation.bundle.log.key;
    for (const next of ['start', 'call'] as const) {
      const known = (await enrolled(platform.server)).bundle.log.key;
      await platform.server.close();
      const child = join(import.meta.dirname, 'support', 'rotate-child.ts');
      const killed = spawnSync(process.execPath, [child, platform.directory, step], {
        encoding: 'utf8',
        timeout: 60_000,
      });
      expect([killed.signal, killed.stdout]).toEqual(['SIGKILL', '']);
      if (next === 'call') must(await rotateLogKey(place()));
      platform.server = await startIn(platform.directory, platform.lines);
      workstation.reconnect(platform.server);
      const { key } = (await enrolled(platform.server)).bundle.log;
      // Keys that nobody named yet wait; from the leaf on there is no way back.
      expect(key === known).toBe(step === 'keys-made' && next === 'start');
      const pinned = followedFrom(before, await rotationsOf(workstation));
      expect(formatNoteKey(pinned)).toBe(key);
      factsOf(await receiptOfNewAct(workstation, 100 + steps.indexOf(step) * 10 + (next === 'call' ? 1 : 0)), key);
      const waiting = readdirSync(join(platform.directory, 'keys')).filter((name) => name.includes('.next.'));
      expect(waiting).toHaveLength(key === known ? 2 : 0);
      expect(platform.server.state()).toBe('accepting');
    }
  },
);

test('a document that counts on its place in the log gets it in the transaction that records it, or is not recorded', async () => {
  await platform.server.close();
  const { desk, store } = must(await openDesk(place(), undefined));
  const { database, identity } = desk;
  const counts = async (): Promise<readonly unknown[]> => {
    const { leaves, documents } = await database
      .selectFrom('leaf')
      .select(({ fn }) => [fn.countAll<number>().as('leaves')])
      .select((query) =>
        query
          .selectFrom('document')
          .select(({ fn }) => fn.countAll<number>().as('documents'))
          .as('documents'),
      )
      .executeTakeFirstOrThrow();
    return [leaves, documents];
  };
  const placed = (index: number) =>
    database
      .selectFrom('leaf_position')
      .innerJoin('document', 'document.leaf_id', 'leaf_position.leaf_id')
      .select('document.kind')
      .where('leaf_index', '=', index)
      .executeTakeFirst();
  const size = (await database.selectFrom('counter').select('value').where('name', '=', 'leaf').executeTakeFirst())
    ?.value;
  if (size === undefined) throw new Error('the log counts its leaves');
  const record = (at: number, leafIndex?: number) =>
    recordDocument(desk, {
      ...{
        kind: 'platform',
        subject: 'platform',
        text: canonicalize({ form: 'test', platform: identity.platform, at }),
      },
      ...(leafIndex === undefined ? {} : { leafIndex }),
    });
  // Another process was faster, by one leaf or by none that is in the log yet.
  const before = await counts();
  for (const wrong of [size - 1, size + 1]) await expect(record(wrong, wrong)).rejects.toThrow('has the length');
  expect(await counts()).toEqual(before);
  await record(1);
  await record(2, size);
  expect(await placed(size)).toEqual({ kind: 'platform' });
  const pending = await database.selectFrom('leaf_pending').select('leaf_id').execute();
  expect(pending).toHaveLength(1);
  await store.close();
  platform.server = await startIn(platform.directory, platform.lines);
  expect(platform.server.state()).toBe('accepting');
}, 60_000);

test('the check of the log believes each head by the keys of its time', async () => {
  const findings: unknown[] = [];
  const options = { directory: platform.directory, witnesses: [], isReplay: true, onProgress: () => undefined };
  const summary = must(await checkPlace({ ...options, report: (finding) => findings.push(finding) }));
  expect(findings).toEqual([]);
  expect(summary?.treeSize).toBe(platform.server.treeSize());
});

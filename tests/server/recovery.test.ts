import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { copyFileSync, readFileSync, rmSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { leafText, noteKey, openCheckpoint, verifyConsistency, type NoteKey } from '../../core/log/index.ts';
import { fromBase64, type ActionId, type PlatformId, type Sha256Hex } from '../../core/kernel/index.ts';
import { sha256 } from '../../eds/index.ts';
import { rawPublicKey, signText, verifyEd25519 } from '../../server/keys/index.ts';
import { logSigner, openCentralLog, readTile, type CentralLog } from '../../server/log/index.ts';
import {
  assignPositions,
  inTransaction,
  insertLeaves,
  openStore,
  type LeafTags,
  type Store,
} from '../../server/store/index.ts';
import { must, testFolder } from './support/platform.ts';

let directory: string;
let store: Store;
let privateKey: KeyObject;
let key: NoteKey;
let leaves = 0;
/** Marks of a platform whose key is the word. */
const tags: LeafTags = {
  ofWaiting: ({ leaf_id, ordinal, body }) => `waits ${leaf_id} ${ordinal} ${body}`,
  ofPlace: ({ leaf_index, leaf_id, body }) => `stands ${leaf_index} ${leaf_id} ${body}`,
};

beforeAll(async () => {
  directory = testFolder();
  store = must(await openStore({ folder: directory, nowMs: Date.now() }));
  privateKey = generateKeyPairSync('ed25519').privateKey;
  key = noteKey(sha256, { name: 'demo.qorgan.recovery', publicKey: rawPublicKey(privateKey) });
});

afterAll(async () => {
  await store.close();
  rmSync(directory, { recursive: true, force: true });
});

async function asOwner<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
  const folder = join(directory, 'postgres');
  const owner = JSON.parse(readFileSync(join(folder, 'owner.json'), 'utf8')) as { user: string; password: string };
  const host = readFileSync(join(folder, 'data', 'postmaster.pid'), 'utf8').split('\n')[4] ?? '';
  const client = new pg.Client({ host, ...owner, database: 'postgres' });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

async function addLeaves(count: number): Promise<void> {
  const rows = Array.from({ length: count }, () => {
    leaves += 1;
    const body = leafText({
      v: 1,
      platform: 'recovery' as PlatformId,
      kind: 'platform',
      actionId: `leaf-${leaves}` as ActionId,
      device: null,
      epoch: null,
      sequence: 0,
      commitment: 'a'.repeat(64) as Sha256Hex,
      validation: null,
      outcome: 'accepted',
      receivedAtMs: leaves,
    });
    const leaf = {
      leaf_id: `leaf-${String(leaves).padStart(6, '0')}`,
      body,
      subject: 'test',
      opening: Buffer.alloc(1),
      received_at_ms: leaves,
      ordinal: leaves,
    };
    return { ...leaf, tag: tags.ofWaiting(leaf) };
  });
  await inTransaction(store.database, (session) => insertLeaves(session, rows));
}

async function open(folder = 'log'): Promise<CentralLog> {
  const signer = logSigner({ ed25519: { key, sign: (message) => signText(privateKey, message) } });
  return must(
    await openCentralLog({
      folder: join(directory, folder),
      database: store.database,
      signer,
      tags,
      nowMs: () => Date.now(),
    }),
  );
}

function rootOf(log: CentralLog): string {
  return Buffer.from(must(openCheckpoint({ note: log.checkpoint(), logKey: key, verifyEd25519 })).root).toString(
    'base64',
  );
}

/** Every entry is a leaf of the database, in order, and the checkpoint is of this very tree. */
function expectWhole(log: CentralLog): void {
  expect(log.size()).toBe(leaves);
  expect(log.checkpointSize()).toBe(leaves);
  expect(rootOf(log)).toBe(log.tree.rootAt(leaves));
  const bundle = Buffer.from(log.readEntries(0, leaves)).toString();
  expect(bundle.match(/"leaf-\d+"/gu)).toEqual(Array.from({ length: leaves }, (_, i) => `"leaf-${i + 1}"`));
}

test('a session of the database that ends between two statements fails its transaction, and not the server', async () => {
  const cut = store.database.transaction().execute(async (session) => {
    const own = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(session);
    await asOwner((client) => client.query('select pg_terminate_backend($1)', [own.rows[0]?.pid]));
    // The news of its end comes while no statement waits for an answer.
    await sleep(200);
    await sql`select 1`.execute(session);
  });
  await expect(cut).rejects.toThrow();
  expect((await sql<{ one: number }>`select 1 as one`.execute(store.database)).rows).toEqual([{ one: 1 }]);
});

test('leaves that have an index but stand in no file yet are appended at the next start', async () => {
  await addLeaves(300);
  let log = await open();
  await log.sequence();
  log.close();
  await addLeaves(5);
  await assignPositions(store.database, { limit: 100, tags, isHeld: () => false });
  log = await open();
  expectWhole(log);
  log.close();
});

test('a checkpoint that was stored and not published is published at the next start', async () => {
  const path = join(directory, 'log', 'checkpoint');
  copyFileSync(path, join(directory, 'older'));
  let log = await open();
  await addLeaves(3);
  await log.sequence();
  const note = log.checkpoint();
  log.close();
  copyFileSync(join(directory, 'older'), path);
  log = await open();
  expect(log.checkpoint()).toBe(note);
  expect(readFileSync(path, 'utf8')).toBe(note);
  expectWhole(log);
  log.close();
});

test('files that a crash left torn anywhere are derived again from the database, to the same root', async () => {
  const seed = Number(process.env['QORGAN_SEED'] ?? Date.now() % 1_000_000);
  process.stdout.write(`seed of the torn files: ${seed}\n`);
  const names = ['bundles', 'bundle-starts', 'tiles-1'] as const;
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...names), fc.double({ min: 0, max: 1, noNaN: true }), async (name, part) => {
      const before = await open();
      const root = rootOf(before);
      before.close();
      const file = join(directory, 'log', name);
      truncateSync(file, Math.floor(statSync(file).size * part));
      const log = await open();
      expectWhole(log);
      expect(rootOf(log)).toBe(root);
      log.close();
    }),
    { numRuns: 25, seed },
  );
});

test('a lost folder of the log is derived again from the database', async () => {
  const before = await open();
  const root = rootOf(before);
  before.close();
  const log = await open('log-anew');
  expectWhole(log);
  expect(rootOf(log)).toBe(root);
  log.close();
});

test('tiles and entries follow C2SP paths, and none is given beyond the checkpoint', async () => {
  const log = await open();
  expect(readTile(log, '0/000')?.length).toBe(256 * 32);
  expect(readTile(log, `0/001.p/${leaves - 256}`)?.length).toBe((leaves - 256) * 32);
  expect(readTile(log, '1/000.p/1')?.length).toBe(32);
  expect(Buffer.from(readTile(log, 'entries/000') ?? []).readUInt16BE(0)).toBeGreaterThan(200);
  for (const path of [
    '0/001',
    `0/001.p/${leaves - 255}`,
    '2/000.p/1',
    '0/0',
    '0/../x',
    '00/000',
    '-1/000',
    'entries/002',
  ]) {
    expect(readTile(log, path)).toBeUndefined();
  }
  log.close();
});

test('later checkpoints extend earlier ones', async () => {
  const log = await open();
  const before = { size: log.size(), root: rootOf(log) };
  await addLeaves(300);
  await log.sequence();
  const path = log.tree.consistency(before.size, log.size());
  const bytes = (text: string): Uint8Array => must(fromBase64(text));
  const question = {
    sha256,
    oldSize: before.size,
    oldRoot: bytes(before.root),
    size: log.size(),
    root: bytes(rootOf(log)),
    path,
  };
  expect(verifyConsistency(question)).toBe(true);
  expect(verifyConsistency({ ...question, path: path.slice(1) })).toBe(false);
  log.close();
});

test('a second sequencer on the same database signs only what extends the last head', async () => {
  const one = await open();
  const other = await open('log-anew');
  await addLeaves(2);
  await one.sequence();
  await addLeaves(2);
  await other.sequence();
  const path = other.tree.consistency(one.size(), other.size());
  const bytes = (text: string): Uint8Array => must(fromBase64(text));
  const heads = { oldSize: one.size(), oldRoot: bytes(rootOf(one)), size: other.size(), root: bytes(rootOf(other)) };
  expect(verifyConsistency({ sha256, ...heads, path })).toBe(true);
  one.close();
  other.close();
  const log = await open();
  expectWhole(log);
  log.close();
});

test('a head that is no part of the tree is never extended', async () => {
  const log = await open();
  const forged = Buffer.alloc(32, 5).toString('base64');
  const head = { treeSize: log.size(), root: log.tree.rootAt(log.size()) };
  await store.database.updateTable('checkpoint_head').set({ root: forged }).execute();
  await addLeaves(1);
  await expect(log.sequence()).rejects.toThrow('extends the head');
  await store.database.updateTable('checkpoint_head').set({ root: head.root }).execute();
  await log.sequence();
  expectWhole(log);
  log.close();
});

test('a database behind its log refuses to write and names the gap, and never sequences anew', async () => {
  // What a restore of last night's backup does.
  await asOwner(async (client) => {
    await client.query('delete from leaf_position where leaf_index >= $1', [leaves - 10]);
    await client.query('delete from checkpoint where tree_size > $1', [leaves - 10]);
    await client.query('delete from checkpoint_head');
  });
  const log = await open();
  expect(log.gap()).toEqual({ reason: 'database-behind', logSize: leaves, databaseSize: leaves - 10 });
  expect(await log.sequence()).toBe(0);
  log.close();
});

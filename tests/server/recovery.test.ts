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
import { startEmbeddedPostgres } from '../../server/store/postgres/embedded.ts';
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

/** What a superuser does while the log is open; it stands still before the row named, and goes on once the row is gone. */
async function expectStandstill(
  leaf: string,
  put: (client: pg.Client) => Promise<unknown>,
  undo: (client: pg.Client) => Promise<unknown>,
): Promise<void> {
  const size = leaves;
  const log = await open();
  // Queued by the platform and acknowledged: they wait.
  await addLeaves(2);
  await asOwner(put);
  expect(await log.sequence()).toBe(0);
  expect(log.gap()).toMatchObject({ reason: 'leaf-unknown', leaf });
  expect([log.size(), log.checkpointSize()]).toEqual([size, size]);
  log.close();
  const again = await open();
  expect(await again.sequence()).toBe(0);
  expect([again.gap()?.reason, again.size(), again.checkpointSize()]).toEqual(['leaf-unknown', size, size]);
  again.close();
  await asOwner(undo);
  const whole = await open();
  await whole.sequence();
  expectWhole(whole);
  whole.close();
}

const id = (n: number): string => `leaf-${String(n).padStart(6, '0')}`;
const copyLeaf = (from: string, to: string): string =>
  `insert into leaf select '${to}', replace(body, '"leaf-1"', '"${to}"'), subject, opening, received_at_ms from leaf where leaf_id = '${from}'`;
const dropLeaf = (name: string): string => `delete from leaf where leaf_id = '${name}'`;

test('a leaf that somebody queues is never signed, and what the platform queued waits', async () => {
  const put = async (client: pg.Client): Promise<void> => {
    await client.query(copyLeaf(id(1), 'added'));
    await client.query("insert into leaf_pending values ('added', 0, '')");
  };
  await expectStandstill('added', put, async (client) => {
    await client.query("delete from leaf_pending where leaf_id = 'added'");
    await client.query(dropLeaf('added'));
  });
});

test.each([
  ['text', (n: string) => `update leaf set body = replace(body, 'accepted', 'superseded') where leaf_id = '${n}'`],
  ['order', (n: string) => `update leaf_pending set ordinal = ordinal - 1000 where leaf_id = '${n}'`],
  ['leaf', (n: string) => `update leaf set leaf_id = 'gone' where leaf_id = '${n}'`],
])('a waiting leaf whose %s somebody changes is not signed', async (_what, edit) => {
  const name = id(leaves + 2);
  const kept: { leaf: unknown; pending: unknown } = { leaf: undefined, pending: undefined };
  const put = async (client: pg.Client): Promise<void> => {
    kept.leaf = (await client.query('select * from leaf where leaf_id = $1', [name])).rows[0];
    kept.pending = (await client.query('select * from leaf_pending where leaf_id = $1', [name])).rows[0];
    await client.query(edit(name));
  };
  await expectStandstill(name, put, async (client) => {
    await client.query("delete from leaf where leaf_id in ('gone', $1)", [name]);
    await client.query('insert into leaf select * from json_populate_record(null::leaf, $1)', [kept.leaf]);
    await client.query('update leaf_pending set ordinal = $2 where leaf_id = $1', [
      name,
      (kept.pending as { ordinal: number }).ordinal,
    ]);
  });
});

test('a leaf of the log that is queued again with its own mark gets no second index, whatever became of its place', async () => {
  const body = "(select body from leaf where leaf_id = 'leaf-000001')";
  const put = async (client: pg.Client): Promise<void> => {
    await client.query("delete from leaf_position where leaf_id = 'leaf-000001'");
    await client.query(`insert into leaf_pending select 'leaf-000001', 1, 'waits leaf-000001 1 ' || ${body}`);
  };
  const place = `select 0, 'leaf-000001', 'stands 0 leaf-000001 ' || ${body}`;
  await expectStandstill('leaf-000001', put, async (client) => {
    await client.query("delete from leaf_pending where leaf_id = 'leaf-000001'");
    await client.query(`insert into leaf_position (leaf_index, leaf_id, tag) ${place}`);
  });
});

test('a leaf that somebody gives a place of its own is not appended, even under a head that he writes beside it', async () => {
  const before = await open();
  const head = { tree_size: before.size(), root: before.tree.rootAt(before.size()) };
  before.close();
  const size = leaves;
  await asOwner(async (client) => {
    await client.query(copyLeaf(id(1), 'placed'));
    await client.query('insert into leaf_position values ($1, $2, $3)', [size, 'placed', '']);
    await client.query("update counter set value = value + 1 where name = 'leaf'");
    await client.query('update checkpoint_head set tree_size = $1', [size + 1]);
  });
  const log = await open();
  expect(log.gap()).toMatchObject({ reason: 'leaf-unknown', leaf: 'placed' });
  expect([await log.sequence(), log.size(), log.checkpointSize()]).toEqual([0, size, size]);
  log.close();
  // Nor in a folder that lost its files.
  const anew = await open('log-bare');
  expect([anew.gap()?.reason, anew.size()]).toEqual(['leaf-unknown', 0]);
  anew.close();
  await asOwner(async (client) => {
    await client.query('delete from leaf_position where leaf_index = $1', [size]);
    await client.query("update counter set value = value - 1 where name = 'leaf'");
    await client.query('update checkpoint_head set tree_size = $1, root = $2', [head.tree_size, head.root]);
    await client.query(dropLeaf('placed'));
  });
  const whole = await open();
  expectWhole(whole);
  whole.close();
});

test('two leaves that change places between a crash and the next start are not appended', async () => {
  const size = leaves;
  await addLeaves(2);
  await assignPositions(store.database, { limit: 100, tags, isHeld: () => false });
  const swap = (client: pg.Client): Promise<unknown> =>
    client.query(
      `with two as (delete from leaf_position where leaf_index >= ${size} returning *)
       insert into leaf_position select 2 * ${size} + 1 - leaf_index, leaf_id, tag from two`,
    );
  await asOwner(async (client) => {
    await client.query(
      'alter table leaf_position drop constraint leaf_position_pkey, drop constraint leaf_position_leaf_id_key',
    );
    await swap(client);
  });
  const log = await open();
  expect([log.gap()?.reason, log.size()]).toEqual(['leaf-unknown', size]);
  log.close();
  await asOwner(swap);
  await asOwner((client) =>
    client.query('alter table leaf_position add primary key (leaf_index), add unique (leaf_id)'),
  );
  const whole = await open();
  expectWhole(whole);
  whole.close();
});

test('a database of the version before is taken over once its leaves are signed, and not changed before', async () => {
  const older = [
    'alter table leaf_pending drop column tag',
    'alter table leaf_position drop column tag',
    "delete from schema_migration where name like '%-leaf-tags'",
  ];
  const reopen = async (): Promise<string> => {
    const opened = await openStore({ folder: directory, nowMs: Date.now() });
    if (opened.ok) store = opened.value;
    return opened.ok ? 'open' : opened.refusal.code;
  };
  const waits = "insert into leaf_pending values ('waits', 1)";
  await asOwner(async (client) => {
    for (const statement of [...older, waits]) await client.query(statement);
  });
  await store.close();
  expect(await reopen()).toBe('leaves-unsigned');
  const cluster = must(await startEmbeddedPostgres(join(directory, 'postgres')));
  await asOwner((client) => client.query('delete from leaf_pending'));
  await asOwner((client) => client.query("update counter set value = value + 1 where name = 'leaf'"));
  await cluster.stop();
  expect(await reopen()).toBe('leaves-unsigned');
  const again = must(await startEmbeddedPostgres(join(directory, 'postgres')));
  await asOwner((client) => client.query("update counter set value = value - 1 where name = 'leaf'"));
  await again.stop();
  expect(await reopen()).toBe('open');
  // Leaves that were signed without a mark go on, and new ones have theirs.
  for (const folder of ['log-older', 'log']) {
    const log = await open(folder);
    await addLeaves(2);
    await log.sequence();
    expectWhole(log);
    log.close();
  }
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

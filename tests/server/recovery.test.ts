import { copyFileSync, readFileSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { verifyConsistency } from '../../core/log/index.ts';
import { fromBase64 } from '../../core/kernel/index.ts';
import { sha256 } from '../../eds/index.ts';
import { readTile } from '../../server/log/index.ts';
import { assignPositions } from '../../server/store/index.ts';
import { LogWorld, tags } from './support/log-world.ts';
import { must } from './support/platform.ts';

let world: LogWorld;

beforeAll(async () => {
  world = new LogWorld();
  expect(await world.openStore()).toBe('open');
});

afterAll(() => world.remove());

test('a session of the database that ends between two statements fails its transaction, and not the server', async () => {
  const cut = world.store.database.transaction().execute(async (session) => {
    const own = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(session);
    await world.asOwner((client) => client.query('select pg_terminate_backend($1)', [own.rows[0]?.pid]));
    // The news of its end comes while no statement waits for an answer.
    await sleep(200);
    await sql`select 1`.execute(session);
  });
  await expect(cut).rejects.toThrow();
  expect((await sql<{ one: number }>`select 1 as one`.execute(world.store.database)).rows).toEqual([{ one: 1 }]);
});

test('leaves that have an index but stand in no file yet are appended at the next start', async () => {
  await world.addLeaves(300);
  let log = await world.open();
  await log.sequence();
  log.close();
  await world.addLeaves(5);
  await assignPositions(world.store.database, { limit: 100, tags, isHeld: () => false });
  log = await world.open();
  world.expectWhole(log);
  log.close();
});

test('a checkpoint that was stored and not published is published at the next start', async () => {
  const path = join(world.directory, 'log', 'checkpoint');
  copyFileSync(path, join(world.directory, 'older'));
  let log = await world.open();
  await world.addLeaves(3);
  await log.sequence();
  const note = log.checkpoint();
  log.close();
  copyFileSync(join(world.directory, 'older'), path);
  log = await world.open();
  expect(log.checkpoint()).toBe(note);
  expect(readFileSync(path, 'utf8')).toBe(note);
  world.expectWhole(log);
  log.close();
});

test('files that a crash left torn anywhere are derived again from the database, to the same root', async () => {
  const seed = Number(process.env['QORGAN_SEED'] ?? Date.now() % 1_000_000);
  process.stdout.write(`seed of the torn files: ${seed}\n`);
  const names = ['bundles', 'bundle-starts', 'tiles-1'] as const;
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...names), fc.double({ min: 0, max: 1, noNaN: true }), async (name, part) => {
      const before = await world.open();
      const root = world.rootOf(before);
      before.close();
      const file = join(world.directory, 'log', name);
      truncateSync(file, Math.floor(statSync(file).size * part));
      const log = await world.open();
      world.expectWhole(log);
      expect(world.rootOf(log)).toBe(root);
      log.close();
    }),
    { numRuns: 25, seed },
  );
});

test('a lost folder of the log is derived again from the database', async () => {
  const before = await world.open();
  const root = world.rootOf(before);
  before.close();
  const log = await world.open('log-anew');
  world.expectWhole(log);
  expect(world.rootOf(log)).toBe(root);
  log.close();
});

test('tiles and entries follow C2SP paths, and none is given beyond the checkpoint', async () => {
  const log = await world.open();
  expect(readTile(log, '0/000')?.length).toBe(256 * 32);
  expect(readTile(log, `0/001.p/${world.leaves - 256}`)?.length).toBe((world.leaves - 256) * 32);
  expect(readTile(log, '1/000.p/1')?.length).toBe(32);
  expect(Buffer.from(readTile(log, 'entries/000') ?? []).readUInt16BE(0)).toBeGreaterThan(200);
  for (const path of [
    '0/001',
    `0/001.p/${world.leaves - 255}`,
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
  const log = await world.open();
  const before = { size: log.size(), root: world.rootOf(log) };
  await world.addLeaves(300);
  await log.sequence();
  const path = log.tree.consistency(before.size, log.size());
  const bytes = (text: string): Uint8Array => must(fromBase64(text));
  const question = {
    sha256,
    oldSize: before.size,
    oldRoot: bytes(before.root),
    size: log.size(),
    root: bytes(world.rootOf(log)),
    path,
  };
  expect(verifyConsistency(question)).toBe(true);
  expect(verifyConsistency({ ...question, path: path.slice(1) })).toBe(false);
  log.close();
});

test('a second sequencer on the same database signs only what extends the last head', async () => {
  const one = await world.open();
  const other = await world.open('log-anew');
  await world.addLeaves(2);
  await one.sequence();
  await world.addLeaves(2);
  await other.sequence();
  const path = other.tree.consistency(one.size(), other.size());
  const bytes = (text: string): Uint8Array => must(fromBase64(text));
  const heads = {
    oldSize: one.size(),
    oldRoot: bytes(world.rootOf(one)),
    size: other.size(),
    root: bytes(world.rootOf(other)),
  };
  expect(verifyConsistency({ sha256, ...heads, path })).toBe(true);
  one.close();
  other.close();
  const log = await world.open();
  world.expectWhole(log);
  log.close();
});

test('a head that is no part of the tree is never extended', async () => {
  const log = await world.open();
  const forged = Buffer.alloc(32, 5).toString('base64');
  const head = { treeSize: log.size(), root: log.tree.rootAt(log.size()) };
  await world.store.database.updateTable('checkpoint_head').set({ root: forged }).execute();
  await world.addLeaves(1);
  await expect(log.sequence()).rejects.toThrow('extends the head');
  await world.store.database.updateTable('checkpoint_head').set({ root: head.root }).execute();
  await log.sequence();
  world.expectWhole(log);
  log.close();
});

test('a database behind its log refuses to write and names the gap, and never sequences anew', async () => {
  // What a restore of last night's backup does.
  await world.asOwner(async (client) => {
    await client.query('delete from leaf_position where leaf_index >= $1', [world.leaves - 10]);
    await client.query('delete from checkpoint where tree_size > $1', [world.leaves - 10]);
    await client.query('delete from checkpoint_head');
  });
  const log = await world.open();
  expect(log.gap()).toEqual({ reason: 'database-behind', logSize: world.leaves, databaseSize: world.leaves - 10 });
  expect(await log.sequence()).toBe(0);
  log.close();
});

import { join } from 'node:path';
import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { assignPositions } from '../../server/store/index.ts';
import { startEmbeddedPostgres } from '../../server/store/postgres/embedded.ts';
import { leafId, LogWorld, tags } from './support/log-world.ts';
import { must } from './support/platform.ts';

let world: LogWorld;

beforeAll(async () => {
  world = new LogWorld();
  expect(await world.openStore()).toBe('open');
  await world.addLeaves(300);
  const log = await world.open();
  await log.sequence();
  log.close();
});

afterAll(() => world.remove());

/** What a superuser does while the log is open; it stands still before the row named, and goes on once the row is gone. */
async function expectStandstill(
  leaf: string,
  put: (client: pg.Client) => Promise<unknown>,
  undo: (client: pg.Client) => Promise<unknown>,
): Promise<void> {
  const size = world.leaves;
  const log = await world.open();
  // Queued by the platform and acknowledged: they wait.
  await world.addLeaves(2);
  await world.asOwner(put);
  expect(await log.sequence()).toBe(0);
  expect(log.gap()).toMatchObject({ reason: 'leaf-unknown', leaf });
  expect([log.size(), log.checkpointSize()]).toEqual([size, size]);
  log.close();
  const again = await world.open();
  expect(await again.sequence()).toBe(0);
  expect([again.gap()?.reason, again.size(), again.checkpointSize()]).toEqual(['leaf-unknown', size, size]);
  again.close();
  await world.asOwner(undo);
  const whole = await world.open();
  await whole.sequence();
  world.expectWhole(whole);
  whole.close();
}

const copyLeaf = (from: string, to: string): string =>
  `insert into leaf select '${to}', replace(body, '"leaf-1"', '"${to}"'), subject, opening, received_at_ms from leaf where leaf_id = '${from}'`;
const dropLeaf = (name: string): string => `delete from leaf where leaf_id = '${name}'`;

test('a leaf that somebody queues is never signed, and what the platform queued waits', async () => {
  const put = async (client: pg.Client): Promise<void> => {
    await client.query(copyLeaf(leafId(1), 'added'));
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
  const name = leafId(world.leaves + 2);
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
  const before = await world.open();
  const head = { tree_size: before.size(), root: before.tree.rootAt(before.size()) };
  before.close();
  const size = world.leaves;
  await world.asOwner(async (client) => {
    await client.query(copyLeaf(leafId(1), 'placed'));
    await client.query('insert into leaf_position values ($1, $2, $3)', [size, 'placed', '']);
    await client.query("update counter set value = value + 1 where name = 'leaf'");
    await client.query('update checkpoint_head set tree_size = $1', [size + 1]);
  });
  const log = await world.open();
  expect(log.gap()).toMatchObject({ reason: 'leaf-unknown', leaf: 'placed' });
  expect([await log.sequence(), log.size(), log.checkpointSize()]).toEqual([0, size, size]);
  log.close();
  // Nor in a folder that lost its files.
  const anew = await world.open('log-bare');
  expect([anew.gap()?.reason, anew.size()]).toEqual(['leaf-unknown', 0]);
  anew.close();
  await world.asOwner(async (client) => {
    await client.query('delete from leaf_position where leaf_index = $1', [size]);
    await client.query("update counter set value = value - 1 where name = 'leaf'");
    await client.query('update checkpoint_head set tree_size = $1, root = $2', [head.tree_size, head.root]);
    await client.query(dropLeaf('placed'));
  });
  const whole = await world.open();
  world.expectWhole(whole);
  whole.close();
});

test('two leaves that change places between a crash and the next start are not appended', async () => {
  const size = world.leaves;
  await world.addLeaves(2);
  await assignPositions(world.store.database, { limit: 100, tags, isHeld: () => false });
  const swap = (client: pg.Client): Promise<unknown> =>
    client.query(
      `with two as (delete from leaf_position where leaf_index >= ${size} returning *)
       insert into leaf_position select 2 * ${size} + 1 - leaf_index, leaf_id, tag from two`,
    );
  await world.asOwner(async (client) => {
    await client.query(
      'alter table leaf_position drop constraint leaf_position_pkey, drop constraint leaf_position_leaf_id_key',
    );
    await swap(client);
  });
  const log = await world.open();
  expect([log.gap()?.reason, log.size()]).toEqual(['leaf-unknown', size]);
  log.close();
  await world.asOwner(swap);
  await world.asOwner((client) =>
    client.query('alter table leaf_position add primary key (leaf_index), add unique (leaf_id)'),
  );
  const whole = await world.open();
  world.expectWhole(whole);
  whole.close();
});

test('a database of the version before is taken over once its leaves are signed, and not changed before', async () => {
  const older = [
    'alter table leaf_pending drop column tag',
    'alter table leaf_position drop column tag',
    "delete from schema_migration where name like '%-leaf-tags'",
  ];
  const waits = "insert into leaf_pending values ('waits', 1)";
  await world.asOwner(async (client) => {
    for (const statement of [...older, waits]) await client.query(statement);
  });
  await world.store.close();
  expect(await world.openStore()).toBe('leaves-unsigned');
  const cluster = must(await startEmbeddedPostgres(join(world.directory, 'postgres')));
  await world.asOwner((client) => client.query('delete from leaf_pending'));
  await world.asOwner((client) => client.query("update counter set value = value + 1 where name = 'leaf'"));
  await cluster.stop();
  expect(await world.openStore()).toBe('leaves-unsigned');
  const again = must(await startEmbeddedPostgres(join(world.directory, 'postgres')));
  await world.asOwner((client) => client.query("update counter set value = value - 1 where name = 'leaf'"));
  await again.stop();
  expect(await world.openStore()).toBe('open');
  // Leaves that were signed without a mark go on, and new ones have theirs.
  for (const folder of ['log-older', 'log']) {
    const log = await world.open(folder);
    await world.addLeaves(2);
    await log.sequence();
    world.expectWhole(log);
    log.close();
  }
});

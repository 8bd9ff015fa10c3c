import { rmSync } from 'node:fs';
import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  insertChanges,
  isConflict,
  leafStatements,
  openStore,
  readLatestPosition,
  readLeaves,
  writeTogether,
  type NewLeaf,
  type Row,
  type Statement,
  type Store,
} from '../../server/store/index.ts';
import { seeded } from '../support/index.ts';
import { must, testFolder } from './support/platform.ts';

let directory: string;
let store: Store;
let made = 0;

beforeAll(async () => {
  directory = testFolder();
  store = must(await openStore({ folder: directory, nowMs: Date.now() }));
});

afterAll(async () => {
  await store.close();
  rmSync(directory, { recursive: true, force: true });
});

function leaf(content: Partial<NewLeaf> = {}): NewLeaf {
  made += 1;
  const id = `group-${String(made).padStart(6, '0')}`;
  return {
    leaf_id: id,
    body: '{}',
    subject: 'test',
    opening: Buffer.of(7),
    received_at_ms: 1,
    ordinal: made,
    tag: '',
    ...content,
  };
}

function change(name: string, revision = 1): Omit<Row<'change'>, 'position'> {
  return { case_id: name, revision, scope: 'registration', leaf_id: 'none', sealed: Buffer.of(1), at_ms: 1 };
}

async function idsOf(rows: readonly NewLeaf[]): Promise<readonly string[]> {
  const found = await readLeaves(
    store.database,
    rows.map((row) => row.leaf_id),
  );
  return found.map((row) => row.leaf_id).toSorted();
}

test('every text and every byte arrives as it was given, however many rows a group has', async () => {
  const row = fc.record({
    body: fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll('\u0000', '')),
    subject: fc.constantFrom('', '"', '\\', '{},', 'NULL', 'Әліпби «Қ»', '\n'),
    opening: fc.uint8Array({ maxLength: 5_000 }).map((bytes) => Buffer.from(bytes)),
    received_at_ms: fc.maxSafeInteger(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 40 }), async (contents) => {
      const rows = contents.map((content) => leaf(content));
      await writeTogether(store.database, leafStatements(rows));
      const stored = new Map(
        (
          await readLeaves(
            store.database,
            rows.map((one) => one.leaf_id),
          )
        ).map((one) => [one.leaf_id, one]),
      );
      for (const { ordinal: _ordinal, tag: _tag, ...given } of rows) expect(stored.get(given.leaf_id)).toEqual(given);
    }),
    seeded('rows of a group', 60),
  );
});

const failures: readonly (readonly [string, () => readonly Statement[], boolean])[] = [
  ['a row that exists', () => insertChanges([change('case-a'), change('case-a')]), true],
  ['a statement that cannot be read', () => [{ name: 'unreadable', text: 'insert nonsense', values: [] }], false],
  ['a statement that fails late', () => [{ name: 'late', text: 'select 1 / $1::bigint', values: [0] }], false],
];

test.each(failures)(
  '%s fails the whole group, wherever it stands, and the next group is written',
  async (_name, failing, isMet) => {
    for (const place of ['first', 'last']) {
      const rows = [leaf(), leaf()];
      const good = leafStatements(rows);
      const group = place === 'first' ? [...failing(), ...good] : [...good, ...failing()];
      const error: unknown = await writeTogether(store.database, group).catch((cause: unknown) => cause);
      expect(error).toBeInstanceOf(Error);
      expect(isConflict(error)).toBe(isMet);
      expect(await idsOf(rows)).toEqual([]);
      await writeTogether(store.database, good);
      expect(await idsOf(rows)).toEqual(rows.map((row) => row.leaf_id));
    }
  },
);

test('changes of groups that are written at the same time have positions without a gap, each group in its order', async () => {
  const before = await readLatestPosition(store.database);
  const groups = Array.from({ length: 8 }, (_, g) => Array.from({ length: 5 }, (__, i) => change(`case-${g}-${i}`)));
  await Promise.all(groups.map((group) => writeTogether(store.database, insertChanges(group))));
  const { rows } = await sql<{ case_id: string; position: number }>`
    select case_id, position from change where position > ${before} order by position`.execute(store.database);
  expect(rows.map((row) => row.position)).toEqual(Array.from({ length: 40 }, (_, i) => before + 1 + i));
  for (const [g, group] of groups.entries()) {
    const own = rows.filter((row) => row.case_id.startsWith(`case-${g}-`));
    expect(own.map((row) => row.case_id)).toEqual(group.map((one) => one.case_id));
    expect(own.at(-1)?.position).toBe((own[0]?.position ?? 0) + group.length - 1);
  }
  expect(await readLatestPosition(store.database)).toBe(before + 40);
});

test('a database that ends in the middle fails the group, and the pool goes on with a new connection', async () => {
  const end: Statement = { name: 'end', text: 'select pg_terminate_backend(pg_backend_pid())', values: [] };
  const rows = [leaf()];
  await expect(writeTogether(store.database, [...leafStatements(rows), end])).rejects.toThrow();
  expect(await idsOf(rows)).toEqual([]);
  await writeTogether(store.database, leafStatements(rows));
  expect(await idsOf(rows)).toHaveLength(1);
});

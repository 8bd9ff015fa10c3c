import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Secret } from '../../../core/kernel/index.ts';
import type { ToldChange } from '../../../contracts/vault-host/index.ts';
import { durable } from '../disk.ts';
import { migrations } from '../journal/migrations/index.ts';
import { openStore, type Store } from '../journal/store.ts';
import { keepSignature } from './signatures.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'qorgan-signatures-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function open(): Store {
  const key = new Secret('data-key', new Uint8Array(32).fill(7));
  const store = openStore({ file: join(directory, 'journal.db'), key, durability: durable, mustExist: false });
  if (!store.ok) throw new Error(store.refusal.code);
  return store.value;
}

const change = (position: number): ToldChange =>
  ({ position, act: { id: `act-${position}` }, envelope: `{"n":${position}}`, cms: 'AAAA' }) as unknown as ToldChange;

const kept = (store: Store): readonly number[] =>
  store
    .all<{ position: number }>('select position from told_signatures order by position')
    .map(({ position }) => position);

test('no more signatures of others are kept than the bound, and the newest are', () => {
  const store = open();
  for (let position = 1; position <= 7; position += 1)
    store.write(() => keepSignature(store, 'cases', change(position), 3));
  expect(kept(store)).toEqual([5, 6, 7]);
  store.write(() => keepSignature(store, 'cases', change(7), 3));
  expect(kept(store)).toEqual([5, 6, 7]);
  store.close();
});

/** What later versions added, and an older journal does not have. */
function withoutLater(store: Store): void {
  store.run('drop index case_changes_by');
  store.run('drop table policies');
  store.run('drop table told_signatures');
}

test('a journal of the version before gets the table and keeps what it has', () => {
  const before = open();
  before.write(() => before.run("insert into meta (name, value) values ('cases-position', '41')"));
  before.write(() => {
    withoutLater(before);
    before.run('drop table evidence');
    before.run('alter table acts drop column level');
    before.run('pragma user_version = 1');
  });
  expect(before.schemaVersion()).toBe(1);
  before.close();
  const store = open();
  expect([store.schemaVersion(), store.meta('cases-position'), kept(store)]).toEqual([migrations.length, '41', []]);
  store.close();
});

test('signatures that were kept when there was one feed are those of the registrations', () => {
  const before = open();
  before.write(() => {
    withoutLater(before);
    before.run(
      'create table told_signatures (position integer primary key, action_id text not null unique, envelope text not null, cms text not null) strict',
    );
    before.run("insert into told_signatures values (4, 'act-4', '{}', 'AAAA')");
    before.run('pragma user_version = 4');
  });
  before.close();
  const store = open();
  expect(store.all('select feed, position, action_id, envelope, cms from told_signatures')).toEqual([
    { feed: 'cases', position: 4, action_id: 'act-4', envelope: '{}', cms: 'AAAA' },
  ]);
  store.write(() => keepSignature(store, 'access', change(50), 3));
  expect(kept(store)).toEqual([4, 50]);
  store.close();
});

import { afterAll, beforeAll, expect, test } from 'vitest';
import type pg from 'pg';
import { parseProof } from '../../core/log/index.ts';
import { realSurroundings } from '../../server/boot/index.ts';
import { openDesk } from '../../server/boot/open-desk.ts';
import { tagLeaf, uuidV7 } from '../../server/platform/index.ts';
import type { Row } from '../../server/store/index.ts';
import { check } from '../check/world.ts';
import { codeOf } from '../server/support/client.ts';
import { testForm } from '../server/support/forms.ts';
import { found } from '../server/support/founded.ts';
import { issuePerson, testCa } from '../server/support/people.ts';
import { addStaff, must, startTestPlatform, type TestPlatform } from '../server/support/platform.ts';
import { enrolled, newCase, receiptOf, type Workstation } from '../server/support/workstation.ts';
import { asSuperuser } from './support.ts';

let platform: TestPlatform;
let workstation: Workstation;

beforeAll(async () => {
  platform = await startTestPlatform();
  workstation = await enrolled(platform.server);
});

afterAll(async () => {
  await platform.remove().catch(() => undefined);
});

/** What a superuser names a copy by. */
const copied = "'x' || leaf_id";
const oldest = (kind: string, subject = '%'): string =>
  `(select leaf_id from document where kind = '${kind}' and subject like '${subject}' order by at_ms limit 1)`;

/** Copies a leaf under an id of its own, and queues it for the log. */
async function queueCopy(client: pg.Client, leafId: string, body = 'body'): Promise<void> {
  await client.query(
    `insert into leaf select ${copied}, ${body}, subject, opening, received_at_ms from leaf where leaf_id = ${leafId}`,
  );
  await client.query(
    `insert into leaf_pending (leaf_id, ordinal, tag) select ${copied}, 1, '' from leaf where leaf_id = ${leafId}`,
  );
}

/** Copies a record with its leaf, and queues it. */
async function queueRecord(leafId: string): Promise<void> {
  await asSuperuser(platform, async (client) => {
    await queueCopy(client, leafId);
    const rest = 'kind, subject, document_hash, version, sealed, at_ms';
    await client.query(
      `insert into document (leaf_id, ${rest}) select ${copied}, ${rest} from document where leaf_id = ${leafId}`,
    );
  });
}

async function removeCopies(): Promise<void> {
  await asSuperuser(platform, async (client) => {
    for (const table of ['leaf_pending', 'document', 'leaf'])
      await client.query(`delete from ${table} where leaf_id like 'x%'`);
  });
  await platform.restart();
  workstation.reconnect(platform.server);
  expect(platform.server.state()).toBe('accepting');
}

/** The log has stopped before a leaf, has said so, and the check names the row. */
async function expectStandstill(size: number): Promise<void> {
  await expect.poll(() => platform.server.state(), { timeout: 10_000 }).toBe('read-only');
  expect(platform.server.treeSize()).toBe(size);
  expect(platform.lines.some((line) => line.includes('"leaf-unknown"'))).toBe(true);
  const { findings } = await check({ directory: platform.directory, isReplay: true });
  expect(findings).toContainEqual(
    expect.objectContaining({ place: 'table leaf_pending', key: expect.stringMatching('^x'), expected: 'row-tag' }),
  );
}

test('before the founding, an old record of a blocked person that is queued anew lets him not in, before and after a restart', async () => {
  const { server, other } = platform;
  expect((await workstation.signIn(other)).status).toBe(200);
  const subject = await asSuperuser(platform, async (client) => {
    const { rows } = await client.query<{ subject: string }>(
      "select subject from document where kind = 'staff' order by at_ms desc limit 1",
    );
    return rows[0]?.subject;
  });
  must(await addStaff(server, { ...other, roles: [] }));
  expect((await workstation.signIn(other)).status).toBe(403);
  const size = platform.server.treeSize();
  await queueRecord(oldest('staff', subject));
  await expectStandstill(size);
  expect((await workstation.signIn(other)).status).toBe(403);
  await platform.restart();
  workstation.reconnect(platform.server);
  await expectStandstill(size);
  expect((await workstation.signIn(other)).status).toBe(403);
  await removeCopies();
  expect((await workstation.signIn(other)).status).toBe(403);
});

test('a refused act whose leaf is copied as accepted gets no receipt of it, by the queue or by a place of its own', async () => {
  const { registrar } = platform;
  const view = newCase(testForm());
  const item = workstation.act(registrar, view, 'registration.claim', {});
  expect(await workstation.outcomes([item])).toEqual(['refused:role-missing']);
  const honest = await receiptOf(workstation, item.actionId);
  const size = platform.server.treeSize();
  const own = `(select leaf_id from act where action_id = '${item.actionId}' limit 1)`;
  const accepted = `replace(body, '"outcome":"refused:role-missing"', '"outcome":"accepted"')`;
  await asSuperuser(platform, async (client) => {
    await queueCopy(client, own, accepted);
    await client.query(`update act set leaf_id = ${copied} where action_id = '${item.actionId}'`);
  });
  await expectStandstill(size);
  const ask = () => workstation.receipts([item.actionId]);
  expect(codeOf(await ask())).toBe('server-read-only');
  await platform.server.close();
  platform.lines.length = 0;
  await platform.restart();
  workstation.reconnect(platform.server);
  await expectStandstill(size);
  // The row that waits becomes one that has a place, and the counter stands behind it.
  await asSuperuser(platform, async (client) => {
    await client.query(`delete from leaf_pending where leaf_id like 'x%'`);
    await client.query(
      `insert into leaf_position (leaf_index, leaf_id, tag) select ${size}, leaf_id, '' from leaf where leaf_id like 'x%'`,
    );
    await client.query(`update counter set value = ${size + 1} where name = 'leaf'`);
  });
  await platform.restart();
  workstation.reconnect(platform.server);
  expect([platform.server.state(), platform.server.treeSize()]).toEqual(['read-only', size]);
  expect(codeOf(await ask())).toBe('server-read-only');
  await asSuperuser(platform, async (client) => {
    await client.query(`delete from leaf_position where leaf_id like 'x%'`);
    await client.query(`update counter set value = ${size} where name = 'leaf'`);
    await client.query(`update act set leaf_id = substr(leaf_id, 2) where leaf_id like 'x%'`);
  });
  await removeCopies();
  const extraOf = (receipt: string): unknown => must(parseProof(receipt)).extra;
  expect(extraOf(await receiptOf(workstation, item.actionId))).toEqual(extraOf(honest));
});

test('a leaf that was in the log is queued again with its own mark, and its place taken away: it is not signed twice', async () => {
  await asSuperuser(platform, async (client) => {
    await client.query('create table caught as select * from leaf_pending where false');
    // Whoever owns the database can watch every row that passes through it.
    await client.query(
      'create function catch_leaf() returns trigger security definer language plpgsql as $$ begin insert into caught values (new.*); return new; end $$',
    );
    await client.query(
      'create trigger catch_leaf before insert on leaf_pending for each row execute function catch_leaf()',
    );
  });
  const view = newCase(testForm());
  const item = workstation.act(platform.registrar, view, 'registration.submit', { form: view.form });
  expect(await workstation.outcomes([item])).toEqual(['accepted']);
  await receiptOf(workstation, item.actionId);
  workstation.accepted(view, item);
  const size = platform.server.treeSize();
  const place = await asSuperuser(platform, async (client) => {
    await client.query('drop trigger catch_leaf on leaf_pending');
    const { rows } = await client.query<{ leaf_index: number; leaf_id: string; tag: string }>(
      'delete from leaf_position where leaf_id in (select leaf_id from caught) returning leaf_index, leaf_id, tag',
    );
    await client.query('insert into leaf_pending select * from caught');
    return rows[0];
  });
  await expect.poll(() => platform.server.state(), { timeout: 10_000 }).toBe('read-only');
  expect(platform.server.treeSize()).toBe(size);
  await asSuperuser(platform, async (client) => {
    await client.query('delete from leaf_pending');
    await client.query('insert into leaf_position values ($1, $2, $3)', [
      place?.leaf_index,
      place?.leaf_id,
      place?.tag,
    ]);
    await client.query('drop table caught');
  });
  await removeCopies();
});

test('a founded platform does not trust a removed authority again when its old trust document is queued anew', async () => {
  const { server, ca, registrar } = platform;
  const [officer, manager, recovery] = [
    issuePerson({ ca, n: 11, name: 'Қасымова Дана', roles: ['security-officer'] }),
    issuePerson({ ca, n: 13, name: 'Әлиев Марат', roles: ['manager'] }),
    issuePerson({ ca, n: 14, name: 'Ким Олег', roles: ['security-officer', 'manager'] }),
  ] as const;
  const colleague = issuePerson({ ca, n: 12, name: 'Ли Виктор', roles: ['security-officer'] });
  for (const person of [officer, colleague, manager, recovery]) must(await addStaff(server, person));
  must(await found(platform, [officer, manager, recovery]));
  expect((await workstation.signIn(registrar)).status).toBe(200);
  const stranger = testCa(true);
  const anchors = [stranger.rootCertificate];
  must(await server.administration.importAnchors({ anchors, intermediates: [stranger.issuingCertificate] }));
  const refused = codeOf(await workstation.signIn(registrar));
  expect(refused).not.toBe('status 200');
  const size = platform.server.treeSize();
  await queueRecord(oldest('trust'));
  await expectStandstill(size);
  expect(codeOf(await workstation.signIn(registrar))).toBe(refused);
  await removeCopies();
  expect(codeOf(await workstation.signIn(registrar))).toBe(refused);
});

test('a record that somebody with the data key copies into the log counts where it stood first, and the copy is named', async () => {
  const { directory, registrar } = platform;
  const refused = codeOf(await workstation.signIn(registrar));
  const size = platform.server.treeSize();
  await platform.server.close();
  const { desk, store } = must(await openDesk({ directory, surroundings: realSurroundings }, 'demo'));
  const copy = uuidV7(realSurroundings);
  await asSuperuser(platform, async (client) => {
    const { rows } = await client.query<Row<'leaf'>>(`select * from leaf where leaf_id = ${oldest('trust')}`);
    const [leaf] = rows;
    if (leaf === undefined) throw new Error('the platform has a trust document');
    const body = leaf.body.replace(leaf.leaf_id, copy);
    const made = tagLeaf(desk.keyring, { ...leaf, leaf_id: copy, body, ordinal: 1 });
    const { subject, opening, received_at_ms: atMs, ordinal, tag } = made;
    await client.query('insert into leaf values ($1, $2, $3, $4, $5)', [copy, body, subject, opening, atMs]);
    await client.query('insert into leaf_pending (leaf_id, ordinal, tag) values ($1, $2, $3)', [copy, ordinal, tag]);
    const rest = 'kind, subject, document_hash, version, sealed, at_ms';
    await client.query(
      `insert into document (leaf_id, ${rest}) select '${copy}', ${rest} from document where leaf_id = ${oldest('trust')}`,
    );
  });
  await store.close();
  await platform.restart();
  workstation.reconnect(platform.server);
  expect([platform.server.treeSize(), platform.server.state()]).toEqual([size + 1, 'read-only']);
  expect(platform.lines.some((line) => line.includes(`"row":"log","is":"different","at":"${size}"`))).toBe(true);
  expect(codeOf(await workstation.signIn(registrar))).toBe(refused);
  const { findings } = await check({ directory });
  expect(findings).toEqual([{ place: 'log', key: String(size), is: 'different', expected: 'one-leaf' }]);
});

import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { endpoints } from '../../contracts/http/index.ts';
import { sha256Hex } from '../../eds/index.ts';
import { codeOf } from '../server/support/client.ts';
import { testForm } from '../server/support/forms.ts';
import { issuePerson, testCa, type TestPerson } from '../server/support/people.ts';
import { addStaff, must, startTestPlatform, type TestPlatform } from '../server/support/platform.ts';
import { enrolled, newCase, receiptOf, Workstation, type CaseView } from '../server/support/workstation.ts';
import { asSuperuser } from './support.ts';

let platform: TestPlatform;
let workstation: Workstation;

beforeAll(async () => {
  platform = await startTestPlatform();
  workstation = await enrolled(platform.server);
});

afterAll(async () => {
  await platform.remove();
});

async function act(
  person: TestPerson,
  view: CaseView,
  type: 'registration.submit' | 'registration.claim' | 'registration.approve' | 'registration.refuse',
): Promise<string> {
  const payloads = {
    'registration.submit': { form: view.form },
    'registration.claim': {},
    'registration.approve': { note: '' },
    'registration.refuse': { reasons: ['document-unreadable'], note: '' },
  };
  const item = workstation.act(person, view, type, payloads[type] as never);
  const [outcome = ''] = await workstation.outcomes([item]);
  if (outcome === 'accepted') workstation.accepted(view, item);
  return outcome;
}

async function count(table: string): Promise<number> {
  const { rows } = await asSuperuser(platform, (client) => client.query(`select count(*)::int as n from ${table}`));
  return (rows as { n: number }[])[0]?.n ?? -1;
}

test('an enrolment with a wrong code leaves nothing in the database', async () => {
  const before = [await count('subject_key'), await count('leaf'), await count('document')];
  const stranger = new Workstation(platform.server);
  expect(codeOf(await stranger.enrol(['AAAA', 'BBBB', 'CCCC', 'DDDD', 'EEEE', 'GGGG'].join('-')))).toBe(
    'enrolment-code-unknown',
  );
  stranger.client.close();
  expect([await count('subject_key'), await count('leaf'), await count('document')]).toEqual(before);
});

test('a device whose acts are others than those that it sent is an alarm at the first contact', async () => {
  expect(await act(platform.registrar, newCase(testForm()), 'registration.submit')).toBe('accepted');
  const entries = { sequence: 9, hash: 'b'.repeat(64) };
  const body = {
    form: 'qorgan.contact/1',
    epoch: workstation.epoch,
    heads: { acts: { sequence: workstation.sequence, hash: 'a'.repeat(64) }, entries },
    knownTreeSize: 0,
  };
  const before = await count('alarm');
  expect(codeOf(await workstation.client.call({ method: 'POST', path: '/v1/contacts', body }))).toBe('status 200');
  expect(await count('alarm')).toBe(before + 1);
});

test('a leaf that is edited in its table gives no receipt that a workstation takes for its own act', async () => {
  const view = newCase(testForm());
  const item = workstation.act(platform.registrar, view, 'registration.submit', { form: view.form });
  expect(await workstation.outcomes([item])).toEqual(['accepted']);
  const honest = await receiptOf(workstation, item.actionId);
  const edit = (from: string, to: string) =>
    asSuperuser(platform, (client) =>
      client.query('update leaf set body = replace(body, $1, $2) where body like $3', [from, to, `%${item.actionId}%`]),
    );
  await edit('"receivedAtMs":1', '"receivedAtMs":2');
  const forged = await receiptOf(workstation, item.actionId);
  expect(forged).not.toBe(honest);
  const { verifyReceipt } = await import('../../core/log/index.ts');
  const { sha256, verifyEd25519 } = await import('../../eds/index.ts');
  const { log, platform: id } = workstation.bundle;
  const judge = (proof: string) =>
    verifyReceipt({ proof, logKey: log.key, platform: id, act: item.envelope, sha256, verifyEd25519 }).verdict;
  expect([judge(honest), judge(forged)]).toEqual(['good', 'bad']);
  await edit('"receivedAtMs":2', '"receivedAtMs":1');
});

test('one act under the id of another device is its own act, with its own leaf', async () => {
  const other = await enrolled(platform.server);
  const view = newCase(testForm());
  const item = workstation.act(platform.registrar, view, 'registration.submit', { form: view.form });
  expect(await workstation.outcomes([item])).toEqual(['accepted']);
  expect(await other.outcomes([item])).toEqual(['not kept: epoch-unknown']);
  const copied = { ...item, epoch: other.epoch, sequence: 1 };
  expect(await other.outcomes([copied])).toEqual(['refused:act-chain-broken']);
  expect(JSON.parse(await receiptLeaf(workstation, item.actionId))).toMatchObject({ outcome: 'accepted' });
  other.client.close();
});

async function receiptLeaf(from: Workstation, actionId: string): Promise<string> {
  const extra = /^extra (.+)$/mu.exec(await receiptOf(from, actionId))?.[1] ?? '';
  return (JSON.parse(Buffer.from(extra, 'base64').toString()) as { leaf: string }).leaf;
}

test('a device without a card logs refusals and nothing else', async () => {
  const thief = issuePerson({ ca: platform.ca, n: 71, name: 'Ұры Адам', roles: ['registrar'] });
  expect(await act(thief, newCase(testForm()), 'registration.submit')).toBe('refused:actor-unknown');
  const challenge = await workstation.signIn(thief);
  expect(codeOf(challenge)).toBe('sign-in-refused');
  expect(
    codeOf(await workstation.client.call({ method: 'GET', path: '/v1/changes?after=0', token: 'A'.repeat(43) })),
  ).toBe('session-ended');
});

async function revoke(person: TestPerson): Promise<readonly Uint8Array[]> {
  platform.ca.revoke(person.serial);
  // Lists have whole seconds; the newer one counts.
  await sleep(1_100);
  const lists = platform.ca.crls();
  for (const list of lists) must(await platform.server.administration.importCrl(list));
  return lists;
}

test('a revocation list that a superuser deletes lets nobody in by an older one', async () => {
  const person = issuePerson({ ca: platform.ca, n: 72, name: 'Жоғалған Карта', roles: ['registrar'] });
  must(await addStaff(platform.server, person));
  const lists = await revoke(person);
  const submit = (by: TestPerson) => act(by, newCase(testForm()), 'registration.submit');
  const before = await submit(person);
  const newest = lists.map((list) => sha256Hex(list));
  await asSuperuser(platform, (client) =>
    client.query('delete from revocation_list where sha256 = any($1::text[])', [newest]),
  );
  await sleep(1_500);
  expect([before, await submit(person), await submit(platform.registrar)]).toEqual([
    'refused:certificate-revoked',
    'refused:signature-unknown',
    'refused:signature-unknown',
  ]);
  await platform.restart();
  workstation.reconnect(platform.server);
  expect(platform.lines.some((line) => line.includes('"listsMissing":2'))).toBe(true);
  expect([await submit(person), await submit(platform.registrar)]).toEqual([
    'refused:signature-unknown',
    'refused:signature-unknown',
  ]);
  for (const list of lists) must(await platform.server.administration.importCrl(list));
  expect([await submit(person), await submit(platform.registrar)]).toEqual(['refused:certificate-revoked', 'accepted']);
});

test('the record that names a revocation list is missed like the list itself', async () => {
  const named = "(select leaf_id from document where kind = 'revocation' order by at_ms desc limit 1)";
  await asSuperuser(platform, async (client) => {
    await client.query('create table lost as select * from document where false');
    await client.query(`insert into lost select * from document where leaf_id = ${named}`);
    await client.query(`delete from document where leaf_id = ${named}`);
  });
  await platform.restart();
  workstation.reconnect(platform.server);
  expect(await act(platform.registrar, newCase(testForm()), 'registration.submit')).toBe('server-read-only');
  workstation.stepBack();
  await asSuperuser(platform, (client) => client.query('insert into document select * from lost'));
  await platform.restart();
  workstation.reconnect(platform.server);
  expect(await act(platform.registrar, newCase(testForm()), 'registration.submit')).toBe('accepted');
});

test('a list that no trusted authority signed, or that is older than the one that counts, changes nothing', async () => {
  const foreign = testCa(true);
  const { importCrl } = platform.server.administration;
  for (const list of foreign.crls())
    expect(await importCrl(list)).toMatchObject({ refusal: { code: 'revocation-list-foreign' } });
  const [, damaged] = platform.ca.crls();
  damaged[damaged.length - 1] = (damaged.at(-1) ?? 0) ^ 1;
  expect((await importCrl(damaged)).ok).toBe(false);
  const before = await count('document');
  const person = issuePerson({ ca: platform.ca, n: 73, name: 'Ескі Тізім', roles: ['registrar'] });
  must(await addStaff(platform.server, person));
  const older = platform.ca.crl();
  await revoke(person);
  must(await importCrl(older));
  expect(await act(person, newCase(testForm()), 'registration.submit')).toBe('refused:certificate-revoked');
  // The person and two lists: the older one recorded nothing.
  expect(await count('document')).toBe(before + 3);
});

test('a session ends with the certificate that opened it', async () => {
  const person = issuePerson({ ca: platform.ca, n: 74, name: 'Кеткен Адам', roles: ['registrar'] });
  must(await addStaff(platform.server, person));
  const { token } = endpoints.signIn.response.parse((await workstation.signIn(person)).json);
  const read = async () => codeOf(await workstation.client.call({ method: 'GET', path: '/v1/changes?after=0', token }));
  expect(await read()).toBe('status 200');
  await revoke(person);
  expect(await read()).toBe('session-ended');
});

test('ids of cases and of sessions that nobody made open nothing', async () => {
  const view = { ...newCase(testForm()), revision: 3, id: randomUUID() as CaseView['id'] };
  expect(await act(platform.reviewer, view, 'registration.claim').catch(() => 'shown-nothing')).toMatch(
    /^(?:superseded|refused:.+)$/u,
  );
});

test('a case that a superuser puts back to an older state is not decided twice', async () => {
  const view = newCase(testForm());
  expect(await act(platform.registrar, view, 'registration.submit')).toBe('accepted');
  expect(await act(platform.reviewer, view, 'registration.claim')).toBe('accepted');
  const older = { ...view, id: view.id };
  const state = await asSuperuser(platform, (client) =>
    client.query('select * from case_state where case_id = $1', [view.id]),
  );
  const [row] = state.rows as { revision: string; hash: string; sealed: Buffer }[];
  const approved = await act(platform.reviewer, view, 'registration.approve');
  await asSuperuser(platform, async (client) => {
    await client.query('update case_state set revision = $2, hash = $3, sealed = $4 where case_id = $1', [
      view.id,
      row?.revision,
      row?.hash,
      row?.sealed,
    ]);
    await client.query('delete from change where case_id = $1 and revision > $2', [view.id, row?.revision]);
  });
  await platform.restart();
  workstation.reconnect(platform.server);
  const refused = await act(platform.reviewer, older, 'registration.refuse');
  expect([approved, refused]).toEqual(['accepted', 'server-read-only']);
});

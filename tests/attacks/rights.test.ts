import { afterAll, beforeAll, expect, test } from 'vitest';
import { recordDocument } from '../../server/accounts/index.ts';
import { realSurroundings } from '../../server/boot/index.ts';
import { openDesk } from '../../server/boot/open-desk.ts';
import { canonicalize, type Json } from '../../core/signing/index.ts';
import { endpoints, type RegistryView } from '../../contracts/http/index.ts';
import { check } from '../check/world.ts';
import { testForm } from '../server/support/forms.ts';
import {
  activate,
  actOn,
  changeOf,
  grantOf,
  propose,
  registryOf,
  startFounded,
  text,
  tokenOf,
  took,
  type FoundedPlatform,
  confirm,
} from '../server/support/founded.ts';
import { issuePerson, type TestPerson } from '../server/support/people.ts';
import { addStaff, must } from '../server/support/platform.ts';
import { asSuperuser } from './support.ts';
import { codeOf } from '../server/support/client.ts';
import { enrolled, newCase } from '../server/support/workstation.ts';

let platform: FoundedPlatform;
let token: string;

beforeAll(async () => {
  platform = await startFounded();
  token = await tokenOf(platform.desk, platform.officer);
});

afterAll(async () => {
  await platform.remove().catch(() => undefined);
});

function newPerson(n: number, roles: TestPerson['roles'] = ['reviewer'], name = 'Жаңа Қызметкер'): TestPerson {
  return issuePerson({ ca: platform.ca, n, name, roles });
}

/** Two cards give a person his rights. */
async function employ(person: TestPerson): Promise<void> {
  const { desk, officer, manager } = platform;
  const change = changeOf(await registryOf(desk, token), grantOf(person));
  const { view, outcome } = await propose(desk, officer, change);
  expect(outcome).toBe('accepted');
  expect(await actOn(desk, manager, view, confirm)).toBe('accepted');
  await activate(platform, person);
}

test('two cards give a right: nothing counts before the second, and everything from its receipt on', async () => {
  const { desk, officer, manager } = platform;
  const person = newPerson(21);
  const change = changeOf(await registryOf(desk, token), grantOf(person));
  const { view, outcome } = await propose(desk, officer, change);
  expect(outcome).toBe('accepted');
  expect((await desk.signIn(person)).status).toBe(403);
  expect(await actOn(desk, officer, view, confirm)).toBe('refused:change-own-proposal');
  expect(await actOn(desk, manager, view, confirm)).toBe('accepted');
  await activate(platform, person);
  expect((await desk.signIn(person)).status).toBe(200);
  const read = await registryOf(desk, token);
  const granted = read.people.find(({ record }) => record.iin === person.iin);
  expect(granted?.record).toEqual(change.kind === 'staff' ? change.record : undefined);
});

test('a confirmation that is sent again, or was decided before another, changes nothing twice', async () => {
  const { desk, officer, manager, colleague } = platform;
  const change = changeOf(await registryOf(desk, token), grantOf(newPerson(22)));
  const { view } = await propose(desk, officer, change);
  const item = desk.act(manager, view, 'access.confirm', {});
  const late = desk.act(colleague, view, 'access.decline', { note: '' });
  expect(await desk.outcomes([item, item, late])).toEqual(['accepted', 'not kept: act-out-of-order', 'superseded']);
  expect(await desk.outcomes([item])).toEqual(['accepted']);
  took(desk, view, item);
  expect(await actOn(desk, colleague, view, confirm)).toBe('refused:case-closed');
});

test('a person with two certificates is one person: neither confirms what the other proposed', async () => {
  const { desk, officer, colleague, manager, ca } = platform;
  const second = issuePerson({ ca, n: 12, name: colleague.name, roles: ['security-officer'] });
  const before = await registryOf(desk, token);
  const record = before.people.find((one) => one.record.iin === colleague.iin)?.record;
  if (record === undefined) throw new Error('the colleague');
  const two = { ...record, employeeNumber: 'T-12', certificates: [...record.certificates, second.certificateHash] };
  const { view } = await propose(desk, officer, changeOf(before, two));
  expect(await actOn(desk, manager, view, confirm)).toBe('accepted');
  const change = changeOf(await registryOf(desk, token), grantOf(newPerson(23)));
  const own = await propose(desk, colleague, change);
  expect(own.outcome).toBe('accepted');
  expect(await actOn(desk, second, own.view, confirm)).toBe('refused:change-own-proposal');
});

test('a block ends the open session at once, and what was signed before and comes after is refused, in the same batch too', async () => {
  const { desk, officer, manager } = platform;
  const person = newPerson(24, ['registrar']);
  await employ(person);
  const own = await tokenOf(desk, person);
  const changes = `${endpoints.changes.path}?after=0`;
  expect((await desk.client.call({ method: 'GET', path: changes, token: own })).status).toBe(200);
  const payload = { iin: person.iin, name: person.name, ...text };
  const view = { ...newCase(testForm()), access: { status: 'absent' } as const };
  const block = desk.act(officer, view, 'access.block', payload);
  const form = testForm();
  const after = desk.act(person, newCase(form), 'registration.submit', { form });
  expect(await desk.outcomes([block, after])).toEqual(['accepted', 'refused:actor-blocked']);
  const answer = await desk.client.call({ method: 'GET', path: changes, token: own });
  expect(codeOf(answer)).toBe('session-blocked');
  expect((await desk.signIn(person)).status).toBe(403);
  const later = desk.act(person, newCase(form), 'registration.submit', { form });
  expect(await desk.outcomes([later])).toEqual(['refused:actor-blocked']);
  // Only two people lift it.
  const read = await registryOf(desk, token);
  expect(read.people.find(({ record }) => record.iin === person.iin)?.block?.by).toBe(officer.iin);
  const record = read.people.find((one) => one.record.iin === person.iin)?.record;
  if (record === undefined) throw new Error('the person');
  const again = await propose(desk, officer, changeOf(read, record));
  expect(await actOn(desk, manager, again.view, confirm)).toBe('accepted');
  expect((await desk.signIn(person)).status).toBe(200);
});

/** A registry without what a sign-in alone changes. */
function recordsOf(view: RegistryView) {
  return { ...view, people: view.people.map(({ activeAtMs: _seen, ...one }) => one) };
}

test('the registry after a restart is the registry before, and rights still hold', async () => {
  const { desk } = platform;
  const isLogged = (view: RegistryView): boolean => view.people.every(({ leafIndex }) => leafIndex !== null);
  await expect.poll(async () => isLogged(await registryOf(desk, token)), { timeout: 5_000 }).toBe(true);
  const before = await registryOf(desk, token);
  await platform.restart();
  desk.reconnect(platform.server);
  expect(platform.server.state()).toBe('accepting');
  token = await tokenOf(desk, platform.officer);
  const after = await registryOf(desk, token);
  expect(recordsOf(after)).toEqual(recordsOf(before));
  expect(after.people.length).toBeGreaterThan(8);
});

test('after the founding the platform key grants nothing: its record is named, and the server says no by name', async () => {
  const { desk, directory } = platform;
  const intruder = newPerson(31, ['security-officer', 'manager'], 'Бөтен Адам');
  const refused = await addStaff(platform.server, intruder);
  expect(!refused.ok && refused.refusal.code).toBe('platform-founded');
  const sizeBefore = platform.server.treeSize();
  expect((await check({ directory, isReplay: true })).findings).toEqual([]);
  await platform.server.close();
  const opened = must(await openDesk({ directory, surroundings: realSurroundings }, 'demo'));
  const { identity } = opened.desk;
  const about = { platform: identity.platform, profile: identity.profile };
  const { iin, name, roles, certificateHash } = intruder;
  const validity = { validFromMs: 0, validUntilMs: 4_000_000_000_000, basis: '—' };
  const staff = { form: 'qorgan.staff/1', ...about, iin, name, roles, certificates: [certificateHash], ...validity };
  await recordDocument(opened.desk, {
    kind: 'staff',
    subject: 'staff:x',
    text: canonicalize(staff as unknown as Json),
  });
  await opened.store.close();
  await platform.restart();
  desk.reconnect(platform.server);
  await expect.poll(() => platform.server.treeSize(), { timeout: 5_000 }).toBeGreaterThan(sizeBefore);
  const { findings } = await check({ directory, isReplay: true });
  expect(findings).toEqual([{ place: 'log', key: String(sizeBefore), is: 'different', expected: 'authority' }]);
  expect((await desk.signIn(intruder)).status).toBe(403);
  token = await tokenOf(desk, platform.officer);
  const read = await registryOf(desk, token);
  expect(read.people.some(({ record }) => record.iin === intruder.iin)).toBe(false);
  expect(read.unconfirmed).toMatchObject([{ kind: 'staff' }]);
  expect(platform.lines.some((one) => one.includes('count for nothing'))).toBe(true);
});

test('a device that enrols after the founding is refused everything until two people confirm its very record', async () => {
  const { desk, officer, manager, reviewer } = platform;
  const fresh = await enrolled(platform.server);
  const knock = async (): Promise<string> =>
    codeOf(await fresh.client.call({ method: 'POST', path: endpoints.challenge.path }));
  expect(await knock()).toBe('device-unknown');
  const [waiting] = (await registryOf(desk, token)).waiting;
  if (waiting === undefined) throw new Error('a device waits');
  const grant = {
    record: waiting.record,
    location: 'Алматы, 1-зал',
    custodian: reviewer.iin,
    standing: 'active',
  } as const;
  const other = { ...grant, record: { ...waiting.record, name: 'АРМ-2' } };
  const wrong = await propose(desk, officer, { kind: 'device', before: null, record: other });
  expect(await actOn(desk, manager, wrong.view, confirm)).toBe('accepted');
  expect(await knock()).toBe('device-unknown');
  const read = (await registryOf(desk, token)).devices.find(({ record }) => record.record.device === fresh.device);
  if (read === undefined) throw new Error('granted');
  const before = { record: read.record, hash: read.hash };
  const right = await propose(desk, officer, { kind: 'device', before, record: grant });
  expect(await actOn(desk, manager, right.view, confirm)).toBe('accepted');
  expect((await fresh.signIn(reviewer)).status).toBe(200);
});

test('the record of an intruder that a database superuser copies to before the founding gives no right', async () => {
  const { desk } = platform;
  const before = await registryOf(desk, token);
  const intruder = newPerson(31, ['security-officer', 'manager'], 'Бөтен Адам');
  // Signed by the platform key and a leaf of the log, as the test above left it: only its place says that it counts for nothing.
  const copy = async (name: string, index: string): Promise<void> =>
    asSuperuser(platform, async (client) => {
      const id = "(select leaf_id from document where subject = 'staff:x')";
      const leaf = `select '${name}', body, subject, opening, received_at_ms from leaf where leaf_id = ${id}`;
      await client.query(`insert into leaf ${leaf}`);
      const rest = 'kind, subject, document_hash, version, sealed, at_ms';
      await client.query(
        `insert into document (leaf_id, ${rest}) select '${name}', ${rest} from document where leaf_id = ${id}`,
      );
      await client.query(`insert into leaf_position (leaf_index, leaf_id, tag) values (${index}, '${name}', '')`);
    });
  await copy('added', '-1');
  await platform.restart();
  desk.reconnect(platform.server);
  token = await tokenOf(desk, platform.officer);
  expect(recordsOf(await registryOf(desk, token)).people).toEqual(recordsOf(before).people);
  expect((await desk.signIn(intruder)).status).toBe(403);
  await asSuperuser(platform, async (client) => {
    for (const table of ['document', 'leaf_position', 'leaf'])
      await client.query(`delete from ${table} where leaf_id = 'added'`);
  });
});

test.each([
  ['removed', "delete from document where kind = 'founding'"],
  ['called evidence', "update document set kind = 'evidence' where kind = 'founding'"],
  ['edited', "update document set sealed = sealed || 'x' where kind = 'founding'"],
])('a founding that is %s opens the platform to nobody', async (_how, sql) => {
  const { desk } = platform;
  const kept = "create table if not exists kept_founding as select * from document where kind = 'founding'";
  await asSuperuser(platform, async (client) => {
    await client.query(kept);
    await client.query(sql);
  });
  await platform.restart();
  desk.reconnect(platform.server);
  expect(platform.server.state()).toBe('read-only');
  const read = await desk.client.call({ method: 'GET', path: endpoints.registry.path, token });
  expect(codeOf(read)).toBe('server-read-only');
  await asSuperuser(platform, async (client) => {
    await client.query('delete from document where leaf_id in (select leaf_id from kept_founding)');
    await client.query('insert into document select * from kept_founding');
  });
  await platform.restart();
  desk.reconnect(platform.server);
  expect(platform.server.state()).toBe('accepting');
});

test('rows of acts and changes that a database superuser adds give no right: nobody signs in until a person has looked', async () => {
  const { desk } = platform;
  await asSuperuser(platform, async (client) => {
    const columns =
      'envelope_hash, cms_hash, commitment, leaf_id, subject, sealed, outcome, received_at_ms, deadline_ms';
    const copied = "select device, epoch, sequence + 1000, action_id || 'x', " + columns;
    await client.query(`insert into act ${copied} from act where outcome = 'accepted' limit 1`);
    const change = "select position + 1000, case_id || 'x', revision, scope, leaf_id, sealed, at_ms from change";
    await client.query(`insert into change ${change} where scope = 'access' limit 1`);
  });
  await platform.restart();
  desk.reconnect(platform.server);
  expect(platform.server.state()).toBe('read-only');
  expect((await desk.signIn(platform.officer)).status).toBe(403);
});

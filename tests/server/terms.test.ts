import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { termRulesDefault, type StaffGrant } from '../../core/access/index.ts';
import type { ActEnvelope } from '../../core/signing/index.ts';
import { asSuperuser } from '../attacks/support.ts';
import { codeOf } from './support/client.ts';
import { testForm } from './support/forms.ts';
import {
  activate,
  actOn,
  changeOf,
  changePolicyByCards,
  grantByCards,
  grantOf,
  propose,
  registryOf,
  startFounded,
  tokenOf,
  type FoundedPlatform,
  confirm,
} from './support/founded.ts';
import { passTime } from './support/pass-time.ts';
import { issuePerson, type TestPerson } from './support/people.ts';
import { newCase } from './support/workstation.ts';

const dayMs = 86_400_000;
const minuteMs = 60_000;

let platform: FoundedPlatform;
let idler: TestPerson;
let worker: TestPerson;
let contractor: TestPerson;

const pass = (ms: number): Promise<void> => passTime(platform, ms);

const grant = (record: StaffGrant): Promise<string> => grantByCards(platform, record);

async function signIn(person: TestPerson): Promise<string> {
  return codeOf(await platform.desk.signIn(person));
}

async function submit(person: TestPerson): Promise<string> {
  const form = testForm();
  const { desk } = platform;
  const [outcome = ''] = await desk.outcomes([desk.act(person, newCase(form), 'registration.submit', { form })]);
  return outcome;
}

async function personOf({ iin }: TestPerson) {
  const read = await registryOf(platform.desk, await tokenOf(platform.desk, platform.officer));
  return read.people.find(({ record }) => record.iin === iin);
}

/** Listens with a session: resolves `told` with the reason for which the stream ended. */
function listen(token: string) {
  let opened: () => void = () => undefined;
  const isOpen = new Promise<void>((resolve) => (opened = resolve));
  const call = { method: 'GET', path: '/v1/changes/stream', token } as const;
  const told = platform.desk.client.eventsUntil(call, () => {
    opened();
    return false;
  });
  return { isOpen, told: told.then((events) => JSON.stringify(events)) };
}

beforeAll(async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  platform = await startFounded();
  const { ca, manager } = platform;
  const person = (n: number, name: string): TestPerson => issuePerson({ ca, n, name, roles: ['registrar'] });
  idler = person(41, 'Жоқ Адам');
  worker = person(42, 'Бар Адам');
  contractor = person(43, 'Шарт Адам');
  for (const one of [idler, worker]) {
    expect(await grant(grantOf(one))).toBe('accepted');
    await activate(platform, one);
    expect(await signIn(one)).toBe('status 200');
  }
  await changePolicyByCards(platform, { terms: { ...termRulesDefault, idleMaxMs: 30 * dayMs } });
  expect(await signIn(manager)).toBe('status 200');
}, 60_000);

afterAll(async () => {
  vi.useRealTimers();
  await platform?.remove();
});

test('whoever was not here for as long as the policy allows is let in by two people only', async () => {
  const { desk, officer, manager } = platform;
  await pass(15 * dayMs);
  for (const one of [worker, officer, manager]) expect(await signIn(one)).toBe('status 200');
  await pass(15 * dayMs + minuteMs);
  expect([await signIn(worker), await signIn(idler)]).toEqual(['status 200', 'account-idle']);
  expect([await submit(worker), await submit(idler)]).toEqual(['accepted', 'refused:account-idle']);
  expect([(await personOf(worker))?.isIdle, (await personOf(idler))?.isIdle]).toEqual([false, true]);
  // Neither his own tries nor a change that waits let him in.
  const record = (await personOf(idler))?.record;
  if (record === undefined) throw new Error('the idler is known');
  const read = await registryOf(desk, await tokenOf(desk, officer));
  const { view } = await propose(desk, officer, changeOf(read, record));
  expect(await signIn(idler)).toBe('account-idle');
  expect(await actOn(desk, manager, view, confirm)).toBe('accepted');
  expect([await signIn(idler), await submit(idler)]).toEqual(['status 200', 'accepted']);
  expect((await personOf(idler))?.isIdle).toBe(false);
  expect(await signIn(manager)).toBe('status 200');
});

test('a contractor is out at the moment at which his contract ends: session, acts whatever time they claim, sign-in', async () => {
  const { desk } = platform;
  const contract = { number: '7-Ш', scope: 'Тіркеу', party: '«Көмек» ЖШС' };
  const untilMs = Date.now() + 3 * dayMs;
  expect(await grant(grantOf(contractor, { employeeNumber: null, contract, validUntilMs: null }))).toBe(
    'refused:contract-without-end',
  );
  const record = grantOf(contractor, { employeeNumber: null, contract, validUntilMs: untilMs });
  expect(await grant(record)).toBe('accepted');
  await activate(platform, contractor);
  await pass(untilMs - Date.now() - 20_000);
  const token = await tokenOf(desk, contractor);
  expect(await submit(contractor)).toBe('accepted');
  const ended = listen(token);
  await ended.isOpen;
  const form = testForm();
  const change = (one: ActEnvelope): ActEnvelope => ({ ...one, claimedAtMs: untilMs - 60_000 });
  const sinceMs = performance.now();
  const closed = ended.told.then((text) => ({ text, afterMs: performance.now() - sinceMs }));
  await pass(untilMs - Date.now());
  const { text, afterMs } = await closed;
  expect(text).toContain('session-blocked');
  process.stdout.write(`contract ended: the stream closed after ${Math.round(afterMs)} ms\n`);
  expect(afterMs).toBeLessThan(2_000);
  const item = desk.act(contractor, newCase(form), 'registration.submit', { form }, { change });
  expect(await desk.outcomes([item])).toEqual(['refused:actor-ended']);
  const path = '/v1/changes?after=0';
  expect(codeOf(await desk.client.call({ method: 'GET', path, token }))).toBe('session-blocked');
  expect(await signIn({ ...contractor, password: 'not the password at all' })).toBe('sign-in-refused');
  expect(await signIn(contractor)).toBe('actor-ended');
});

test('who was dismissed, and who is blocked, hears so by name once card and password are right, and at the intake', async () => {
  const { ca, desk, officer } = platform;
  const [leaver, suspect] = [45, 46].map((n) =>
    issuePerson({ ca, n, name: `Кеткен Адам${n}`, roles: ['registrar'] }),
  ) as [TestPerson, TestPerson];
  for (const one of [leaver, suspect]) {
    expect(await grant(grantOf(one))).toBe('accepted');
    await activate(platform, one);
    expect(await signIn(one)).toBe('status 200');
  }
  expect(await grant(grantOf(leaver, { standing: 'dismissed' }))).toBe('accepted');
  const payload = { iin: suspect.iin, name: suspect.name, reason: 'Күдік', basis: 'Бұйрық № 8' };
  const view = { ...newCase(testForm()), access: { status: 'absent' } as const };
  expect(await actOn(desk, officer, view, { type: 'access.block', payload })).toBe('accepted');
  for (const [one, code] of [
    [leaver, 'actor-dismissed'],
    [suspect, 'actor-blocked'],
  ] as const) {
    expect(await signIn({ ...one, password: 'not the password at all' })).toBe('sign-in-refused');
    expect([await signIn(one), await submit(one)]).toEqual([code, `refused:${code}`]);
  }
  // Not by another card of his that the record does not name.
  const unnamed = issuePerson({ ca, n: 45, name: leaver.name, roles: ['registrar'] });
  expect(await signIn({ ...unnamed, password: leaver.password })).toBe('sign-in-refused');
});

test('a record that begins later lets nobody in before, and everything of him in from then on', async () => {
  const later = issuePerson({ ca: platform.ca, n: 44, name: 'Ертең Адам', roles: ['registrar'] });
  expect(await grant(grantOf(later))).toBe('accepted');
  await activate(platform, later);
  expect([await signIn(later), await submit(later)]).toEqual(['status 200', 'accepted']);
  const token = await tokenOf(platform.desk, later);
  expect(await grant(grantOf(later, { validFromMs: Date.now() + dayMs }))).toBe('accepted');
  const path = '/v1/changes?after=0';
  expect(codeOf(await platform.desk.client.call({ method: 'GET', path, token }))).toBe('session-blocked');
  expect([await submit(later), await signIn(later)]).toEqual(['refused:actor-unknown', 'sign-in-refused']);
  await pass(dayMs);
  expect([await signIn(later), await submit(later)]).toEqual(['status 200', 'accepted']);
});

test('nobody is told that an account is idle who has not shown card and password', async () => {
  await pass(15 * dayMs);
  for (const one of [worker, platform.officer, platform.manager]) expect(await signIn(one)).toBe('status 200');
  await pass(15 * dayMs + minuteMs);
  expect(await signIn({ ...idler, password: 'not the password at all' })).toBe('sign-in-refused');
});

test.each([
  ['a session that was moved on', "update session set last_seen_ms = last_seen_ms + 2000000000 where who = '$who'"],
  [
    'a copy of the session of somebody else',
    "insert into session (token_hash, device, person, who, started_at_ms, last_seen_ms, expires_at_ms, ended_at_ms, end_note, tag) select 'x' || token_hash, device, person, '$who', started_at_ms, last_seen_ms, expires_at_ms, ended_at_ms, end_note, tag from session order by last_seen_ms desc limit 1",
  ],
  ['no sessions at all', "delete from session where who = '$who'"],
])('rows that say otherwise revive nobody: %s', async (_what, sql) => {
  const who = await asSuperuser(platform, async (client) => {
    // The one who was seen longest ago, of all who were ever seen here.
    const { rows } = await client.query<{ who: string }>(
      'select who from session group by who order by max(last_seen_ms) limit 1',
    );
    await client.query('create table if not exists kept_session as select * from session');
    await client.query(sql.replaceAll('$who', rows[0]?.who ?? ''));
    return rows[0]?.who;
  });
  expect(who).toBeDefined();
  expect(await signIn(idler)).toBe('account-idle');
  await asSuperuser(platform, async (client) => {
    await client.query('delete from session');
    await client.query('insert into session select * from kept_session');
  });
});

test('who was here, and whose newest trace was edited, counts as idle', async () => {
  expect(await signIn(worker)).toBe('status 200');
  await platform.restart();
  platform.desk.reconnect(platform.server);
  await asSuperuser(platform, (client) => client.query('update session set last_seen_ms = last_seen_ms - 1'));
  expect([await signIn(worker), await submit(worker)]).toEqual(['account-idle', 'refused:account-idle']);
});

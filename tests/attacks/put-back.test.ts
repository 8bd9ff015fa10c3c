import { afterAll, beforeAll, expect, test } from 'vitest';
import { endpoints } from '../../contracts/http/index.ts';
import { codeOf } from '../server/support/client.ts';
import { issuePerson, type TestPerson } from '../server/support/people.ts';
import { activationCodes, addStaff, must, startTestPlatform, type TestPlatform } from '../server/support/platform.ts';
import { changePolicy } from '../server/support/policy.ts';
import { base64Of, enrolled, Workstation } from '../server/support/workstation.ts';
import { asSuperuser } from './support.ts';

// Whoever rules the database keeps a row as the platform wrote it, mark and all, and puts it back once it was used up or over.
type Row = Readonly<Record<string, unknown>>;

let platform: TestPlatform;
let desk: Workstation;
let elsewhere: Workstation;
let officer: TestPerson;

beforeAll(async () => {
  platform = await startTestPlatform();
  officer = issuePerson({ ca: platform.ca, n: 61, name: 'Қауіпсіз Сақшы', roles: ['security-officer'] });
  must(await addStaff(platform.server, officer));
  desk = await enrolled(platform.server);
  elsewhere = await enrolled(platform.server);
}, 60_000);

afterAll(() => platform.remove());

async function rowsOf(table: string): Promise<readonly Row[]> {
  const { rows } = await asSuperuser(platform, (client) => client.query(`select * from ${table}`));
  return rows as Row[];
}

/** Puts rows in the place of all that a table has now. */
async function putBack(table: string, rows: readonly Row[]): Promise<void> {
  await asSuperuser(platform, async (client) => {
    await client.query(`delete from ${table}`);
    for (const row of rows) {
      const [names, values] = [Object.keys(row), Object.values(row)];
      const places = values.map((_value, at) => `$${at + 1}`).join();
      await client.query(`insert into ${table} (${names.join()}) values (${places})`, values);
    }
  });
}

async function tokenOf(person: TestPerson, at = desk): Promise<string> {
  return endpoints.signIn.response.parse((await at.signIn(person)).json).token;
}

async function readsBy(token: string, at = desk): Promise<string> {
  return codeOf(await at.client.call({ method: 'GET', path: '/v1/sessions', token }));
}

async function sessionsSeenBy(token: string) {
  const answer = await desk.client.call({ method: 'GET', path: '/v1/sessions?whose=all', token });
  return endpoints.sessions.response.parse(answer.json).sessions;
}

test('a session that its person ended is over, though its open row is put back', async () => {
  const token = await tokenOf(platform.reviewer);
  const open = await rowsOf('session');
  expect(await readsBy(token)).toBe('status 200');
  expect((await desk.client.call({ method: 'DELETE', path: '/v1/session', token })).status).toBe(204);
  await putBack('session', open);
  expect(await readsBy(token)).toBe('session-ended');
});

test('a session that an officer ended is over and in no list, though its open row is put back', async () => {
  const token = await tokenOf(platform.reviewer, elsewhere);
  const own = await tokenOf(officer);
  const open = await rowsOf('session');
  const found = (await sessionsSeenBy(own)).find(({ isThis }) => !isThis);
  const path = `/v1/sessions/${found?.id ?? ''}`;
  const ended = await desk.client.call({ method: 'DELETE', path, token: own, body: { reason: 'ұрланды' } });
  expect(codeOf(ended)).toBe('status 204');
  expect(await readsBy(token, elsewhere)).toBe('session-signed-out');
  await putBack('session', open);
  expect(await readsBy(token, elsewhere)).toBe('session-ended');
  expect((await sessionsSeenBy(own)).map(({ isThis }) => isThis)).toEqual([true]);
});

test('a challenge that was used opens no second session, though its fresh row is put back', async () => {
  const body = { ...(await desk.cardProof(platform.reviewer)), password: base64Of(platform.reviewer.password) };
  const fresh = await rowsOf('challenge');
  const send = async () => codeOf(await desk.client.call({ method: 'POST', path: endpoints.signIn.path, body }));
  expect(await send()).toBe('status 200');
  await putBack('challenge', fresh);
  expect(await send()).toBe('challenge-unknown');
});

test('a code that set a password sets no other, though its fresh row is put back', async () => {
  const person = issuePerson({ ca: platform.ca, n: 62, name: 'Жаңа Қызметкер', roles: ['reviewer'] });
  must(await addStaff(platform.server, person));
  const code = activationCodes.get(person.certificateHash) ?? '';
  activationCodes.delete(person.certificateHash);
  const fresh = await rowsOf('activation_code');
  expect(codeOf(await desk.setPassword(person, { code }))).toBe('status 204');
  await putBack('activation_code', fresh);
  const another = { ...person, password: 'Екі жарты бір бүтін' };
  expect(codeOf(await desk.setPassword(another, { code }))).toBe('sign-in-refused');
});

test('a password that was changed opens nothing, though its record is put back, and an alarm says so', async () => {
  const person = issuePerson({ ca: platform.ca, n: 63, name: 'Сақ Қызметкер', roles: ['reviewer'] });
  must(await addStaff(platform.server, person));
  await tokenOf(person);
  const older = await rowsOf('password');
  const changed = { ...person, password: 'Бұлақ басында төрт тайлақ' };
  expect(codeOf(await desk.setPassword(changed, { before: person.password }))).toBe('status 204');
  const newer = await rowsOf('password');
  const alarms = (await rowsOf('alarm')).length;
  await putBack('password', older);
  expect(codeOf(await desk.signIn(person))).toBe('sign-in-refused');
  expect((await rowsOf('alarm')).slice(alarms)).toMatchObject([{ kind: 'password-edited' }]);
  await putBack('password', newer);
  expect(codeOf(await desk.signIn(changed))).toBe('status 200');
});

test('a code that enrolled a device enrols no second one, though its fresh row is put back', async () => {
  const { code } = await platform.server.administration.enrolCode();
  const fresh = await rowsOf('enrolment_code');
  const [first, second] = [new Workstation(platform.server), new Workstation(platform.server)];
  expect(codeOf(await first.enrol(code))).toBe('status 200');
  await putBack('enrolment_code', fresh);
  expect(codeOf(await second.enrol(code))).toBe('enrolment-code-unknown');
  for (const one of [first, second]) one.client.close();
});

test('a session is worth nothing at another device, and with the evidence of another session', async () => {
  const mine = await tokenOf(platform.reviewer);
  const theirs = await tokenOf(platform.reviewer, elsewhere);
  const whole = await rowsOf('session');
  await asSuperuser(platform, (client) =>
    client.query('update session set device = $1 where device = $2', [desk.device, elsewhere.device]),
  );
  expect(await readsBy(theirs)).toBe('session-ended');
  expect(await readsBy(mine)).toBe('status 200');
  await putBack('session', whole);
  await asSuperuser(platform, (client) =>
    client.query('update session set person = (select person from session order by started_at_ms desc limit 1)'),
  );
  expect(await readsBy(mine)).toBe('session-ended');
  await putBack('session', whole);
  expect(await readsBy(mine)).toBe('status 200');
});

test('a row that nobody opens hides no session from an officer, and keeps none from being ended', async () => {
  const token = await tokenOf(platform.reviewer, elsewhere);
  const own = await tokenOf(officer);
  await asSuperuser(platform, (client) =>
    client.query(
      `insert into session (token_hash, device, person, who, started_at_ms, last_seen_ms, expires_at_ms, tag)
       select repeat('a', 64), device, person, who, started_at_ms, last_seen_ms, expires_at_ms, tag
       from session where ended_at_ms is null limit 1`,
    ),
  );
  const listed = await sessionsSeenBy(own);
  const found = listed.find(({ device }) => device === elsewhere.device);
  const path = `/v1/sessions/${found?.id ?? ''}`;
  const ended = await desk.client.call({ method: 'DELETE', path, token: own, body: { reason: 'ұрланды' } });
  expect(codeOf(ended)).toBe('status 204');
  expect(await readsBy(token, elsewhere)).toBe('session-signed-out');
});

test('a machine is judged by its own newest report, though that of another, or its own older one, is put in its place', async () => {
  const reviewed = {
    patchAgeMaxMs: 9e12,
    antivirusBaseAgeMaxMs: 9e12,
    clockDriftMaxMs: 9e12,
    reportAgeMaxMs: 3_600_000,
  };
  const posture = {
    ...reviewed,
    measures: { 'remote-control': 'refuse' as const, 'posture-absent': 'refuse' as const },
    versions: {},
  };
  await changePolicy(platform, (policy) => ({ ...policy, posture }));
  const report = async (at: Workstation, remoteControl: readonly string[]) => {
    const state = { version: '0.1.0', system: 'debian 12', patchedAtMs: Date.now(), antivirus: 'none' };
    const body = { ...state, isDiskEncrypted: true, clockDriftMs: 0, remoteControl };
    const answer = await at.client.call({ method: 'POST', path: endpoints.posture.path, body });
    return endpoints.posture.response.parse(answer.json).service;
  };
  const signsIn = async () => codeOf(await desk.signIn(platform.reviewer));
  expect([await report(desk, []), await report(elsewhere, [])]).toEqual(['serve', 'serve']);
  expect(await signsIn()).toBe('status 200');
  const older = await rowsOf('device_posture');
  expect(await report(desk, ['anydesk'])).toBe('refuse');
  expect(await signsIn()).toBe('posture-refused');
  await putBack('device_posture', older);
  expect(await signsIn()).toBe('posture-refused');
  const good = older.find(({ device }) => device === elsewhere.device);
  await putBack('device_posture', [{ ...good, device: desk.device }]);
  expect(await signsIn()).toBe('posture-refused');
  expect(await report(desk, [])).toBe('serve');
  expect(await signsIn()).toBe('status 200');
});

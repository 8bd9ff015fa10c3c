import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { sessionRulesDefault } from '../../core/access/index.ts';
import { endpoints, sessionEndedEvent } from '../../contracts/http/index.ts';
import { parsePolicyDocument } from '../../contracts/documents/index.ts';
import { personOf } from '../../server/accounts/index.ts';
import { realSurroundings } from '../../server/boot/index.ts';
import { openDesk } from '../../server/boot/open-desk.ts';
import { readOpenSessions } from '../../server/store/index.ts';
import { codeOf, type Call } from './support/client.ts';
import { issuePerson, type TestPerson } from './support/people.ts';
import { addStaff, must, startIn, startTestPlatform, type TestPlatform } from './support/platform.ts';
import { changePolicy } from './support/policy.ts';
import { enrolled, type Workstation } from './support/workstation.ts';

const minuteMs = 60_000;

let platform: TestPlatform;
let desk: Workstation;
let elsewhere: Workstation;
let officer: TestPerson;
let aheadMs = 0;

beforeAll(async () => {
  platform = await startTestPlatform();
  await platform.server.close();
  const surroundings = { ...realSurroundings, nowMs: () => Date.now() + aheadMs };
  platform.server = await startIn(platform.directory, platform.lines, undefined, undefined, surroundings);
  const sessions = { ...sessionRulesDefault, idleMs: 30 * minuteMs, absoluteMs: 240 * minuteMs };
  await changePolicy(platform, (policy) => ({ ...policy, sessions }));
  officer = issuePerson({ ca: platform.ca, n: 71, name: 'Қауіпсіздік Қызметкері', roles: ['security-officer'] });
  must(await addStaff(platform.server, officer));
  desk = await enrolled(platform.server);
  elsewhere = await enrolled(platform.server);
}, 60_000);

afterAll(() => platform.remove());

async function tokenOf(person: TestPerson, at = desk): Promise<string> {
  return endpoints.signIn.response.parse((await at.signIn(person)).json).token;
}

function passMinutes(minutes: number): void {
  aheadMs += minutes * minuteMs;
  for (const one of [desk, elsewhere]) one.client.nowMs = () => Date.now() + aheadMs;
}

const changes = (token: string): Call => ({ method: 'GET', path: '/v1/changes?after=0', token });
const code = async (call: Call, at = desk): Promise<string> => codeOf(await at.client.call(call));

async function sessionsOf(token: string, whose: 'own' | 'all' = 'own', at = desk) {
  const answer = await at.client.call({ method: 'GET', path: `/v1/sessions?whose=${whose}`, token });
  return endpoints.sessions.response.parse(answer.json).sessions;
}

const end = (token: string, id: string, reason = ''): Call => ({
  method: 'DELETE',
  path: `/v1/sessions/${id}`,
  token,
  body: { reason },
});

/** Listens with a session; answers what was told until the stream ended. */
async function listening(token: string, at = desk) {
  let isHeard: () => void = () => undefined;
  const heard = new Promise<void>((resolve) => (isHeard = resolve));
  const told = at.client.eventsUntil({ method: 'GET', path: '/v1/changes/stream', token }, () => {
    isHeard();
    return false;
  });
  await heard;
  return { told };
}

test('a session that is used lives on, and one that is not ends after the idle time and a minute', async () => {
  const token = await tokenOf(platform.reviewer);
  for (let i = 0; i < 4; i += 1) {
    passMinutes(29);
    expect(await code(changes(token))).toBe('status 200');
  }
  passMinutes(31.5);
  expect(await code(changes(token))).toBe('session-ended');
  // For good: the clock that goes back brings nothing back.
  passMinutes(-31.5);
  expect(await code(changes(token))).toBe('session-ended');
});

test('a session ends after the longest time, however busy it is', async () => {
  const token = await tokenOf(platform.reviewer);
  for (let i = 0; i < 8; i += 1) {
    passMinutes(29);
    expect(await code(changes(token))).toBe('status 200');
  }
  passMinutes(9);
  expect(await code(changes(token))).toBe('session-ended');
});

test('a policy that shortens sessions shortens those that are open', async () => {
  const token = await tokenOf(platform.reviewer);
  passMinutes(20);
  expect(await code(changes(token))).toBe('status 200');
  const { sessions = sessionRulesDefault } = await changePolicy(platform, (policy) => ({
    ...policy,
    sessions: { ...sessionRulesDefault, absoluteMs: 10 * minuteMs },
  }));
  expect(sessions.absoluteMs).toBe(10 * minuteMs);
  expect(await code(changes(token))).toBe('session-ended');
  await changePolicy(platform, (policy) => ({ ...policy, sessions: sessionRulesDefault }));
});

test('a person reads where he is signed in, by what, since when, and nothing of others', async () => {
  const token = await tokenOf(platform.other);
  const second = await tokenOf(platform.other, elsewhere);
  await tokenOf(platform.registrar);
  const listed = await sessionsOf(token);
  expect(listed.map(({ device, isThis, iin }) => [device, isThis, iin])).toEqual([
    [elsewhere.device, false, platform.other.iin],
    [desk.device, true, platform.other.iin],
  ]);
  const factors = [
    { kind: 'possession', method: 'card-eds' },
    { kind: 'knowledge', method: 'password' },
  ];
  expect(listed[1]).toMatchObject({ deviceName: 'АРМ-1', factors });
  expect(JSON.stringify(listed)).not.toContain(token);
  expect((await sessionsOf(second, 'own', elsewhere)).map(({ isThis }) => isThis)).toEqual([true, false]);
  expect(await code({ method: 'GET', path: '/v1/sessions?whose=all', token })).toBe('read-not-allowed');
});

test('the evidence of a session says by which version of the policy it was let in', async () => {
  await tokenOf(platform.other);
  const { directory, databaseUrl, server } = platform;
  const status = await desk.client.call({ method: 'GET', path: endpoints.policy.path });
  const { policy } = endpoints.policy.response.parse(status.json);
  const { version } = must(parsePolicyDocument(policy.document));
  const beside = must(await openDesk({ directory, databaseUrl, surroundings: realSurroundings }, 'demo'));
  const rows = await readOpenSessions(beside.desk.database, { who: undefined, nowMs: 0, limit: 1 });
  expect([server.state(), rows.map((row) => personOf(beside.desk, row)?.policy)]).toEqual(['accepting', [version]]);
  await beside.store.close();
});

test('a session is ended from another desk, its stream says so and closes at once', async () => {
  const token = await tokenOf(platform.other);
  const second = await tokenOf(platform.other, elsewhere);
  const { told } = await listening(second, elsewhere);
  const id = (await sessionsOf(token)).find(({ device, isThis }) => !isThis && device === elsewhere.device)?.id ?? '';
  const startedAtMs = performance.now();
  expect(await code(end(token, id))).toBe('status 204');
  expect(await told).toContain(`event: ${sessionEndedEvent}\ndata: {"code":"session-signed-out"}\n\n`);
  expect(performance.now() - startedAtMs).toBeLessThan(1_000);
  expect(await code(changes(second), elsewhere)).toBe('session-signed-out');
  expect(await code(end(token, id))).toBe('session-unknown');
});

test('nobody ends the session of another but an officer, and he only with a reason', async () => {
  const token = await tokenOf(platform.other);
  const id = (await sessionsOf(token)).find(({ isThis }) => isThis)?.id ?? '';
  expect(await code(end(await tokenOf(platform.registrar), id, 'A reason'))).toBe('session-unknown');
  const officerToken = await tokenOf(officer);
  const all = await sessionsOf(officerToken, 'all');
  expect(all.map((one) => one.id)).toContain(id);
  expect(await code(end(officerToken, id))).toBe('reason-missing');
  expect(await code(changes(token))).toBe('status 200');
  expect(await code(end(officerToken, id, 'The desk was left open'))).toBe('status 204');
  expect(await code(changes(token))).toBe('session-signed-out');
});

test.each([
  ['loses his roles', 72, { roles: [] }],
  ['has a record that ended', 73, { validUntilMs: 1 }],
] as const)(
  'a person who %s hears it on his stream within two seconds, and his session ends for good',
  async (_how, n, change) => {
    const person = issuePerson({ ca: platform.ca, n, name: 'Бұғатталған Адам', roles: ['reviewer'] });
    must(await addStaff(platform.server, person));
    const token = await tokenOf(person);
    const { told } = await listening(token);
    const { iin, name, roles, certificateHash } = person;
    const record = { iin, name, roles, certificates: [certificateHash], validFromMs: 0, basis: 'Бұйрық № 3' };
    const startedAtMs = performance.now();
    must(await platform.server.administration.addStaff({ ...record, validUntilMs: 4_000_000_000_000, ...change }));
    expect(await told).toMatch(/event: session-ended\ndata: \{"code":"session-blocked"\}\n\n$/u);
    expect(performance.now() - startedAtMs).toBeLessThan(2_000);
    expect(await code(changes(token))).toBe('session-blocked');
    must(await addStaff(platform.server, person));
    expect(await code(changes(token))).toBe('session-blocked');
    expect(await code(changes(await tokenOf(person)))).toBe('status 200');
  },
);

test('a person whose record runs out while he listens hears it within two seconds', async () => {
  const person = issuePerson({ ca: platform.ca, n: 74, name: 'Мерзімді Қызметкер', roles: ['reviewer'] });
  const validUntilMs = Date.now() + aheadMs + 8_000;
  must(await addStaff(platform.server, person, { validUntilMs, basis: 'Шарт № 4' }));
  const { told } = await listening(await tokenOf(person));
  expect(await told).toContain('"code":"session-blocked"');
  expect(Date.now() + aheadMs - validUntilMs).toBeLessThan(2_000);
});

test('a session that is in use is written down once a minute, and not at each request', async () => {
  const token = await tokenOf(platform.reviewer);
  const seen = async (): Promise<number> =>
    (await sessionsOf(token)).find(({ isThis }) => isThis)?.lastSeenMs ?? Number.NaN;
  const first = await seen();
  for (let i = 0; i < 5; i += 1) await code(changes(token));
  expect(await seen()).toBe(first);
  passMinutes(1.1);
  await code(changes(token));
  expect(await seen()).toBeGreaterThan(first + minuteMs);
});

test('a stream whose session ran out ends by itself', async () => {
  const token = await tokenOf(platform.reviewer);
  const { told } = await listening(token);
  passMinutes(24 * 60);
  await vi.waitFor(async () => expect(await Promise.race([told, sleep(50, 'open')])).not.toBe('open'), {
    timeout: 20_000,
    interval: 250,
  });
  expect(await told).toContain('"code":"session-ended"');
});

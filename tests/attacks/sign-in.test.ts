import { afterAll, beforeAll, expect, test } from 'vitest';
import { factorMethods } from '../../core/access/index.ts';
import { endpoints } from '../../contracts/http/index.ts';
import { realSurroundings } from '../../server/boot/index.ts';
import { codeOf } from '../server/support/client.ts';
import { issuePerson, type TestPerson } from '../server/support/people.ts';
import {
  activationCodes,
  addStaff,
  must,
  startIn,
  startTestPlatform,
  type TestPlatform,
} from '../server/support/platform.ts';
import { base64Of, enrolled, type Workstation } from '../server/support/workstation.ts';
import { asSuperuser } from './support.ts';

let platform: TestPlatform;
let desk: Workstation;
let otherDesk: Workstation;
let aheadMs = 0;
let made = 80;

const minuteMs = 60_000;

beforeAll(async () => {
  platform = await startTestPlatform();
  await platform.server.close();
  const surroundings = { ...realSurroundings, nowMs: () => Date.now() + aheadMs };
  platform.server = await startIn(platform.directory, platform.lines, undefined, undefined, surroundings);
  desk = await enrolled(platform.server);
  otherDesk = await enrolled(platform.server);
}, 120_000);

afterAll(() => platform.remove());

/** Somebody of the staff who has set his password. */
async function member(): Promise<TestPerson> {
  const person = await newcomer();
  expect((await desk.signIn(person)).status).toBe(200);
  return person;
}

/** Somebody of the staff with a code that he has not used. */
async function newcomer(): Promise<TestPerson> {
  made += 1;
  const person = issuePerson({ ca: platform.ca, n: made, name: `Қызметкер Нөмір${made}`, roles: ['reviewer'] });
  must(await addStaff(platform.server, person));
  return person;
}

function codeFor({ certificateHash }: TestPerson): string {
  const code = activationCodes.get(certificateHash) ?? '';
  activationCodes.delete(certificateHash);
  return code;
}

async function attempt(person: TestPerson, password: string, at = desk): Promise<string> {
  const body = { ...(await at.cardProof(person)), password: base64Of(password) };
  return codeOf(await at.client.call({ method: 'POST', path: endpoints.signIn.path, body }));
}

async function sessions(): Promise<number> {
  const { rows } = await asSuperuser(platform, (client) => client.query('select count(*)::int as n from session'));
  return (rows[0] as { n: number }).n;
}

async function alarms(kind: string): Promise<number> {
  const { rows } = await asSuperuser(platform, (client) =>
    client.query('select count(*)::int as n from alarm where kind = $1', [kind]),
  );
  return (rows[0] as { n: number }).n;
}

function passMinutes(minutes: number): void {
  aheadMs += minutes * minuteMs;
  for (const one of [desk, otherDesk]) one.client.nowMs = () => Date.now() + aheadMs;
}

test('no session opens with one factor, whichever is missing', async () => {
  const person = await member();
  const stranger = issuePerson({ ca: platform.ca, n: 70, name: 'Бөтен Адам', roles: ['reviewer'] });
  const before = await sessions();
  const post = async (body: object) => codeOf(await desk.client.call({ method: 'POST', path: '/v1/sign-in', body }));
  const password = base64Of(person.password);
  const { challenge, cms } = await desk.cardProof(person);
  expect(await post({ challenge, cms })).toBe('input-malformed');
  expect(await post({ challenge, password })).toBe('input-malformed');
  expect(await post({ challenge, cms, password: '' })).toBe('sign-in-refused');
  const noSignature = Buffer.from('no signature').toString('base64');
  const { challenge: fresh } = await desk.cardProof(person);
  expect(await post({ challenge: fresh, cms: noSignature, password })).toBe('signature-invalid');
  expect(await attempt(person, 'the wrong password')).toBe('sign-in-refused');
  expect(await attempt(stranger, person.password)).toBe('sign-in-refused');
  expect(await sessions()).toBe(before);
});

test('a card without a password yet, a wrong password, a stranger and a blocked person hear the same', async () => {
  const blocked = await member();
  must(await addStaff(platform.server, { ...blocked, roles: [] }));
  const stranger = issuePerson({ ca: platform.ca, n: 71, name: 'Бөтен Адам', roles: ['reviewer'] });
  const waiting = await newcomer();
  codeFor(waiting);
  for (const person of [waiting, stranger, blocked])
    expect(await attempt(person, person.password)).toBe('sign-in-refused');
});

test('a challenge is good once, and at its own device', async () => {
  const person = await member();
  const body = { ...(await desk.cardProof(person)), password: base64Of(person.password) };
  const post = async (at: Workstation) => codeOf(await at.client.call({ method: 'POST', path: '/v1/sign-in', body }));
  expect(await post(otherDesk)).toBe('challenge-unknown');
  expect(await post(desk)).toBe('status 200');
  expect(await post(desk)).toBe('challenge-unknown');
});

test('the password of one account opens no other, and a row that was copied from it opens nothing', async () => {
  const victim = await member();
  const thief = await member();
  expect(await attempt(victim, thief.password)).toBe('sign-in-refused');
  // The rows as they were written last: two people, two rows.
  const written = await asSuperuser(platform, (client) => client.query('select account, sealed, tag from password'));
  const rows = written.rows as { account: string; sealed: string; tag: string }[];
  const before = await alarms('password-edited');
  await asSuperuser(platform, async (client) => {
    for (const { account } of rows)
      for (const source of rows.slice(-1))
        await client.query('update password set sealed = $1, tag = $2 where account = $3', [
          source.sealed,
          source.tag,
          account,
        ]);
  });
  expect(await attempt(victim, thief.password)).toBe('sign-in-refused');
  expect(await attempt(victim, victim.password)).toBe('sign-in-refused');
  expect(await alarms('password-edited')).toBeGreaterThan(before);
  await asSuperuser(platform, async (client) => {
    for (const { account, sealed, tag } of rows)
      await client.query('update password set sealed = $1, tag = $2 where account = $3', [sealed, tag, account]);
  });
  passMinutes(16);
  expect(await attempt(victim, victim.password)).toBe('status 200');
});

test('who guesses at one desk is held up there, and nobody else, nor the owner at another desk', async () => {
  const person = await member();
  const colleague = await member();
  for (let i = 0; i < 5; i += 1) expect(await attempt(person, `wrong ${i}`)).toBe('sign-in-refused');
  expect(await attempt(person, person.password)).toBe('sign-in-refused');
  expect(await attempt(person, person.password, otherDesk)).toBe('status 200');
  expect(await attempt(colleague, colleague.password)).toBe('status 200');
  passMinutes(1);
  expect(await attempt(person, person.password)).toBe('status 200');
});

test('an owner has his turn the longest delay after his first right try, though others fail by his card at his desk all the while', async () => {
  const person = await member();
  for (let i = 0; i < 11; i += 1) {
    passMinutes(16);
    await attempt(person, `wrong ${i}`);
  }
  passMinutes(1);
  expect(await attempt(person, person.password)).toBe('sign-in-refused');
  passMinutes(14.5);
  // Whoever guesses takes the turn that the delay gave.
  expect(await attempt(person, 'wrong again')).toBe('sign-in-refused');
  expect(await attempt(person, person.password)).toBe('sign-in-refused');
  passMinutes(0.6);
  expect(await attempt(person, person.password)).toBe('status 200');
});

test('an owner has his turn the longest delay after his first right try, though that try was one too many to be heard', async () => {
  const person = await member();
  for (let i = 0; i < 11; i += 1) {
    passMinutes(16);
    await attempt(person, `wrong ${i}`);
  }
  for (let i = 0; i < 9; i += 1) expect(await attempt(person, `one of many ${i}`)).toBe('sign-in-refused');
  passMinutes(1);
  expect(await attempt(person, person.password)).toBe('sign-in-refused');
  passMinutes(14.5);
  // Whoever guesses takes the turn that the delay gave, and each of the places but one.
  for (let i = 0; i < 7; i += 1) expect(await attempt(person, `wrong again ${i}`)).toBe('sign-in-refused');
  expect(await attempt(person, person.password)).toBe('sign-in-refused');
  passMinutes(0.6);
  expect(await attempt(person, person.password)).toBe('status 200');
});

test('who guesses by another certificate of a person, at his desk, holds up nobody who has his card', async () => {
  const person = await member();
  const found = issuePerson({ ca: platform.ca, n: made, name: person.name, roles: ['reviewer'] });
  expect(found.iin).toBe(person.iin);
  for (let i = 0; i < 8; i += 1) expect(await attempt(found, person.password)).toBe('sign-in-refused');
  expect(await attempt(person, person.password)).toBe('status 200');
});

test('a counter of failures that somebody edited counts as many failures, once, and raises an alarm', async () => {
  const person = await member();
  for (let i = 0; i < 5; i += 1) await attempt(person, `wrong ${i}`);
  const before = await alarms('attempts-edited');
  await asSuperuser(platform, (client) => client.query("update attempt set failures = 0 where scope = 'pair'"));
  expect(await attempt(person, person.password)).toBe('sign-in-refused');
  expect(await alarms('attempts-edited')).toBe(before + 1);
  passMinutes(14);
  expect(await attempt(person, person.password)).toBe('sign-in-refused');
  passMinutes(2);
  expect(await attempt(person, person.password)).toBe('status 200');
});

test('counters that somebody took away or put back count as many failures, once, and raise an alarm', async () => {
  const person = await member();
  const rows = async () =>
    (await asSuperuser(platform, (client) => client.query("select * from attempt where scope = 'pair'"))).rows as {
      subject: string;
      failures: number;
      last_at_ms: string;
      tag: string;
    }[];
  const known = new Set((await rows()).map(({ subject }) => subject));
  const own = async () => (await rows()).find(({ subject }) => !known.has(subject));
  for (let i = 0; i < 2; i += 1) await attempt(person, `wrong ${i}`);
  const older = await own();
  for (let i = 0; i < 3; i += 1) await attempt(person, `wrong again ${i}`);
  for (const takeAway of [
    'delete from attempt where subject = $1',
    'update attempt set failures = $2, last_at_ms = $3, tag = $4 where subject = $1',
  ]) {
    const before = await alarms('attempts-edited');
    await asSuperuser(platform, (client) =>
      client.query(
        takeAway,
        takeAway.startsWith('delete')
          ? [older?.subject]
          : [older?.subject, older?.failures, older?.last_at_ms, older?.tag],
      ),
    );
    expect(await attempt(person, person.password)).toBe('sign-in-refused');
    expect(await attempt(person, person.password)).toBe('sign-in-refused');
    expect(await alarms('attempts-edited')).toBe(before + 1);
  }
  passMinutes(16);
  expect(await attempt(person, person.password)).toBe('status 200');
  // What a success takes back, and what is forgotten for its age, is missed by nobody.
  const before = await alarms('attempts-edited');
  await attempt(person, 'wrong after all');
  // So many failures of others at this desk hold up whoever fails himself.
  passMinutes(16);
  expect(await attempt(person, person.password)).toBe('status 200');
  expect(await alarms('attempts-edited')).toBe(before);
});

test('after a change the old password opens nothing, does not come back, and the new one was asked for by the old', async () => {
  const person = await member();
  const changed = { ...person, password: 'Бұлақ басында төрт тайлақ' };
  const set = async (who: TestPerson, before: string) => codeOf(await desk.setPassword(who, { before }));
  expect(await set(changed, 'not the present one')).toBe('sign-in-refused');
  passMinutes(16);
  expect(await set({ ...person, password: `${person.password}!` }, person.password)).toBe('password-similar');
  expect(await set({ ...person, password: 'short' }, person.password)).toBe('password-too-short');
  expect(await set({ ...person, password: 'Password2026!!' }, person.password)).toBe('password-common');
  expect(await set(changed, person.password)).toBe('status 204');
  expect(await attempt(person, person.password)).toBe('sign-in-refused');
  // So many failures of others at this desk hold up whoever fails himself.
  passMinutes(16);
  expect(await attempt(person, changed.password)).toBe('status 200');
  expect(await set(person, changed.password)).toBe('password-used-before');
});

test('a code sets a password once, for its own person, in its time', async () => {
  const [one, other, late] = [await newcomer(), await newcomer(), await newcomer()];
  const [code, otherCode, lateCode] = [codeFor(one), codeFor(other), codeFor(late)];
  const set = async (who: TestPerson, given: string) => codeOf(await desk.setPassword(who, { code: given }));
  expect(await set(one, otherCode)).toBe('sign-in-refused');
  passMinutes(16);
  expect(await set(one, code)).toBe('status 204');
  expect(await set({ ...one, password: 'Екі жарты бір бүтін' }, code)).toBe('sign-in-refused');
  passMinutes(16);
  expect(await attempt(one, one.password)).toBe('status 200');
  passMinutes(3 * 24 * 60 + 1);
  expect(await set(late, lateCode)).toBe('sign-in-refused');
  await asSuperuser(platform, (client) => client.query('update activation_code set expires_at_ms = 9000000000000'));
  expect(await set(late, lateCode)).toBe('sign-in-refused');
});

test('what a session stands on is kept beside it: both factors, and no password in any column', async () => {
  const person = await member();
  const { token } = endpoints.signIn.response.parse((await desk.signIn(person)).json);
  const listed = (await desk.client.call({ method: 'GET', path: '/v1/sessions?whose=own', token })).json;
  expect(JSON.stringify(listed)).toContain('"method":"password"');
  const dump = await asSuperuser(platform, async (client) => {
    const tables = ['password', 'activation_code', 'attempt', 'session'];
    const found = await Promise.all(tables.map((table) => client.query(`select * from ${table}`)));
    return JSON.stringify(found.map(({ rows }) => rows as unknown));
  });
  for (const secret of [person.password, person.iin, base64Of(person.password)]) expect(dump).not.toContain(secret);
});

test('a factor that is claimed and that nothing here checks counts for nothing, beside right factors and wrong ones', async () => {
  const person = await member();
  const opened = await sessions();
  for (const method of factorMethods) {
    for (const password of [person.password, 'the wrong password']) {
      const others = [{ method, proof: 'AAAA' }];
      const body = { ...(await desk.cardProof(person)), password: base64Of(password), others };
      const answer = await desk.client.call({ method: 'POST', path: endpoints.signIn.path, body });
      expect([method, codeOf(answer)]).toEqual([method, 'factor-unavailable']);
    }
  }
  expect(await sessions()).toBe(opened);
  expect(await attempt(person, person.password)).toBe('status 200');
});

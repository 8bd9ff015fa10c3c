import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { endpoints } from '../../contracts/http/index.ts';
import { testForm } from '../server/support/forms.ts';
import { codeOf } from '../server/support/client.ts';
import { issuePerson, type TestPerson } from '../server/support/people.ts';
import { addStaff, must, startTestPlatform, type TestPlatform } from '../server/support/platform.ts';
import { enrolled, newCase, Workstation, type CaseView } from '../server/support/workstation.ts';
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

async function submit(person: TestPerson, view: CaseView = newCase(testForm())): Promise<string> {
  const item = workstation.act(person, view, 'registration.submit', { form: view.form });
  const [outcome = ''] = await workstation.outcomes([item]);
  if (outcome === 'accepted') workstation.accepted(view, item);
  if (outcome.startsWith('not kept') || outcome === 'server-read-only') workstation.stepBack();
  return outcome;
}

async function decide(
  view: CaseView,
  person: TestPerson,
  type: 'registration.claim' | 'registration.return',
): Promise<string> {
  const payload = type === 'registration.claim' ? {} : { reasons: ['document-unreadable'], note: '' };
  const item = workstation.act(person, view, type, payload as never);
  const [outcome = ''] = await workstation.outcomes([item]);
  if (outcome === 'accepted') workstation.accepted(view, item);
  return outcome;
}

async function tokenOf(person: TestPerson, at: Workstation = workstation): Promise<string> {
  const answer = await at.signIn(person);
  expect(codeOf(answer)).toBe('status 200');
  return endpoints.signIn.response.parse(answer.json).token;
}

async function changesBy(token: string, at: Workstation = workstation): Promise<string> {
  return codeOf(await at.client.call({ method: 'GET', path: '/v1/changes?after=0', token }));
}

test('a session row copied onto another token reads nothing in the name of a colleague', async () => {
  const officer = issuePerson({ ca: platform.ca, n: 61, name: 'Қауіпсіз Сақшы', roles: [] });
  must(await addStaff(platform.server, officer));
  expect(await submit(platform.registrar)).toBe('accepted');
  const own = await tokenOf(platform.reviewer);
  expect(await changesBy(own)).toBe('status 200');
  const thief = await enrolled(platform.server);
  const token = 'A'.repeat(43);
  const hash = createHash('sha256').update(token).digest('hex');
  await asSuperuser(platform, (client) =>
    client.query(
      `insert into session (token_hash, device, person, started_at_ms, expires_at_ms, ended_at_ms)
       select $1, $2, person, started_at_ms, expires_at_ms, null from session limit 1`,
      [hash, thief.device],
    ),
  );
  expect(await changesBy(token, thief)).toBe('session-ended');
  thief.client.close();
});

test('an enrolment code that a database superuser wrote himself enrols nothing', async () => {
  const code = ['AAAA', 'BBBB', 'CCCC', 'DDDD', 'EEEE', 'FFFF'].join('-');
  const hash = createHash('sha256').update(code).digest('hex');
  await asSuperuser(platform, (client) =>
    client.query('insert into enrolment_code (code_hash, expires_at_ms, used_at_ms) values ($1, $2, null)', [
      hash,
      Date.now() + 3_600_000,
    ]),
  );
  const thief = new Workstation(platform.server);
  expect(codeOf(await thief.enrol(code))).toBe('enrolment-code-unknown');
  thief.client.close();
});

test('a registration number that a returned case took at its second submission is taken', async () => {
  const first = newCase(testForm());
  expect(await submit(platform.registrar, first)).toBe('accepted');
  expect(await decide(first, platform.reviewer, 'registration.claim')).toBe('accepted');
  expect(await decide(first, platform.reviewer, 'registration.return')).toBe('accepted');
  const again = { ...first, form: testForm() };
  expect(await submit(platform.registrar, again)).toBe('accepted');
  expect(await submit(platform.registrar, newCase(again.form))).toBe('refused:case-number-taken');
  expect(await submit(platform.registrar, newCase(first.form))).toBe('refused:case-number-taken');
});

test('a case that was returned twice under one number is submitted again', async () => {
  const view = newCase(testForm());
  for (let round = 0; round < 3; round += 1) {
    expect(await submit(platform.registrar, view)).toBe('accepted');
    expect(await decide(view, platform.reviewer, 'registration.claim')).toBe('accepted');
    expect(await decide(view, platform.reviewer, 'registration.return')).toBe('accepted');
  }
});

test('nobody who was blocked acts or reads again because the record of his block was edited or removed', async () => {
  const person = issuePerson({ ca: platform.ca, n: 62, name: 'Шыққан Қызметкер', roles: ['registrar'] });
  must(await addStaff(platform.server, person));
  expect(await submit(person)).toBe('accepted');
  const token = await tokenOf(person);
  must(await addStaff(platform.server, { ...person, roles: [] }));
  expect(await submit(person)).toBe('refused:actor-unknown');
  expect(await changesBy(token)).toBe('session-blocked');
  const newest = "(select leaf_id from document where kind = 'staff' order by at_ms desc limit 1)";
  await asSuperuser(platform, async (client) => {
    await client.query(
      `update document set sealed = set_byte(sealed, 40, get_byte(sealed, 40) # 1) where leaf_id = ${newest}`,
    );
  });
  await platform.restart();
  workstation.reconnect(platform.server);
  expect(await submit(person)).toBe('server-read-only');
  expect(await changesBy(token)).toBe('server-read-only');
  expect(platform.server.state()).toBe('read-only');
  await asSuperuser(platform, async (client) => {
    await client.query(`delete from document where leaf_id = ${newest}`);
  });
  await platform.restart();
  workstation.reconnect(platform.server);
  expect(await submit(person)).toBe('server-read-only');
  expect(await changesBy(await tokenOf(person))).toBe('server-read-only');
});

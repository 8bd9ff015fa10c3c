import type * as crypto from 'node:crypto';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { endpoints } from '../../contracts/http/index.ts';
import type { Answer } from '../server/support/client.ts';
import { issuePerson, type TestPerson } from '../server/support/people.ts';
import { activationCodes, addStaff, must, startTestPlatform, type TestPlatform } from '../server/support/platform.ts';
import { base64Of, enrolled, type Workstation } from '../server/support/workstation.ts';

/** What one attempt made the server do: stretches by their cost, and statements by what they do to which table. */
const work = vi.hoisted(() => ({ stretches: [] as string[], statements: [] as string[] }));

vi.mock('node:crypto', async (original) => {
  const real = await original<typeof crypto>();
  const argon2 = (...given: Parameters<typeof real.argon2>): void => {
    const [algorithm, { memory, passes, parallelism }] = given;
    work.stretches.push(`${algorithm} ${memory} ${passes} ${parallelism}`);
    real.argon2(...given);
  };
  return { ...real, argon2 };
});

/** The tables of accounts; others are read by the server in turn, whoever signs in. */
const tables = ['attempt', 'challenge', 'password', 'activation_code', 'session', 'alarm', 'device_posture'];

function noteStatement(text: string): void {
  const table = /(?:from|into|update) "([a-z_]+)"/u.exec(text)?.[1] ?? '';
  // A counter is added once and changed ever after: it is written, either way.
  if (tables.includes(table)) work.statements.push(`${text.startsWith('select') ? 'read' : 'write'} ${table}`);
}

let platform: TestPlatform;
let desk: Workstation;
let made = 700;

beforeAll(async () => {
  platform = await startTestPlatform(undefined, noteStatement);
  desk = await enrolled(platform.server);
}, 120_000);
afterAll(() => platform.remove());

function somebody(): TestPerson {
  made += 1;
  return issuePerson({ ca: platform.ca, n: made, name: `Қызметкер Нөмір${made}`, roles: ['reviewer'] });
}

async function member(): Promise<TestPerson> {
  const person = somebody();
  must(await addStaff(platform.server, person));
  expect((await desk.signIn(person)).status).toBe(200);
  return person;
}

type Seen = { readonly answer: Answer; readonly stretches: readonly string[]; readonly statements: readonly string[] };

async function attempt(person: TestPerson, password: string): Promise<Seen> {
  const body = { ...(await desk.cardProof(person)), password: base64Of(password) };
  work.stretches.length = 0;
  work.statements.length = 0;
  const answer = await desk.client.call({ method: 'POST', path: endpoints.signIn.path, body });
  return { answer, stretches: [...work.stretches], statements: work.statements.toSorted() };
}

/** Everything but the number of the incident and the date, which are new each time. */
function told({ status, headers, text }: Answer) {
  const named = Object.entries(headers).filter(([name]) => name !== 'date');
  return { status, headers: named, text: text.replace(/"incidentId":"[0-9a-f-]{36}"/u, '"incidentId":""') };
}

/** Whoever is sent away: each has failed once before, so that his counters are there. */
const kinds: Readonly<Record<string, () => Promise<{ readonly person: TestPerson; readonly password: string }>>> = {
  'a wrong password': async () => ({ person: await member(), password: 'not the password' }),
  'a stranger': async () => ({ person: somebody(), password: 'any password' }),
  'a blocked person with the right password': async () => {
    const person = await member();
    must(await addStaff(platform.server, { ...person, roles: [] }));
    return { person, password: person.password };
  },
  'a person whose term is over, with the right password': async () => {
    const person = await member();
    must(await addStaff(platform.server, person, { validUntilMs: 1_700_000_000_000 }));
    return { person, password: person.password };
  },
  'a person who has no password yet': async () => {
    const person = somebody();
    must(await addStaff(platform.server, person));
    activationCodes.delete(person.certificateHash);
    return { person, password: person.password };
  },
  'a person by a card that his record does not name': async () => {
    const { password } = await member();
    return { person: issuePerson({ ca: platform.ca, n: made, name: 'Бөтен Карта', roles: ['reviewer'] }), password };
  },
  'a person who is held up, with a wrong password': async () => {
    const person = await member();
    for (let i = 0; i < 6; i += 1) await attempt(person, `wrong ${i}`);
    return { person, password: 'not the password' };
  },
  'a person who is held up, with the right password': async () => {
    const person = await member();
    for (let i = 0; i < 6; i += 1) await attempt(person, `wrong ${i}`);
    await attempt(person, person.password);
    return { person, password: person.password };
  },
};

test('whoever is sent away hears the same, to the byte, after the same work, whatever the reason', async () => {
  const seen = new Map<string, Seen>();
  for (const [kind, make] of Object.entries(kinds)) {
    const { person, password } = await make();
    await attempt(person, 'a first failure');
    seen.set(kind, await attempt(person, password));
  }
  const [first] = seen.values();
  if (first === undefined) throw new Error('somebody is sent away');
  expect(told(first.answer)).toMatchObject({ status: 403, text: expect.stringContaining('sign-in-refused') as string });
  expect(first.stretches).toEqual(['argon2id 19456 2 1']);
  expect(first.statements).toContain('read password');
  for (const [kind, { answer, stretches, statements }] of seen)
    expect({ kind, told: told(answer), stretches, statements }).toEqual({
      kind,
      told: told(first.answer),
      stretches: first.stretches,
      statements: first.statements,
    });
});

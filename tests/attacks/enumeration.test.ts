import type * as crypto from 'node:crypto';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { endpoints } from '../../contracts/http/index.ts';
import { makeDoorKinds } from '../bench/load/door-kinds.ts';
import { playClock } from '../bench/load/played-clock.ts';
import type { Answer } from '../server/support/client.ts';
import { startFounded } from '../server/support/founded.ts';
import { issuePerson, type TestPerson } from '../server/support/people.ts';
import { activationCodes, addStaff, must, startTestPlatform, type TestPlatform } from '../server/support/platform.ts';
import { base64Of, enrolled, type Workstation } from '../server/support/workstation.ts';

/** What one attempt made the server do: stretches by their cost, statements by what they do to which table, rows whose mark was made, and records that were opened. */
const work = vi.hoisted(() => ({ stretches: [] as string[], statements: [] as string[], keyed: [] as string[] }));

vi.mock('node:crypto', async (original) => {
  const real = await original<typeof crypto>();
  const argon2 = (...given: Parameters<typeof real.argon2>): void => {
    const [algorithm, { memory, passes, parallelism }] = given;
    work.stretches.push(`${algorithm} ${memory} ${passes} ${parallelism}`);
    real.argon2(...given);
  };
  const createHmac = (...given: Parameters<typeof real.createHmac>) => {
    const made = real.createHmac(...given);
    const update = made.update.bind(made) as (text: string) => typeof made;
    // Of a mark it is said first what it is for.
    const noted = (text: string) => {
      if (/^tag (?:row (?:attempt|password|activation_code|session)|account|activation-code)$/u.test(text))
        work.keyed.push(text);
      return update(text);
    };
    return Object.assign(made, { update: noted });
  };
  const createDecipheriv = (...given: Parameters<typeof real.createDecipheriv>) => {
    const made = real.createDecipheriv(...given) as crypto.DecipherGCM;
    const setAad = made.setAAD.bind(made);
    const noted: typeof made.setAAD = (purpose, options) => {
      const what = Buffer.from(purpose as Uint8Array).toString();
      if (what.startsWith('password ')) work.keyed.push('open password');
      return setAad(purpose, options);
    };
    return Object.assign(made, { setAAD: noted });
  };
  return { ...real, argon2, createHmac, createDecipheriv };
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

type Seen = { readonly answer: Answer } & Readonly<Record<keyof typeof work, readonly string[]>>;

async function attempt(person: TestPerson, password: string): Promise<Seen> {
  return seen(endpoints.signIn.path, { ...(await desk.cardProof(person)), password: base64Of(password) });
}

/** Sends a body to a door, and answers what came and what was done for it. */
async function seen(path: string, body: unknown): Promise<Seen> {
  for (const list of Object.values(work)) list.length = 0;
  const answer = await desk.client.call({ method: 'POST', path, body });
  const { stretches, statements, keyed } = work;
  return { answer, stretches: [...stretches], statements: statements.toSorted(), keyed: keyed.toSorted() };
}

/** Everything but the number of the incident and the date, which are new each time. */
function told({ status, headers, text }: Answer) {
  const named = Object.entries(headers).filter(([name]) => name !== 'date');
  return { status, headers: named, text: text.replace(/"incidentId":"[0-9a-f-]{36}"/u, '"incidentId":""') };
}

/** Everybody is answered, and worked for, as the first of them is. */
function expectSame(all: ReadonlyMap<string, Seen>): void {
  const [first] = all.values();
  if (first === undefined) throw new Error('somebody is sent away');
  const expected = { ...first, answer: told(first.answer) };
  expect(all.size).toBeGreaterThan(1);
  for (const [kind, one] of all) expect({ kind, ...one, answer: told(one.answer) }).toEqual({ kind, ...expected });
}

test('whoever is sent away hears the same, to the byte, after the same work, whatever the reason', async () => {
  using clock = playClock();
  const founded = await startFounded(3, noteStatement);
  const before = desk;
  try {
    const made = await makeDoorKinds(founded, { ahead: clock.ahead, peopleEach: 1 });
    desk = made.desk;
    const groups = new Map<string, Map<string, Seen>>();
    for (const { name, against, make } of made.kinds) {
      const group = groups.get(against) ?? new Map<string, Seen>();
      groups.set(against, group.set(name, await seen(endpoints.signIn.path, await make(0))));
    }
    expect(groups.size).toBe(3);
    for (const group of groups.values()) expectSame(group);
    const [stranger] = groups.get('a stranger')?.values() ?? [];
    expect(stranger?.answer).toMatchObject({ status: 403, text: expect.stringContaining('sign-in-refused') as string });
    expect(stranger?.stretches).toEqual(['argon2id 19456 2 1']);
    expect(stranger?.statements).toContain('read password');
    expect(stranger?.keyed).toContain('open password');
  } finally {
    desk = before;
    await founded.remove();
  }
}, 120_000);

/** What is shown at the door of passwords beside the card. */
type Shown = {
  readonly person: TestPerson;
  readonly proof:
    | { readonly kind: 'password'; readonly password: string }
    | { readonly kind: 'activation-code'; readonly code: string };
};

const guessedCode = { kind: 'activation-code', code: 'AAAA-AAAA-AAAA' } as const;
const guessedPassword = { kind: 'password', password: base64Of('not the present one') } as const;

async function set({ person, proof }: Shown): Promise<Seen> {
  const password = base64Of('Бұлақ басында төрт тайлақ');
  return seen(endpoints.password.path, { ...(await desk.cardProof(person)), proof, password });
}

/** Somebody with a code that he has not used. */
async function newcomer(): Promise<{ readonly person: TestPerson; readonly code: string }> {
  const person = somebody();
  must(await addStaff(platform.server, person));
  const code = activationCodes.get(person.certificateHash) ?? '';
  activationCodes.delete(person.certificateHash);
  return { person, code };
}

const rightPassword = ({ password }: TestPerson) => ({ kind: 'password', password: base64Of(password) }) as const;

/** By what is shown: a code costs one statement more than a password. */
const setters: Readonly<Record<Shown['proof']['kind'], Readonly<Record<string, () => Promise<Shown>>>>> = {
  password: {
    'a stranger': async () => ({ person: somebody(), proof: guessedPassword }),
    'a wrong password before': async () => ({ person: await member(), proof: guessedPassword }),
    'a person who has no password yet': async () => ({ person: (await newcomer()).person, proof: guessedPassword }),
    'a blocked person with the right password before': async () => {
      const person = await member();
      must(await addStaff(platform.server, { ...person, roles: [] }));
      return { person, proof: rightPassword(person) };
    },
    'a person who is held up, with the right password before': async () => {
      const person = await member();
      for (let i = 0; i < 6; i += 1) await attempt(person, `wrong ${i}`);
      return { person, proof: rightPassword(person) };
    },
  },
  'activation-code': {
    'a stranger': async () => ({ person: somebody(), proof: guessedCode }),
    'a person who never had a code but for his password of today': async () => ({
      person: await member(),
      proof: guessedCode,
    }),
    'a person with a wrong code': async () => ({ person: (await newcomer()).person, proof: guessedCode }),
    'a blocked person with the right code': async () => {
      const { person, code } = await newcomer();
      must(await addStaff(platform.server, { ...person, roles: [] }));
      return { person, proof: { kind: 'activation-code', code } };
    },
    'a person who is held up, with the right code': async () => {
      const { person, code } = await newcomer();
      for (let i = 0; i < 6; i += 1) await attempt(person, `wrong ${i}`);
      return { person, proof: { kind: 'activation-code', code } };
    },
  },
};

test.each(Object.entries(setters))('so it is where a password is set, and %s is shown', async (_proof, makers) => {
  const all = new Map<string, Seen>();
  for (const [kind, make] of Object.entries(makers)) {
    const shown = await make();
    await attempt(shown.person, 'a first failure');
    all.set(kind, await set(shown));
  }
  expectSame(all);
});

test('only the owner of card and password hears that his term is over', async () => {
  const person = await member();
  must(await addStaff(platform.server, person, { validUntilMs: 1_700_000_000_000 }));
  const told = async (password: string) => (await attempt(person, password)).answer.headers['qorgan-refusal'];
  expect([await told(person.password), await told('not the password')]).toEqual(['actor-ended', 'sign-in-refused']);
});

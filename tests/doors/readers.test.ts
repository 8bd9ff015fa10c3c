import { afterAll, beforeAll, expect, test } from 'vitest';
import { endpoints, type Endpoint, type EndpointName } from '../../contracts/http/index.ts';
import { issuePerson, type TestPerson } from '../server/support/people.ts';
import { addStaff, must, startTestPlatform, type TestPlatform } from '../server/support/platform.ts';
import { changePolicy } from '../server/support/policy.ts';
import { enrolled, type Workstation } from '../server/support/workstation.ts';
import { samples, type Sample } from './support/samples.ts';

/** One person for each thing that may be read, and one who reads nothing. */
const readers = ['nothing', 'registration', 'access', 'operations'] as const;
type Reader = (typeof readers)[number];

type SessionDoor = {
  [Name in EndpointName]: (typeof endpoints)[Name] extends { readonly auth: 'session' } ? Name : never;
}[EndpointName];

const all = readers;
const somethingReads = ['registration', 'access', 'operations'] as const;

/** Who is let in where, written out: a door whose need is loosened in the table of doors is not loosened here. */
const lets: Readonly<Record<SessionDoor, readonly Reader[]>> = {
  signOut: all,
  changes: somethingReads,
  accessChanges: ['access'],
  changesStream: somethingReads,
  policies: all,
  retention: ['operations'],
  account: all,
  registry: ['access'],
  blockedActs: ['access'],
  stepUp: all,
  sessions: all,
  endSession: all,
  devices: ['operations'],
};

let platform: TestPlatform;
let desk: Workstation;
let sampleOf: Readonly<Record<EndpointName, Sample>>;
let people: Readonly<Record<Reader, TestPerson>>;

beforeAll(async () => {
  platform = await startTestPlatform();
  const { ca, registrar, reviewer } = platform;
  const manager = issuePerson({ ca, n: 63, name: 'Басшы Адам', roles: ['manager'] });
  const auditor = issuePerson({ ca, n: 64, name: 'Аудитор Адам', roles: ['auditor'] });
  for (const person of [manager, auditor]) must(await addStaff(platform.server, person));
  await changePolicy(platform, (policy) => ({
    ...policy,
    access: {
      ...policy.access,
      reads: {
        ...{ registrar: [], reviewer: ['registration'], manager: ['access'], auditor: ['operations'] },
        'security-officer': ['access', 'operations'],
      },
    },
  }));
  people = { nothing: registrar, registration: reviewer, access: manager, operations: auditor };
  desk = await enrolled(platform.server);
  sampleOf = samples(desk, registrar);
}, 120_000);

afterAll(() => platform.remove());

const rows = (Object.keys(lets) as SessionDoor[]).flatMap((name) => readers.map((reader) => [name, reader] as const));

test.each(rows)('the door %s treats who reads %s as it is written here', async (name, reader) => {
  const door: Endpoint = endpoints[name];
  const { token } = endpoints.signIn.response.parse((await desk.signIn(people[reader])).json);
  const call = { method: door.method, ...sampleOf[name], token };
  let refusal: string | undefined;
  if (call.path.endsWith('/stream')) {
    const text = await desk.client.eventsUntil(call, (told) => told !== '');
    refusal = text.startsWith('{') ? (JSON.parse(text) as { refusal: { code: string } }).refusal.code : undefined;
  } else {
    const answer = await desk.client.call(call);
    refusal = answer.headers['qorgan-refusal'] as string | undefined;
  }
  expect(refusal === 'read-not-allowed').toBe(!lets[name].includes(reader));
});

test('every door of persons is written here', () => {
  const doors = Object.entries(endpoints).filter(([, { auth }]) => auth === 'session');
  expect(Object.keys(lets).toSorted()).toEqual(doors.map(([name]) => name).toSorted());
});

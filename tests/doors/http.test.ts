import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { endpoints, type Endpoint, type EndpointName } from '../../contracts/http/index.ts';
import { realSurroundings } from '../../server/boot/index.ts';
import { TestClient, type Answer, type Call } from '../server/support/client.ts';
import { issuePerson, type TestPerson } from '../server/support/people.ts';
import { changePolicy } from '../server/support/policy.ts';
import { addStaff, must, startIn, startTestPlatform, type TestPlatform } from '../server/support/platform.ts';
import { enrolled, type Workstation } from '../server/support/workstation.ts';
import {
  attacksOn,
  deviceAttacks,
  sessionAttacks,
  type Attack,
  type DeviceAttack,
  type SessionAttack,
} from './support/attacks.ts';
import { samples, type Sample } from './support/samples.ts';

const names = Object.keys(endpoints) as readonly EndpointName[];
const doorOf = (name: EndpointName): Endpoint => endpoints[name];

/** Doors that anybody may knock at. A new one is a decision, and stands here too. */
const publicDoors: readonly EndpointName[] = [
  'status',
  'enrol',
  'checkpoint',
  'tile',
  'logKeys',
  'logCompromise',
  'consistency',
  'policy',
  'revocation',
];

let platform: TestPlatform;
let foreign: TestPlatform;
let desk: Workstation;
let otherDesk: Workstation;
let foreignDesk: Workstation;
let officer: TestPerson;
let blocked: TestPerson;
/** Reads nothing by the policy that is put into force here. */
let reader: TestPerson;
let sampleOf: Readonly<Record<EndpointName, Sample>>;
let aheadMs = 0;

const refusalOf = (answer: Answer): string => String(answer.headers['qorgan-refusal'] ?? `status ${answer.status}`);

async function sessionOf(person: TestPerson, at = desk): Promise<string> {
  return endpoints.signIn.response.parse((await at.signIn(person)).json).token;
}

beforeAll(async () => {
  platform = await startTestPlatform();
  foreign = await startTestPlatform();
  await platform.server.close();
  const surroundings = { ...realSurroundings, nowMs: () => Date.now() + aheadMs };
  platform.server = await startIn(platform.directory, platform.lines, undefined, undefined, surroundings);
  const { ca } = platform;
  officer = issuePerson({ ca, n: 61, name: 'Қауіпсіздік Қызметкері', roles: ['security-officer'] });
  blocked = issuePerson({ ca, n: 62, name: 'Бұғатталған Адам', roles: ['reviewer', 'security-officer'] });
  for (const person of [officer, blocked]) must(await addStaff(platform.server, person));
  reader = platform.registrar;
  await changePolicy(platform, (policy) => ({
    ...policy,
    access: { ...policy.access, reads: { ...policy.access.reads, registrar: [] } },
  }));
  desk = await enrolled(platform.server);
  otherDesk = await enrolled(platform.server);
  foreignDesk = await enrolled(foreign.server);
  sampleOf = samples(desk, platform.registrar);
}, 120_000);

afterAll(async () => {
  await platform.remove();
  await foreign.remove();
});

/** Somebody whom this door lets in. */
function guestOf({ needs }: Endpoint): TestPerson {
  return needs === 'operations' || needs === 'access' ? officer : platform.reviewer;
}

async function tokenFor(endpoint: Endpoint): Promise<{ readonly token?: string }> {
  return endpoint.auth === 'session' ? { token: await sessionOf(guestOf(endpoint)) } : {};
}

function clientOf(key: TestClient['key'] | undefined, device: TestClient['device']): TestClient {
  const client = key === undefined ? new TestClient(platform.server) : new TestClient(platform.server, key);
  client.device = device;
  return client;
}

/** What a door that lets this call in begins to answer. */
async function knock(call: Call, client = desk.client): Promise<string> {
  if (!call.path.endsWith('/stream')) return refusalOf(await client.call(call));
  let status = '';
  const text = await client.eventsUntil(call, (told) => told !== '');
  if (text.startsWith('{')) status = (JSON.parse(text) as { refusal: { code: string } }).refusal.code;
  return status === '' ? 'status 200' : status;
}

const strangerName = '00000000-0000-4000-8000-000000000000' as NonNullable<TestClient['device']>;

async function attackAsDevice(attack: DeviceAttack, call: Call): Promise<string> {
  if (attack === 'no signature') return knock(call, clientOf(undefined, undefined));
  if (attack === 'an unknown device') return knock(call, clientOf(undefined, strangerName));
  if (attack === 'a device of another platform')
    return knock(call, clientOf(foreignDesk.client.key, foreignDesk.client.device));
  if (attack === 'the name of a device without its key') return knock(call, clientOf(undefined, desk.client.device));
  if (attack === 'an old signature') return knock({ ...call, createdSeconds: Math.floor(Date.now() / 1_000) - 600 });
  if (attack === 'a tampered query')
    return knock({ ...call, sentPath: `${call.path}${call.path.includes('?') ? '&' : '?'}more=1` });
  if (attack === 'a tampered body') {
    const isBodiless = call.body === undefined && call.rawBody === undefined;
    const digest = `sha-256=:${Buffer.alloc(32).toString('base64')}:`;
    const tamper = (headers: Record<string, string>): void => void (headers['content-digest'] = digest);
    return knock(isBodiless ? { ...call, tamper } : { ...call, sentBody: Buffer.from('{"items":[]}') });
  }
  const nonce = randomBytes(16).toString('base64');
  const createdSeconds = Math.floor(Date.now() / 1_000);
  expect(Object.values<string>(deviceAttacks)).not.toContain(await knock({ ...call, nonce, createdSeconds }));
  return knock({ ...call, nonce, createdSeconds });
}

async function attackAsPerson(attack: SessionAttack, endpoint: Endpoint, call: Call): Promise<string> {
  const guest = guestOf(endpoint);
  if (attack === 'no session') return knock(call);
  if (attack === 'a session of another device') return knock({ ...call, token: await sessionOf(guest, otherDesk) });
  if (attack === 'a wrong role') return knock({ ...call, token: await sessionOf(reader) });
  if (attack === 'an ended session') {
    const token = await sessionOf(guest);
    await desk.client.call({ method: 'DELETE', path: endpoints.signOut.path, token });
    return knock({ ...call, token });
  }
  if (attack === 'a session of a blocked person') {
    must(await addStaff(platform.server, blocked));
    const token = await sessionOf(blocked);
    must(await addStaff(platform.server, { ...blocked, roles: [] }));
    return knock({ ...call, token });
  }
  const token = await sessionOf(guest);
  const beforeMs = aheadMs;
  aheadMs += 13 * 3_600_000;
  desk.client.nowMs = () => Date.now() + aheadMs;
  const answered = await knock({ ...call, token });
  aheadMs = beforeMs;
  desk.client.nowMs = Date.now;
  return answered;
}

describe('a door of the platform', () => {
  test.each(names.filter((name) => doorOf(name).auth !== 'none'))('%s lets in whom it is for', async (name) => {
    const endpoint = doorOf(name);
    const answered = await knock({ method: endpoint.method, ...sampleOf[name], ...(await tokenFor(endpoint)) });
    const closed = [...Object.values(deviceAttacks), ...Object.values(sessionAttacks), 'internal', 'input-malformed'];
    expect(closed).not.toContain(answered);
  });

  const rows = names.flatMap((name) => attacksOn(doorOf(name)).map((attack) => [name, attack] as const));
  test.each(rows)('%s is closed to %s', async (name: EndpointName, attack: Attack) => {
    const endpoint = doorOf(name);
    const call: Call = { method: endpoint.method, ...sampleOf[name] };
    if (attack in deviceAttacks) {
      const one = attack as DeviceAttack;
      expect(await attackAsDevice(one, { ...call, ...(await tokenFor(endpoint)) })).toBe(deviceAttacks[one]);
    } else {
      const one = attack as SessionAttack;
      expect(await attackAsPerson(one, endpoint, call)).toBe(sessionAttacks[one]);
    }
  });

  test('is open to anybody only where that was decided', () => {
    expect(names.filter((name) => doorOf(name).auth === 'none')).toEqual(publicDoors);
  });

  test.each(publicDoors)('%s gives anybody no more for a signature than without', async (name) => {
    const call: Call = { method: doorOf(name).method, ...sampleOf[name] };
    const asked = await Promise.all([clientOf(undefined, undefined), desk.client].map((client) => knock(call, client)));
    expect(asked[0]).toBe(asked[1]);
    expect(['internal', 'input-malformed', 'not-found']).not.toContain(asked[0]);
  });

  test('has no neighbour: what the table does not list is not there, whatever the method', async () => {
    const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;
    const paths = [...new Set(names.map((name) => doorOf(name).path)), '/', '/v1', '/v1/hidden', '/v1/status/more'];
    const patterns = names.map((name) => ({
      method: doorOf(name).method,
      pattern: new RegExp(
        `^${doorOf(name)
          .path.replace(/:[a-z0-9]+/giu, '[^/]+')
          .replace('*', '.*')}$`,
        'u',
      ),
    }));
    for (const path of paths.map((one) => one.replace(/:[a-z0-9]+/giu, 'x').replace('*', 'x')))
      for (const method of methods) {
        const isListed = patterns.some((one) => one.method === method && one.pattern.test(path));
        const answered = isListed ? 'not-found' : refusalOf(await desk.client.call({ method, path }));
        expect([method, path, answered]).toEqual([method, path, 'not-found']);
      }
  });
});

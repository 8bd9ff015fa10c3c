import { afterAll, beforeAll, expect, test } from 'vitest';
import { endpoints } from '../../contracts/http/index.ts';
import { codeOf } from '../server/support/client.ts';
import {
  activate,
  actOn,
  changeOf,
  confirm,
  grantByCards,
  grantOf,
  propose,
  registryOf,
  startFounded,
  tokenOf,
  type FoundedPlatform,
} from '../server/support/founded.ts';
import { issuePerson, testIin, type TestPerson } from '../server/support/people.ts';
import { admittedWorkstation, blockByCard } from '../server/support/people-by-cards.ts';
import type { Workstation } from '../server/support/workstation.ts';

// Whoever has a device asks at each contact whether somebody may go on: it tells of those who signed in there, and of nobody else.
let platform: FoundedPlatform;
let elsewhere: Workstation;
let clerk: TestPerson;

beforeAll(async () => {
  platform = await startFounded();
  const { desk, ca } = platform;
  clerk = issuePerson({ ca, n: 41, name: 'Қызметкер Адам', roles: ['registrar'] });
  expect(await grantByCards(platform, grantOf(clerk))).toBe('accepted');
  await activate(platform, clerk);
  expect(codeOf(await desk.signIn(clerk))).toBe('status 200');
  elsewhere = await admittedWorkstation(platform);
}, 120_000);

afterAll(() => platform.remove());

async function told(at: Workstation, iin: string, certificate: string): Promise<string | null | undefined> {
  const head = { sequence: 0, hash: '0'.repeat(64) };
  const body = {
    ...{ form: 'qorgan.contact/1', epoch: at.epoch, heads: { acts: head, entries: head }, knownTreeSize: 0 },
    actor: { iin, certificate },
  };
  const answer = await at.client.call({ method: 'POST', path: endpoints.contact.path, body });
  return endpoints.contact.response.parse(answer.json).actor;
}

const otherCertificate = 'f'.repeat(64);

test('staff, strangers and wrong certificates read the same where they never signed in', async () => {
  const { officer } = platform;
  expect(await told(elsewhere, officer.iin, officer.certificateHash)).toBeNull();
  expect(await told(elsewhere, officer.iin, otherCertificate)).toBeNull();
  expect(await told(elsewhere, testIin(999), otherCertificate)).toBeNull();
  expect(await told(elsewhere, clerk.iin, clerk.certificateHash)).toBeNull();
});

test('who signed in at the device is told of a card that counts no more, and of his block', async () => {
  const { desk, officer, manager, ca } = platform;
  expect(await told(desk, clerk.iin, clerk.certificateHash)).toBeNull();
  const read = await registryOf(desk, await tokenOf(desk, officer));
  const record = read.people.find((one) => one.record.iin === clerk.iin)?.record;
  if (record === undefined) throw new Error('the clerk');
  const card = issuePerson({ ca, n: 41, name: clerk.name, roles: clerk.roles });
  const { view } = await propose(desk, officer, changeOf(read, { ...record, certificates: [card.certificateHash] }));
  expect(await actOn(desk, manager, view, confirm)).toBe('accepted');
  expect(await told(desk, clerk.iin, clerk.certificateHash)).toBe('session-blocked');
  expect(await told(desk, clerk.iin, card.certificateHash)).toBeNull();
  expect(codeOf(await desk.signIn({ ...card, password: clerk.password }))).toBe('status 200');
  expect(await blockByCard(platform, clerk)).toBe('accepted');
  expect(await told(desk, clerk.iin, card.certificateHash)).toBe('session-blocked');
  expect(await told(elsewhere, clerk.iin, card.certificateHash)).toBeNull();
});

test('a device that is retired listens to nothing any more, and its sessions are in no list', async () => {
  const { desk, officer, manager } = platform;
  const token = await tokenOf(elsewhere, manager);
  let opened: () => void = () => undefined;
  const isOpen = new Promise<void>((resolve) => (opened = resolve));
  const stream = elsewhere.client.eventsUntil({ method: 'GET', path: endpoints.changesStream.path, token }, () => {
    opened();
    return false;
  });
  await isOpen;
  const own = await tokenOf(desk, officer);
  const read = await registryOf(desk, own);
  const kept = read.devices.find(({ record }) => record.record.device === elsewhere.device);
  if (kept === undefined) throw new Error('the device');
  const before = { record: kept.record, hash: kept.hash };
  const record = { ...kept.record, standing: 'retired' } as const;
  const { view } = await propose(desk, officer, { kind: 'device', before, record });
  expect(await actOn(desk, manager, view, confirm)).toBe('accepted');
  expect(JSON.stringify(await stream)).toContain('session-ended');
  const all = await desk.client.call({ method: 'GET', path: `${endpoints.sessions.path}?whose=all`, token: own });
  const { sessions } = endpoints.sessions.response.parse(all.json);
  expect(sessions.map(({ device }) => device)).not.toContain(elsewhere.device);
  expect(sessions.length).toBeGreaterThan(0);
}, 30_000);

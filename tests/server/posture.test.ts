import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Posture, PostureRules } from '../../core/access/index.ts';
import { endpoints, refusalBody } from '../../contracts/http/index.ts';
import { create, describeBytes } from '../evidence/support/uploader.ts';
import { codeOf } from './support/client.ts';
import { testForm } from './support/forms.ts';
import { issuePerson, type TestPerson } from './support/people.ts';
import { addStaff, must, startTestPlatform, type TestPlatform } from './support/platform.ts';
import { changePolicy } from './support/policy.ts';
import { enrolled, newCase, type Workstation } from './support/workstation.ts';

const dayMs = 86_400_000;
const rules: PostureRules = {
  patchAgeMaxMs: 30 * dayMs,
  antivirusBaseAgeMaxMs: 7 * dayMs,
  clockDriftMaxMs: 5_000,
  reportAgeMaxMs: 2 * 3_600_000,
  measures: {
    'disk-plain': 'read-only',
    'disk-unknown': 'read-only',
    'remote-control': 'refuse',
    'clock-drift': 'warn',
  },
  versions: { workstation: { min: '0.1.0', graceUntilMs: 0 } },
};
const good: Posture = {
  version: '0.1.0',
  system: 'debian 12',
  patchedAtMs: Date.now(),
  antivirus: 'none',
  isDiskEncrypted: true,
  clockDriftMs: 0,
  remoteControl: [],
};

let platform: TestPlatform;
let desk: Workstation;
let officer: TestPerson;

beforeAll(async () => {
  platform = await startTestPlatform();
  officer = issuePerson({ ca: platform.ca, n: 81, name: 'Қауіпсіздік Қызметкері', roles: ['security-officer'] });
  must(await addStaff(platform.server, officer));
  desk = await enrolled(platform.server);
  // A machine that is refused sets no first password either.
  for (const person of [officer, platform.reviewer]) expect((await desk.signIn(person)).status).toBe(200);
}, 60_000);

afterAll(() => platform.remove());

async function report(change: Partial<Posture> = {}, at = desk) {
  const answer = await at.client.call({ method: 'POST', path: '/v1/posture', body: { ...good, ...change } });
  return endpoints.posture.response.parse(answer.json);
}

async function tokenOf(person: TestPerson): Promise<string> {
  return endpoints.signIn.response.parse((await desk.signIn(person)).json).token;
}

/** What becomes of one act of the registrar from this desk. */
async function act(): Promise<string> {
  const form = testForm();
  const item = desk.act(platform.registrar, newCase(form), 'registration.submit', { form });
  const [outcome = ''] = await desk.outcomes([item]);
  if (outcome !== 'accepted') desk.stepBack();
  return outcome;
}

test('without rules a device that says nothing, or the worst, is served', async () => {
  expect(await act()).toBe('accepted');
  expect(await report({ isDiskEncrypted: false })).toEqual({ service: 'serve', findings: [] });
  expect(await act()).toBe('accepted');
});

test('with rules a silent device, of which no version is known, is not served until it speaks', async () => {
  // The policy of an act is the one in force: the desk of this test names it.
  await changePolicy(platform, (policy) => ({ ...policy, posture: rules }));
  desk = await enrolled(platform.server);
  desk.policyVersion = 2;
  expect(await act()).toBe('client-too-old');
  expect(codeOf(await desk.signIn(platform.reviewer))).toBe('client-too-old');
  expect(await report()).toEqual({ service: 'serve', findings: ['antivirus-absent'] });
  expect(await act()).toBe('accepted');
  expect((await desk.signIn(platform.reviewer)).status).toBe(200);
});

test.each([
  ['a disk in the clear', { isDiskEncrypted: false }, 'disk-plain'],
  ['a disk of which nothing is known', { isDiskEncrypted: null }, 'disk-unknown'],
] as const)('%s lets read and not act, by name, until it is mended', async (_what, change, finding) => {
  await report();
  const token = await tokenOf(platform.reviewer);
  expect((await report(change)).service).toBe('read-only');
  const form = testForm();
  const item = desk.act(platform.registrar, newCase(form), 'registration.submit', { form });
  const { refusal } = refusalBody.parse((await desk.send([item])).json);
  expect([refusal.code, refusal.details]).toEqual(['posture-restricted', { finding }]);
  expect(codeOf(await create(desk.client, describeBytes(Buffer.from('picture'))))).toBe('posture-restricted');
  expect((await desk.client.call({ method: 'GET', path: '/v1/changes?after=0', token })).status).toBe(200);
  expect((await desk.signIn(platform.reviewer)).status).toBe(200);
  await report();
  // Nothing was kept of it, so that the very same act is taken now.
  expect(await desk.outcomes([item])).toEqual(['accepted']);
});

test('a program of remote control closes sign-in, reading and acts, and leaves receipts and contact', async () => {
  await report();
  const token = await tokenOf(platform.reviewer);
  expect((await report({ remoteControl: ['anydesk'] })).service).toBe('refuse');
  expect(await act()).toBe('posture-refused');
  expect(codeOf(await desk.client.call({ method: 'GET', path: '/v1/changes?after=0', token }))).toBe('posture-refused');
  expect(codeOf(await desk.signIn(platform.reviewer))).toBe('posture-refused');
  expect(codeOf(await desk.setPassword(platform.reviewer, { before: platform.reviewer.password }))).toBe(
    'posture-refused',
  );
  expect(codeOf(await create(desk.client, describeBytes(Buffer.from('picture'))))).toBe('posture-refused');
  expect((await desk.receipts(['01920000-0000-7000-8000-000000000000'])).status).toBe(200);
  await report();
  expect((await desk.client.call({ method: 'GET', path: '/v1/changes?after=0', token })).status).toBe(200);
});

test('a version below the minimum is refused with the version that is wanted', async () => {
  await report({ version: '0.0.9' });
  const { refusal } = refusalBody.parse((await desk.signIn(platform.reviewer)).json);
  expect([refusal.code, refusal.details]).toEqual(['client-too-old', { versionMin: '0.1.0' }]);
  await report();
});

test('an officer reads every device with what it said last and what follows, and nobody else does', async () => {
  await report({ clockDriftMs: 60_000 });
  const token = await tokenOf(officer);
  const answer = await desk.client.call({ method: 'GET', path: '/v1/devices', token });
  const { devices } = endpoints.devices.response.parse(answer.json);
  expect(devices.find(({ id }) => id === desk.device)).toMatchObject({
    ...{ name: 'АРМ-1', kind: 'workstation', service: 'warn', findings: ['antivirus-absent', 'clock-drift'] },
    posture: { ...good, clockDriftMs: 60_000 },
  });
  expect(devices.find(({ id }) => id !== desk.device)).toMatchObject({
    ...{ service: 'read-only', findings: ['antivirus-absent', 'disk-plain'] },
  });
  const reviewer = await tokenOf(platform.reviewer);
  expect(codeOf(await desk.client.call({ method: 'GET', path: '/v1/devices', token: reviewer }))).toBe(
    'read-not-allowed',
  );
});

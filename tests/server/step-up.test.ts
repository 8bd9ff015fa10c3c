import { afterAll, beforeAll, expect, test } from 'vitest';
import { sessionRulesDefault } from '../../core/access/index.ts';
import { endpoints, type ActItem } from '../../contracts/http/index.ts';
import { realSurroundings } from '../../server/boot/index.ts';
import { codeOf } from './support/client.ts';
import { testForm } from './support/forms.ts';
import { startIn, startTestPlatform, type TestPlatform } from './support/platform.ts';
import { changePolicy } from './support/policy.ts';
import { enrolled, newCase, type Workstation } from './support/workstation.ts';

const minuteMs = 60_000;

let platform: TestPlatform;
let desk: Workstation;
let elsewhere: Workstation;
let view: ReturnType<typeof newCase>;
let aheadMs = 0;

beforeAll(async () => {
  platform = await startTestPlatform();
  await platform.server.close();
  const surroundings = { ...realSurroundings, nowMs: () => Date.now() + aheadMs };
  platform.server = await startIn(platform.directory, platform.lines, undefined, undefined, surroundings);
  const sessions = { ...sessionRulesDefault, stepUp: ['registration.claim' as const], stepUpMs: 15 * minuteMs };
  const { version } = await changePolicy(platform, (policy) => ({ ...policy, sessions }));
  desk = await enrolled(platform.server);
  elsewhere = await enrolled(platform.server);
  for (const one of [desk, elsewhere]) one.policyVersion = version;
  const form = testForm();
  view = newCase(form);
  const submit = desk.act(platform.registrar, view, 'registration.submit', { form });
  desk.accepted(view, submit);
  expect(await desk.outcomes([submit])).toEqual(['accepted']);
}, 60_000);

afterAll(() => platform.remove());

/** What becomes of an act: its outcome, or why nothing was kept of it. */
async function sent(item: ActItem): Promise<string> {
  const [result] = endpoints.acts.response.parse((await desk.send([item])).json).results;
  if (result === undefined) return 'no answer';
  if ('refusal' in result) return result.refusal.code;
  return (JSON.parse(result.promise.document) as { readonly outcome: string }).outcome;
}

async function tokenOf(at: Workstation): Promise<string> {
  return endpoints.signIn.response.parse((await at.signIn(platform.reviewer)).json).token;
}

function passMinutes(minutes: number): void {
  aheadMs += minutes * minuteMs;
  for (const one of [desk, elsewhere]) one.client.nowMs = () => Date.now() + aheadMs;
}

async function stepUp(token: string, password: string): Promise<string> {
  const body = { password: Buffer.from(password).toString('base64') };
  return codeOf(await desk.client.call({ method: 'POST', path: endpoints.stepUp.path, token, body }));
}

test('an act that the policy names is kept by nobody until its person has entered the password at that very desk', async () => {
  const claim = desk.act(platform.reviewer, view, 'registration.claim', {});
  expect(await sent(claim)).toBe('step-up-missing');
  await tokenOf(elsewhere);
  expect(await sent(claim)).toBe('step-up-missing');
  await tokenOf(desk);
  expect(await sent(claim)).toBe('accepted');
  desk.accepted(view, claim);
});

test('an old password does not do, a wrong one renews nothing, and the right one lets the very same act in', async () => {
  const token = await tokenOf(desk);
  passMinutes(17);
  // Of no named type: nobody asks.
  const release = desk.act(platform.reviewer, view, 'registration.release', {});
  expect(await sent(release)).toBe('accepted');
  desk.accepted(view, release);
  const claim = desk.act(platform.reviewer, view, 'registration.claim', {});
  expect(await sent(claim)).toBe('step-up-missing');
  expect(await stepUp(token, 'not the password')).toBe('sign-in-refused');
  expect(await sent(claim)).toBe('step-up-missing');
  expect(await stepUp(token, platform.reviewer.password)).toBe('status 204');
  expect(await sent(claim)).toBe('accepted');
  desk.accepted(view, claim);
});

test('the session says when the password was shown last, and goes on', async () => {
  const token = await tokenOf(desk);
  passMinutes(5);
  expect(await stepUp(token, platform.reviewer.password)).toBe('status 204');
  const listed = await desk.client.call({ method: 'GET', path: '/v1/sessions', token });
  const { sessions } = endpoints.sessions.response.parse(listed.json);
  const factors = sessions.find(({ isThis }) => isThis)?.factors ?? [];
  const at = (method: string): number => factors.find((factor) => factor.method === method)?.atMs ?? Number.NaN;
  expect(at('password') - at('card-eds')).toBeGreaterThanOrEqual(5 * minuteMs);
});

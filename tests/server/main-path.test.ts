import { afterAll, beforeAll, expect, test } from 'vitest';
import { endpoints } from '../../contracts/http/index.ts';
import { verifyReceipt } from '../../core/log/index.ts';
import { sha256 } from '../../eds/index.ts';
import { verifyEd25519 } from '../../server/keys/index.ts';
import { startTestPlatform, type TestPlatform } from './support/platform.ts';
import { testForm } from './support/forms.ts';
import { enrolled, newCase, receiptOf } from './support/workstation.ts';

let platform: TestPlatform;

beforeAll(async () => {
  platform = await startTestPlatform();
});

afterAll(async () => {
  await platform.remove();
});

test('an act goes from enrolment by code to a receipt that a stranger can check', async () => {
  const { server, registrar } = platform;
  const workstation = await enrolled(server);
  const signedIn = endpoints.signIn.response.parse((await workstation.signIn(registrar)).json);
  expect(signedIn.staff).toEqual({ iin: registrar.iin, name: registrar.name, roles: ['registrar'] });
  const form = testForm();
  const item = workstation.act(registrar, newCase(form), 'registration.submit', { form });
  expect(await workstation.outcomes([item])).toEqual(['accepted']);
  const receipt = await receiptOf(workstation, item.actionId);
  const { log, platform: name } = workstation.bundle;
  const question = {
    proof: receipt,
    platform: name,
    act: item.envelope,
    signature: Buffer.from(item.cms, 'base64'),
    sha256,
    verifyEd25519,
  };
  expect(verifyReceipt({ ...question, logKey: log.key })).toMatchObject({
    verdict: 'good',
    facts: { isDemo: true, leaf: { outcome: 'accepted' } },
  });
  expect(verifyReceipt(question).verdict).toBe('cannot-tell');
  const altered = `${item.envelope.slice(0, -2)}x"}`;
  expect(verifyReceipt({ ...question, act: altered, logKey: log.key })).toEqual({
    verdict: 'bad',
    reason: 'receipt-other-act',
  });
});

test('a case is claimed, approved and read by those whose role allows it', async () => {
  const { server, registrar, reviewer } = platform;
  const workstation = await enrolled(server);
  const form = testForm(501);
  const view = newCase(form);
  const submit = workstation.act(registrar, view, 'registration.submit', { form });
  workstation.accepted(view, submit);
  const claim = workstation.act(reviewer, view, 'registration.claim', {});
  workstation.accepted(view, claim);
  const approve = workstation.act(reviewer, view, 'registration.approve', { note: '' });
  workstation.accepted(view, approve);
  expect(await workstation.outcomes([submit, claim, approve])).toEqual(['accepted', 'accepted', 'accepted']);
  const { token } = endpoints.signIn.response.parse((await workstation.signIn(reviewer)).json);
  const answer = await workstation.client.call({ method: 'GET', path: '/v1/changes?after=0&limit=100', token });
  const { changes, position, latest } = endpoints.changes.response.parse(answer.json);
  const own = changes.filter((change) => change.case === view.id);
  expect(own.map(({ envelope, cms }) => [envelope, cms])).toEqual(
    [submit, claim, approve].map(({ envelope, cms }) => [envelope, cms]),
  );
  expect(own.at(-1)).toMatchObject({ revision: 3, hash: view.hash, act: { actorName: reviewer.name } });
  expect(position).toBe(latest);
});

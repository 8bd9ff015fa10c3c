import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ActEnvelope } from '../../core/signing/index.ts';
import type { ActItem } from '../../contracts/http/index.ts';
import { isRefusalCode } from '../../contracts/refusals/index.ts';
import { testForm } from './support/forms.ts';
import { issuePerson, testCa, type TestPerson } from './support/people.ts';
import { addStaff, must, startTestPlatform, type TestPlatform } from './support/platform.ts';
import {
  enrolled,
  newCase,
  receiptOf,
  type ActOptions,
  type CaseView,
  type Workstation,
} from './support/workstation.ts';

let platform: TestPlatform;
let workstation: Workstation;

beforeAll(async () => {
  platform = await startTestPlatform();
  workstation = await enrolled(platform.server);
});

afterAll(async () => {
  await platform.remove();
});

/** A fresh submission by somebody, changed on its way. */
function submission(
  options: ActOptions = {},
  person: TestPerson = platform.registrar,
  view: CaseView = newCase(testForm()),
): ActItem {
  return workstation.act(person, view, 'registration.submit', { form: view.form }, options);
}

function changed(change: Partial<{ [K in keyof ActEnvelope]: unknown }>): ActOptions {
  return { change: (envelope) => ({ ...envelope, ...change }) as ActEnvelope };
}

async function outcomeOf(item: ActItem): Promise<string> {
  const [outcome = ''] = await workstation.outcomes([item]);
  return outcome;
}

async function expectLogged(item: ActItem, code: string): Promise<void> {
  expect(isRefusalCode(code)).toBe(true);
  expect(await outcomeOf(item)).toBe(`refused:${code}`);
  const receipt = await receiptOf(workstation, item.actionId);
  const extra = /^extra (.+)$/mu.exec(receipt)?.[1] ?? '';
  expect(Buffer.from(extra, 'base64').toString()).toContain(`refused:${code}`);
}

test('an act of another platform, log or profile is refused and logged', async () => {
  await expectLogged(submission(changed({ platform: 'another' })), 'act-other-platform');
  await expectLogged(submission(changed({ log: 'qorgan.another' })), 'act-other-platform');
  await expectLogged(submission(changed({ profile: 'production' })), 'act-other-profile');
});

test('an act whose cover says something else is refused and logged', async () => {
  await expectLogged(submission(changed({ device: randomUUID() })), 'act-cover-differs');
});

test('a wrong clock, a late act and another policy are refused and logged', async () => {
  await expectLogged(submission(changed({ claimedAtMs: Date.now() + 10 * 60_000 })), 'act-clock-ahead');
  await expectLogged(submission(changed({ claimedAtMs: Date.now() - 4 * 86_400_000 })), 'act-too-late');
  await expectLogged(submission(changed({ policy: 2 })), 'policy-not-in-force');
});

test('a tree head that this log never had is refused and logged', async () => {
  const root = Buffer.alloc(32, 7).toString('base64');
  await expectLogged(submission(changed({ treeHead: { size: 1, root } })), 'act-tree-head-foreign');
  await expectLogged(submission(changed({ treeHead: { size: 1_000_000, root } })), 'act-tree-head-foreign');
});

test('a signature over another text is refused and logged', async () => {
  await expectLogged(submission({ signedText: (text) => text.replace('buyer', 'seller') }), 'signature-invalid');
});

test('a card of another person is refused and logged', async () => {
  const { registrar, reviewer } = platform;
  const item = submission(changed({ actor: { iin: reviewer.iin, certificate: reviewer.certificateHash } }));
  await expectLogged(item, 'signer-differs');
  await expectLogged(
    submission(changed({ actor: { iin: registrar.iin, certificate: reviewer.certificateHash } })),
    'signer-differs',
  );
});

test('a certificate of a foreign authority is refused and logged', async () => {
  const stranger = issuePerson({ ca: testCa(true), n: 1, name: platform.registrar.name, roles: ['registrar'] });
  await expectLogged(submission({}, stranger), 'certificate-foreign');
});

test('a revoked and an expired certificate are refused and logged', async () => {
  const { ca, server } = platform;
  const expired = issuePerson({
    ca,
    n: 21,
    name: 'Ескі Куәлік',
    roles: ['registrar'],
    notBeforeMs: Date.now() - 9_000_000,
    notAfterMs: Date.now() - 60_000,
  });
  const revoked = issuePerson({ ca, n: 22, name: 'Алынған Куәлік', roles: ['registrar'] });
  for (const person of [expired, revoked]) must(await addStaff(server, person));
  await expectLogged(submission({}, expired), 'certificate-expired');
  expect(await outcomeOf(submission({}, revoked))).toBe('accepted');
  ca.revoke(revoked.serial);
  // Lists have whole seconds; the newer one counts.
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  for (const list of ca.crls()) must(await server.administration.importCrl(list));
  await expectLogged(submission({}, revoked), 'certificate-revoked');
});

test('somebody who is not on the staff, or without the role, or with another certificate is refused and logged', async () => {
  const { ca, reviewer, registrar } = platform;
  await expectLogged(
    submission({}, issuePerson({ ca, n: 31, name: 'Бөтен Адам', roles: ['registrar'] })),
    'actor-unknown',
  );
  await expectLogged(submission({}, reviewer), 'role-missing');
  await expectLogged(
    submission({}, issuePerson({ ca, n: 1, name: registrar.name, roles: ['registrar'] })),
    'certificate-unknown',
  );
});

test('a text that the signer was not shown is refused and logged', async () => {
  const hash = 'ab'.repeat(32);
  const shown = { locale: 'kk', template: 'registration.submit', version: 1, hash };
  await expectLogged(submission(changed({ shown })), 'shown-text-differs');
  await expectLogged(submission(changed({ shown: { ...shown, version: 99 } })), 'shown-template-unknown');
});

test('an act that is no canonical text is refused and logged, and the chain goes on over its hash', async () => {
  const spoilers: readonly (readonly [string, (text: string) => string])[] = [
    ['act-malformed', (text) => ` ${text}`],
    ['act-malformed', (text) => text.replace('"epoch"', '"Epoch"')],
    ['act-malformed', () => '{'],
    ['act-malformed', (text) => text.replace('"schema":1', '"schema":1,"schema":1')],
    ['act-too-deep', () => '['.repeat(40_000)],
    ['act-too-large', (text) => text.replace('"client":"test"', `"client":"${'x'.repeat(50_000)}"`)],
  ];
  for (const [code, spoil] of spoilers) await expectLogged(workstation.spoil(submission(), spoil), code);
  expect(await outcomeOf(submission())).toBe('accepted');
});

test('the same act again gets the same promise, and other bytes under its id are refused', async () => {
  const item = submission();
  const first = await workstation.send([item]);
  const second = await workstation.send([item]);
  expect(second.status).toBe(200);
  const promise = (text: string): unknown => (JSON.parse(text) as { results: unknown }).results;
  expect(promise(second.text)).toEqual(promise(first.text));
  expect(await outcomeOf({ ...item, envelope: `${item.envelope} ` })).toBe('not kept: id-reused');
  expect(await outcomeOf({ ...item, cms: Buffer.from('other').toString('base64') })).toBe('not kept: id-reused');
});

test('acts out of order are not kept, and are taken once the gap is filled', async () => {
  const first = submission();
  const second = submission();
  expect(await workstation.outcomes([second])).toEqual(['not kept: act-out-of-order']);
  expect(await workstation.outcomes([second, first])).toEqual(['not kept: act-out-of-order', 'accepted']);
  expect(await workstation.outcomes([second])).toEqual(['accepted']);
});

test('another act in a place that is taken, or in another journal, is not kept', async () => {
  const item = submission();
  expect(await outcomeOf(item)).toBe('accepted');
  expect(
    await outcomeOf({
      ...item,
      actionId: item.actionId.replace(/.$/u, (last) => (last === '0' ? '1' : '0')) as ActItem['actionId'],
    }),
  ).toBe('not kept: act-replayed');
  expect(await outcomeOf({ ...submission(), epoch: randomUUID() as ActItem['epoch'] })).toBe('not kept: epoch-unknown');
  workstation.stepBack();
});

test('an act that does not follow the last one is refused as a broken chain', async () => {
  await expectLogged(submission(changed({ previous: 'cd'.repeat(32) })), 'act-chain-broken');
});

test('a decision on an older state of the case is superseded, and a second registration of a number refused', async () => {
  const view = newCase(testForm());
  const submit = submission({}, platform.registrar, view);
  workstation.accepted(view, submit);
  const stale = { ...view };
  const claim = workstation.act(platform.reviewer, view, 'registration.claim', {});
  const late = workstation.act(platform.other, stale, 'registration.claim', {});
  expect(await workstation.outcomes([submit, claim, late])).toEqual(['accepted', 'accepted', 'superseded']);
  await expectLogged(submission({}, platform.registrar, newCase(view.form)), 'case-number-taken');
});

test('four eyes: who submitted a case cannot claim it, and a foreign claim is not decided on', async () => {
  const both = issuePerson({ ca: platform.ca, n: 41, name: 'Екі Рөлді', roles: ['registrar', 'reviewer'] });
  must(await addStaff(platform.server, both));
  const view = newCase(testForm());
  const submit = submission({}, both, view);
  workstation.accepted(view, submit);
  expect(await outcomeOf(submit)).toBe('accepted');
  await expectLogged(workstation.act(both, view, 'registration.claim', {}), 'case-own-submission');
  await expectLogged(
    workstation.act(platform.reviewer, view, 'registration.approve', { note: '' }),
    'case-not-claimed',
  );
});

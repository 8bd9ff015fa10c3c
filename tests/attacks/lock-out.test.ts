import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { termRulesDefault, type AccessChange, type PolicyDocument } from '../../core/access/index.ts';
import { codeOf } from '../server/support/client.ts';
import { testForm } from '../server/support/forms.ts';
import {
  activate,
  actOn,
  changeOf,
  changePolicyByCards,
  confirm,
  grantByCards,
  grantOf,
  propose,
  registryOf,
  startFounded,
  tokenOf,
  type FoundedPlatform,
} from '../server/support/founded.ts';
import { issuePerson, type TestPerson } from '../server/support/people.ts';
import { passTime } from '../server/support/pass-time.ts';
import { blockByCard } from '../server/support/people-by-cards.ts';
import { newCase } from '../server/support/workstation.ts';

// Neither time, nor one officer, nor two signatures close the organisation for good.
const dayMs = 86_400_000;
let platform: FoundedPlatform;

beforeAll(async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  platform = await startFounded();
}, 120_000);

afterAll(async () => {
  vi.useRealTimers();
  await platform.remove();
});

const signIn = async (person: TestPerson): Promise<string> => codeOf(await platform.desk.signIn(person));

async function policyChange(change: Partial<PolicyDocument>): Promise<AccessChange> {
  const { desk, officer } = platform;
  const newest = (await registryOf(desk, await tokenOf(desk, officer))).policies.at(-1);
  if (newest === undefined) throw new Error('a policy');
  const { record, hash } = newest;
  const next = { ...record, ...change, version: record.version + 1, effectiveFromMs: Date.now() };
  return { kind: 'policy', before: { record, hash }, record: next };
}

test('two people cannot sign a policy by which their own cards would not count', async () => {
  const { desk, officer, manager } = platform;
  const other = { carriers: ['1.2.398.3.3.5.2.6'], refusedPolicies: [], crlAgeMaxMs: 7 * dayMs };
  const first = await propose(desk, officer, await policyChange({ signatures: other }));
  expect(first.outcome).toBe('refused:policy-shuts-out-signer');
  const nowhere = { ...other, carriers: ['1.2.398.3.3.5.1.9'] };
  const second = await propose(desk, officer, await policyChange({ signatures: nowhere }));
  expect(second.outcome).toBe('refused:policy-shuts-out-signer');
  expect(await signIn(officer)).toBe('status 200');
  expect(await signIn(manager)).toBe('status 200');
  const right = { ...other, carriers: ['1.2.398.3.3.5.2.2'] };
  const third = await propose(desk, officer, await policyChange({ signatures: right }));
  expect(third.outcome).toBe('accepted');
  expect(await actOn(desk, manager, third.view, { type: 'access.decline', payload: { note: 'жоқ' } })).toBe('accepted');
});

test('a person whose card a policy would shut out does not confirm it', async () => {
  const { desk, officer, ca } = platform;
  const second = issuePerson({ ca, n: 51, name: 'Басқа Тасығыш', roles: ['manager'], carrier: 'identity-card' });
  expect(await grantByCards(platform, grantOf(second))).toBe('accepted');
  await activate(platform, second);
  const tokens = { carriers: ['1.2.398.3.3.5.2.2'], refusedPolicies: [], crlAgeMaxMs: 7 * dayMs };
  const { view, outcome } = await propose(desk, officer, await policyChange({ signatures: tokens }));
  expect(outcome).toBe('accepted');
  expect(await actOn(desk, second, view, confirm)).toBe('refused:policy-shuts-out-signer');
});

test('what stands behind a confirmed policy in one batch is decided by that policy', async () => {
  const { desk, officer, manager, registrar } = platform;
  const { view } = await propose(desk, officer, await policyChange({}));
  const confirmed = desk.act(manager, view, 'access.confirm', {});
  const form = testForm();
  const submitted = desk.act(registrar, newCase(form), 'registration.submit', { form });
  expect(await desk.outcomes([confirmed, submitted])).toEqual(['accepted', 'refused:policy-not-in-force']);
  desk.policyVersion += 1;
});

test('after a quarter of a year without a sign-in the recovery officer still is one, and others are idle', async () => {
  const { desk, officer, manager, recovery, registrar, ca } = platform;
  await changePolicyByCards(platform, { terms: { ...termRulesDefault, idleMaxMs: 90 * dayMs } });
  for (const person of [registrar, recovery]) expect(await signIn(person)).toBe('status 200');
  await passTime(platform, 60 * dayMs);
  for (const person of [officer, manager]) expect(await signIn(person)).toBe('status 200');
  await passTime(platform, 31 * dayMs);
  for (const person of [officer, manager]) expect(await signIn(person)).toBe('status 200');
  expect(await signIn(registrar)).toBe('account-idle');
  // The manager lost his card: the officer proposes the new one, and only a third can confirm it.
  const read = await registryOf(desk, await tokenOf(desk, officer));
  const record = read.people.find((one) => one.record.iin === manager.iin)?.record;
  if (record === undefined) throw new Error('the manager');
  const card = issuePerson({ ca, n: 13, name: manager.name, roles: ['manager'] });
  const fresh = { ...record, certificates: [...record.certificates, card.certificateHash] };
  const { view, outcome } = await propose(desk, officer, changeOf(read, fresh));
  expect(outcome).toBe('accepted');
  expect(await signIn(recovery)).toBe('status 200');
  expect(await actOn(desk, recovery, view, confirm)).toBe('accepted');
  const told = await registryOf(desk, await tokenOf(desk, officer));
  const isIdle = ({ iin }: TestPerson) => told.people.find((one) => one.record.iin === iin)?.isIdle;
  expect([registrar, recovery].map(isIdle)).toEqual([true, false]);
});

test('an officer who blocks the manager closes nothing: the recovery officer confirms with him', async () => {
  const { desk, officer, manager, recovery } = platform;
  expect(await blockByCard(platform, manager)).toBe('accepted');
  const read = await registryOf(desk, await tokenOf(desk, officer));
  const record = read.people.find((one) => one.record.iin === manager.iin)?.record;
  if (record === undefined) throw new Error('the manager');
  const { view, outcome } = await propose(desk, officer, changeOf(read, record));
  expect(outcome).toBe('accepted');
  expect(await actOn(desk, recovery, view, confirm)).toBe('accepted');
});

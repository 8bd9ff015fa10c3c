import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { termRulesDefault, type ReviewItem } from '../../core/access/index.ts';
import type { Iin } from '../../core/kernel/index.ts';
import { accountView, endpoints } from '../../contracts/http/index.ts';
import { check } from '../check/world.ts';
import { codeOf } from './support/client.ts';
import { testForm } from './support/forms.ts';
import {
  actOn,
  changePolicyByCards,
  propose,
  registryOf,
  startFounded,
  tokenOf,
  type FoundedPlatform,
  confirm,
} from './support/founded.ts';
import { passTime } from './support/pass-time.ts';
import type { TestPerson } from './support/people.ts';
import { newCase } from './support/workstation.ts';

const dayMs = 86_400_000;

let platform: FoundedPlatform;

const standing = async () => registryOf(platform.desk, await tokenOf(platform.desk, platform.officer));

/** What a review says of these people as the registry has them now. */
async function itemsOf(people: readonly TestPerson[], revoked: readonly TestPerson[] = []): Promise<ReviewItem[]> {
  const { people: known } = await standing();
  return people.map(({ iin }) => {
    const held = known.find(({ record }) => record.iin === iin);
    if (held === undefined) throw new Error('nobody of this number');
    const { record, hash } = held;
    const decision = revoked.some((one) => one.iin === iin) ? 'revoke' : 'keep';
    return { iin: record.iin, name: record.name, roles: [...record.roles], hash, decision };
  });
}

async function submit(person: TestPerson): Promise<string> {
  const form = testForm();
  const { desk } = platform;
  const [outcome = ''] = await desk.outcomes([desk.act(person, newCase(form), 'registration.submit', { form })]);
  return outcome;
}

beforeAll(async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  platform = await startFounded();
  for (const one of [platform.registrar, platform.reviewer]) expect((await platform.desk.signIn(one)).status).toBe(200);
  await changePolicyByCards(platform, { terms: { ...termRulesDefault, reviewEveryMs: 60 * dayMs } });
}, 60_000);

afterAll(async () => {
  vi.useRealTimers();
  await platform?.remove();
});

const pass = (days: number): Promise<void> => passTime(platform, days * dayMs);

test('the review is announced ahead, and overdue once its time is over, at the door and in the log of the server', async () => {
  expect((await standing()).review).toMatchObject({ state: 'done', overdue: 0 });
  await pass(46);
  expect((await standing()).review).toMatchObject({ state: 'due', overdue: 0 });
  await pass(14);
  const { review, people } = await standing();
  expect(review).toMatchObject({ state: 'overdue', overdue: people.length });
  await platform.restart();
  platform.desk.reconnect(platform.server);
  expect(platform.lines.filter((one) => one.includes('review of rights'))).toHaveLength(1);
});

const accountOf = async (person: TestPerson) => {
  const token = await tokenOf(platform.desk, person);
  const { desk } = platform;
  return accountView.parse((await desk.client.call({ method: 'GET', path: endpoints.account.path, token })).json);
};

test('everybody reads his own record and nobody another’s; who may propose a review is told where that of the others stands', async () => {
  const { desk, reviewer, officer } = platform;
  const { record, review, reviewedAtMs } = await accountOf(reviewer);
  expect([record.iin, record.roles, review, reviewedAtMs]).toEqual([reviewer.iin, ['reviewer'], null, null]);
  const token = await tokenOf(desk, reviewer);
  expect(codeOf(await desk.client.call({ method: 'GET', path: endpoints.registry.path, token }))).toBe(
    'read-not-allowed',
  );
  const path = `${endpoints.account.path}?iin=${officer.iin}`;
  const asked = accountView.parse((await desk.client.call({ method: 'GET', path, token })).json);
  expect(asked.record.iin).toBe(reviewer.iin);
  // All are overdue here, and he is not among those whom he reviews.
  const { people } = await standing();
  expect((await accountOf(officer)).review).toMatchObject({ state: 'overdue', overdue: people.length - 1 });
});

test('two people review the others: who is kept was looked at, who is revoked is out at once', async () => {
  const { desk, officer, manager, recovery, colleague, registrar, reviewer, other } = platform;
  const token = await tokenOf(desk, registrar);
  const others = [colleague, recovery, registrar, reviewer, other];
  const items = await itemsOf(others, [registrar]);
  // Nobody reviews himself, as the first person or as the second.
  const own = await propose(desk, officer, { kind: 'review', people: [...items, ...(await itemsOf([officer]))] });
  expect(own.outcome).toBe('refused:change-own-record');
  const { view, outcome } = await propose(desk, officer, { kind: 'review', people: items });
  expect([outcome, await actOn(desk, recovery, view, confirm)]).toEqual(['accepted', 'refused:change-own-record']);
  expect(await submit(registrar)).toBe('accepted');
  expect(await actOn(desk, manager, view, confirm)).toBe('accepted');
  const path = '/v1/changes?after=0';
  expect(codeOf(await desk.client.call({ method: 'GET', path, token }))).toBe('session-blocked');
  expect([await submit(registrar), codeOf(await desk.signIn(registrar))]).toEqual([
    'refused:actor-blocked',
    'actor-blocked',
  ]);
  const read = await standing();
  const reviewed = read.people.filter(({ reviewedAtMs }) => reviewedAtMs !== null).map(({ record }) => record.iin);
  expect(new Set(reviewed)).toEqual(new Set(others.map(({ iin }): Iin => iin)));
  expect(read.people.find(({ record }) => record.iin === registrar.iin)?.block).toMatchObject({
    by: manager.iin,
    reason: 'review',
  });
  // The two signers are left for a review by others.
  expect(read.review).toMatchObject({ state: 'overdue', overdue: 2 });
  const second = await propose(desk, colleague, { kind: 'review', people: await itemsOf([officer, manager]) });
  expect(await actOn(desk, recovery, second.view, confirm)).toBe('accepted');
  expect((await standing()).review).toMatchObject({ state: 'done', overdue: 0 });
});

test('the whole log says the same again: at the next start and in a check with replay', async () => {
  const before = await standing();
  await platform.restart();
  platform.desk.reconnect(platform.server);
  expect(platform.server.state()).toBe('accepting');
  const after = await standing();
  expect(after.people).toEqual(before.people);
  expect(after.review).toEqual(before.review);
  expect((await check({ directory: platform.directory, isReplay: true })).findings).toEqual([]);
});

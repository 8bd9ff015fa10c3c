import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type * as registry from '../../core/access/registry.ts';
import { check } from '../check/world.ts';
import { testForm } from './support/forms.ts';
import { grantByCards, grantOf, startFounded, type FoundedPlatform } from './support/founded.ts';
import { issuePerson, type TestPerson } from './support/people.ts';
import { newCase } from './support/workstation.ts';

/** While it is on, the server gives the reasons that an earlier version gave. */
const earlier = vi.hoisted(() => ({ isOn: true }));

vi.mock('../../core/access/registry.ts', async (original) => {
  const real = await original<typeof registry>();
  const names = { 'actor-dismissed': 'actor-blocked', 'actor-ended': 'actor-unknown' } as const;
  const outOfForce: typeof real.outOfForce = (person, nowMs) => {
    const out = real.outOfForce(person, nowMs);
    return earlier.isOn && (out === 'actor-dismissed' || out === 'actor-ended') ? names[out] : out;
  };
  return { ...real, outOfForce };
});

let platform: FoundedPlatform;
beforeAll(async () => {
  platform = await startFounded();
});
afterAll(() => platform?.remove());

test('a log whose refusals an earlier version named otherwise replays without a finding, and new ones get the new names', async () => {
  const { ca, desk } = platform;
  const people = [61, 62].map((n) => issuePerson({ ca, n, name: `Бұрынғы Адам${n}`, roles: ['registrar'] }));
  const [ended, dismissed] = people as [TestPerson, TestPerson];
  const submit = async (person: TestPerson): Promise<string> => {
    const form = testForm();
    const [outcome = ''] = await desk.outcomes([desk.act(person, newCase(form), 'registration.submit', { form })]);
    return outcome;
  };
  for (const one of people) expect(await grantByCards(platform, grantOf(one))).toBe('accepted');
  expect(await submit(ended)).toBe('accepted');
  const soonMs = Date.now() - 1;
  expect(await grantByCards(platform, grantOf(ended, { validUntilMs: soonMs }))).toBe('accepted');
  expect(await grantByCards(platform, grantOf(dismissed, { standing: 'dismissed' }))).toBe('accepted');
  expect([await submit(ended), await submit(dismissed)]).toEqual(['refused:actor-unknown', 'refused:actor-blocked']);
  earlier.isOn = false;
  await platform.restart();
  desk.reconnect(platform.server);
  expect(platform.server.state()).toBe('accepting');
  expect([await submit(ended), await submit(dismissed)]).toEqual(['refused:actor-ended', 'refused:actor-dismissed']);
  expect((await check({ directory: platform.directory, isReplay: true })).findings).toEqual([]);
});

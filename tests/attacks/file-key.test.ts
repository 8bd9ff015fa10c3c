import { afterAll, beforeAll, expect, test } from 'vitest';
import type { KeyCarrier } from '../../eds/index.ts';
import { codeOf } from '../server/support/client.ts';
import { testForm } from '../server/support/forms.ts';
import {
  activate,
  actOn,
  confirm,
  grantByCards,
  grantOf,
  propose,
  startFounded,
  type FoundedPlatform,
} from '../server/support/founded.ts';
import { issuePerson, type TestPerson } from '../server/support/people.ts';
import { activationCodes } from '../server/support/platform.ts';
import { newCase } from '../server/support/workstation.ts';

// Whoever copies a file has the key: two officers may put its certificate into a record by mistake, and it opens and signs nothing.
let platform: FoundedPlatform;
let people = 90;

beforeAll(async () => {
  platform = await startFounded();
}, 120_000);

afterAll(() => platform.remove());

const noCards = ['file-pkcs12', 'file-jks', 'cloud', 'unknown'] as const satisfies readonly KeyCarrier[];

function personWith(carrier: KeyCarrier): TestPerson {
  people += 1;
  const roles = ['registrar', 'security-officer'] as const;
  return issuePerson({ ca: platform.ca, n: people, name: 'Файл Кілт', roles, carrier });
}

test.each(noCards)('a key of carrier %s signs nobody in, sets no password and signs no act', async (carrier) => {
  const { desk, officer } = platform;
  const person = personWith(carrier);
  expect(await grantByCards(platform, grantOf(person))).toBe('accepted');
  await activate(platform, person);
  const code = activationCodes.get(person.certificateHash) ?? '';
  expect(codeOf(await desk.setPassword(person, { code }))).toBe('carrier-refused');
  expect(codeOf(await desk.signIn(person))).toBe('carrier-refused');
  const form = testForm();
  const submitted = desk.act(person, newCase(form), 'registration.submit', { form });
  expect(await desk.outcomes([submitted])).toEqual(['refused:carrier-refused']);
  const { view } = await propose(desk, officer, {
    ...{ kind: 'staff', before: null },
    record: grantOf(personWith('kaztoken')),
  });
  expect(await actOn(desk, person, view, confirm)).toBe('refused:carrier-refused');
});

test.each(['kaztoken', 'identity-card'] as const)('a card of carrier %s does', async (carrier) => {
  const { desk } = platform;
  const person = personWith(carrier);
  expect(await grantByCards(platform, grantOf(person))).toBe('accepted');
  await activate(platform, person);
  expect(codeOf(await desk.signIn(person))).toBe('status 200');
  const form = testForm();
  const submitted = desk.act(person, newCase(form), 'registration.submit', { form });
  expect(await desk.outcomes([submitted])).toEqual(['accepted']);
});

import { afterAll, beforeAll, expect, test } from 'vitest';
import { attachTimeStamp, parseSignedData } from '../../eds/index.ts';
import type { ActItem } from '../../contracts/http/index.ts';
import { testForm } from '../server/support/forms.ts';
import { grantByCards, grantOf, startFounded, text, type FoundedPlatform } from '../server/support/founded.ts';
import { issuePerson, type TestPerson } from '../server/support/people.ts';
import { must } from '../server/support/platform.ts';
import { testStamps, type TestStamps } from '../server/support/stamps.ts';
import { newCase } from '../server/support/workstation.ts';

let platform: FoundedPlatform;
let stamps: TestStamps;

beforeAll(async () => {
  platform = await startFounded();
  // The authority of time-stamps hangs under the very root by which the platform judges people.
  stamps = testStamps(platform.ca, () => Math.floor(Date.now() / 1_000) * 1_000);
});

afterAll(async () => {
  await platform.remove().catch(() => undefined);
});

/** The same act with a true time-stamp of this moment upon its signature. */
async function stamped(item: ActItem): Promise<ActItem> {
  const cms = Buffer.from(item.cms, 'base64');
  const [signer] = must(parseSignedData(cms)).signers;
  const { token } = must(await stamps.ask(signer?.signature ?? new Uint8Array(0)));
  return { ...item, cms: Buffer.from(must(attachTimeStamp(cms, token))).toString('base64') };
}

/** Somebody to whom two cards gave the right to register. */
async function registrar(): Promise<TestPerson> {
  const person = issuePerson({ ca: platform.ca, n: 21, name: 'Жаңа Қызметкер', roles: ['registrar'] });
  expect(await grantByCards(platform, grantOf(person))).toBe('accepted');
  return person;
}

test('a time-stamp from before a block opens nothing after it', async () => {
  const { desk, officer } = platform;
  const person = await registrar();
  const submit = (): ActItem => {
    const form = testForm();
    return desk.act(person, newCase(form), 'registration.submit', { form });
  };
  const inForce = [submit(), await stamped(submit())];
  // He is in force, so that what the second one is refused for is its stamp.
  expect(await desk.outcomes(inForce)).toEqual(['accepted', 'refused:signature-unknown']);
  const view = { ...newCase(testForm()), access: { status: 'absent' } as const };
  const block = desk.act(officer, view, 'access.block', { iin: person.iin, name: person.name, ...text });
  const signedBefore = [submit(), await stamped(submit())];
  expect(await desk.outcomes([block])).toEqual(['accepted']);
  expect(await desk.outcomes(signedBefore)).toEqual(['refused:actor-blocked', 'refused:signature-unknown']);
});

import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import {
  attachTimeStamp,
  createRevocationStore,
  createVerifier,
  defaultAlgorithmPolicy,
  defaultSuite,
  nationalPurposes,
  nationalRoleMappings,
  nationalTimeStampPolicies,
  parseCertificate,
  parseRevocationList,
  parseSignedData,
} from '../../eds/index.ts';
import type { ActItem } from '../../contracts/http/index.ts';
import { ok } from '../../core/kernel/index.ts';
import type { Trust } from '../../server/accounts/index.ts';
import type * as checks from '../../server/checks/index.ts';
import { readActs } from '../../server/checks/read-acts.ts';
import { testForm } from '../server/support/forms.ts';
import { grantByCards, grantOf, startFounded, text, type FoundedPlatform } from '../server/support/founded.ts';
import { issuePerson, type TestPerson } from '../server/support/people.ts';
import { must } from '../server/support/platform.ts';
import { testStamps, type TestStamps } from '../server/support/stamps.ts';
import { newCase } from '../server/support/workstation.ts';

/** Whether the platform believes the authority of time-stamps, which a platform never does: else a stamped act is refused for its stamp alone. */
const stamping = vi.hoisted(() => ({ isBelieved: false }));

function believing(trust: Trust): Trust {
  const parsed = (ders: readonly Uint8Array[]) => ders.map((der) => must(parseCertificate(der)));
  const store = createRevocationStore({ lists: trust.lists.map((der) => must(parseRevocationList(der))) });
  const verifier = createVerifier({
    ...{ anchors: parsed(trust.anchors), intermediates: parsed(trust.intermediates) },
    ...{ algorithmPolicy: defaultAlgorithmPolicy, suite: defaultSuite, roleMappings: nationalRoleMappings },
    ...{ purposes: nationalPurposes, refusedPolicies: [], revocation: () => store },
    timeStamping: { policies: nationalTimeStampPolicies, issuers: 'any', revocation: 'if-known' },
  });
  return { ...trust, verifier };
}

// The checker reads beside the server, in this thread: its own thread builds a trust that believes nobody.
vi.mock('../../server/checks/index.ts', async (original) => {
  const real = await original<typeof checks>();
  const startActChecker: typeof real.startActChecker = ({ registry, nowMs }) => ({
    check: (proof, body) => {
      const [trust, receivedAtMs] = [registry.trust(), nowMs()];
      const by = stamping.isBelieved ? believing(trust) : trust;
      const read = readActs(by, { proof, body, atMs: receivedAtMs });
      return Promise.resolve(read.ok ? ok({ acts: read.value, receivedAtMs, trust }) : read);
    },
    close: () => Promise.resolve(),
  });
  return { ...real, startActChecker };
});

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

test('a time-stamp from before a block opens nothing after it, believed or not', async () => {
  const { desk, officer } = platform;
  const person = await registrar();
  const submit = (): ActItem => {
    const form = testForm();
    return desk.act(person, newCase(form), 'registration.submit', { form });
  };
  // He is in force, so that what the second one is refused for is its stamp.
  expect(await desk.outcomes([submit(), await stamped(submit())])).toEqual(['accepted', 'refused:signature-unknown']);
  stamping.isBelieved = true;
  expect(await desk.outcomes([submit(), await stamped(submit())])).toEqual(['accepted', 'accepted']);
  const view = { ...newCase(testForm()), access: { status: 'absent' } as const };
  const block = desk.act(officer, view, 'access.block', { iin: person.iin, name: person.name, ...text });
  const signedBefore = [submit(), await stamped(submit()), await stamped(submit())];
  const [plain, believed, unbelieved] = signedBefore as [ActItem, ActItem, ActItem];
  // A believed stamp says whole seconds: the block comes in a later one.
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  expect(await desk.outcomes([block])).toEqual(['accepted']);
  expect(await desk.outcomes([plain, believed])).toEqual(['refused:actor-blocked', 'refused:actor-blocked']);
  stamping.isBelieved = false;
  expect(await desk.outcomes([unbelieved])).toEqual(['refused:signature-unknown']);
});

import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { personHash } from '../../core/access/index.ts';
import { ok, refuse, type Result, type Sha256Hex } from '../../core/kernel/index.ts';
import { canonicalize, nextCaseHash, type Json } from '../../core/signing/index.ts';
import {
  endpoints,
  formatInvitation,
  parseInvitation,
  type Change,
  type RegistryView,
} from '../../contracts/http/index.ts';
import type { PolicyActs } from '../../contracts/vault-host/index.ts';
import { sha256, sha256Hex } from '../../eds/index.ts';
import { until } from '../../dev/demo/index.ts';
import { pullPolicies } from '../../main/engine/adopted-policies.ts';
import { readRegistry } from '../../main/engine/access/registry.ts';
import type { Shift } from '../../main/engine/context.ts';
import { readEnrolment } from '../../main/engine/enrolment.ts';
import { pullChanges } from '../../main/engine/sync/changes.ts';
import {
  actOn,
  changeOf,
  grantOf,
  propose,
  registryOf,
  startFounded,
  tokenOf,
  type FoundedPlatform,
  confirm,
} from '../server/support/founded.ts';
import { issuePerson, signAs, testCa, type TestPerson } from '../server/support/people.ts';
import { must } from '../server/support/platform.ts';
import { SyncDesk } from './sync-desk.ts';

let platform: FoundedPlatform;
/** What an honest server tells. */
let feed: readonly Change[];
let policy: PolicyActs;
let registry: RegistryView;
let stranger: TestPerson;
let newcomer: TestPerson;

let desk: SyncDesk;
let shift: Shift;
/** What the server of this test tells. */
let told: { changes: readonly Change[]; policies: readonly PolicyActs[]; registry: RegistryView };

beforeAll(async () => {
  platform = await startFounded();
  const { officer, manager, ca } = platform;
  stranger = issuePerson({ ca: testCa(true), n: 81, name: 'Бөтен Адам', roles: [] });
  newcomer = issuePerson({ ca, n: 82, name: 'Жаңа Қызметкер', roles: ['reviewer'] });
  const token = await tokenOf(platform.desk, officer);
  const before = await registryOf(platform.desk, token);
  const employed = await propose(platform.desk, officer, changeOf(before, grantOf(newcomer)));
  expect(await actOn(platform.desk, manager, employed.view, confirm)).toBe('accepted');
  const newest = before.policies.at(-1);
  if (newest === undefined) throw new Error('a platform has a policy');
  const { record, hash } = newest;
  const next = { ...record, version: record.version + 1, effectiveFromMs: Date.now() + 60_000 };
  const ruled = await propose(platform.desk, officer, { kind: 'policy', before: { record, hash }, record: next });
  expect(await actOn(platform.desk, manager, ruled.view, confirm)).toBe('accepted');
  const get = async (path: string): Promise<unknown> =>
    (await platform.desk.client.call({ method: 'GET', path, token })).json;
  const read = async (): Promise<readonly Change[]> =>
    endpoints.accessChanges.response.parse(await get(`${endpoints.accessChanges.path}?after=0`)).changes;
  await until(async () => (await read()).every(({ act }) => act.leafIndex !== null));
  feed = await read();
  registry = await registryOf(platform.desk, token);
  const [acts] = endpoints.policies.response.parse(await get(`${endpoints.policies.path}?after=0`)).policies;
  if (acts === undefined) throw new Error('the policy is told');
  policy = acts;
}, 120_000);

afterAll(async () => {
  await platform.remove();
});

beforeEach(async () => {
  told = { changes: feed, policies: [policy], registry };
  const { server, officer } = platform;
  const { code } = await server.administration.enrolCode();
  const invitation = must(parseInvitation(formatInvitation({ url: server.url, spki: server.pin.spki as never, code })));
  desk = await new SyncDesk().enrol(invitation, code);
  const { enrolment } = await desk.vault.must('vault.status', null);
  const read = must(readEnrolment(enrolment?.bundle ?? { document: '', signatures: [] }));
  const newer = <One>(all: readonly One[], after: string | undefined): readonly One[] => all.slice(Number(after));
  const doors: Readonly<Record<string, (query: { readonly after?: string }) => unknown>> = {
    accessChanges: ({ after }) => ({ changes: newer(told.changes, after), position: feed.length, latest: feed.length }),
    policies: ({ after }) => ({ policies: newer(told.policies, String(Number(after) - 1)) }),
    registry: () => told.registry,
  };
  const call = (door: string, { query = {} }: { query?: object } = {}): Promise<Result<unknown>> =>
    Promise.resolve(doors[door] === undefined ? refuse('not-found') : ok(doors[door](query)));
  shift = {
    enrolment: read,
    client: { hasSession: true, call },
    roles: officer.roles,
    iin: officer.iin,
  } as unknown as Shift;
});

afterEach(async () => {
  await desk.remove();
});

/** A change with its envelope altered and signed anew by somebody, and the case hash that it comes to. */
function forged(honest: Change, by: TestPerson, alter: (envelope: Record<string, unknown>) => void): Change {
  const envelope = JSON.parse(honest.envelope) as Record<string, unknown>;
  alter(envelope);
  const text = canonicalize(envelope as Json);
  const cms = Buffer.from(signAs(by, text)).toString('base64');
  const { hash: before } = envelope['subject'] as { readonly hash: Sha256Hex };
  const hash = nextCaseHash(sha256, before, sha256Hex(text));
  return { ...honest, envelope: text, cms, hash, act: { ...honest.act, hash: sha256Hex(text) } };
}

const asActor =
  (person: TestPerson) =>
  (envelope: Record<string, unknown>): void => {
    envelope['actor'] = { iin: person.iin, certificate: person.certificateHash };
  };

const codeOf = (answer: Result<unknown>): string => (answer.ok ? 'done' : answer.refusal.code);

test('an honest server is believed: the desk folds the feed, and its registry is that of the server', async () => {
  const read = must(await readRegistry(desk.engine, shift));
  expect([...read.verified.people]).toEqual([newcomer.iin]);
  expect(read.changes.map(({ state }) => state.status)).toEqual(['confirmed', 'confirmed']);
  expect(desk.alarms()).toEqual([]);
});

test.each([
  ['of a stranger', () => stranger],
  ['of the author himself', () => platform.officer],
] as const)(
  'a confirmation %s, whoever signed it, gives no right: it is an alarm, and the registry that counts it is no list',
  async (_what, who) => {
    told.changes = feed.map((one, i) => (i === 1 ? forged(one, who(), asActor(who())) : one));
    expect((await pullChanges(desk.engine, shift, 'access')).ok).toBe(true);
    expect(desk.alarms()).toContain('change-forged');
    const { items } = await desk.vault.must('access.list', { after: 0, limit: 10 });
    const staff = items.find(({ state }) => 'change' in state && state.change.kind === 'staff');
    expect(staff?.state.status).toBe('proposed');
    // The server counts the person all the same.
    expect(codeOf(await readRegistry(desk.engine, shift))).toBe('registry-differs');
  },
);

test.each([
  [
    'gives a person another role than two people signed',
    (one: RegistryView['people'][number]) => ({ ...one, record: { ...one.record, roles: ['manager' as const] } }),
    'server-answer-malformed',
  ],
])('a registry that %s, with the old hash, is no answer', async (_what, alter, code) => {
  told.registry = {
    ...registry,
    people: registry.people.map((one) => (one.record.iin === newcomer.iin ? alter(one) : one)),
  };
  expect(codeOf(await readRegistry(desk.engine, shift))).toBe(code);
});

test('a registry that leaves out a person whom two people employed is an alarm, and no list', async () => {
  told.registry = { ...registry, people: registry.people.filter(({ record }) => record.iin !== newcomer.iin) };
  expect(codeOf(await readRegistry(desk.engine, shift))).toBe('registry-differs');
  expect(desk.alarms()).toEqual(['registry-differs']);
}, 20_000);

test('a block that nobody signed is no block because the log is said not to hold it yet: after a minute it is an alarm', async () => {
  const block = { atMs: 1, by: platform.officer.iin, reason: 'ұрланды' };
  const blocked = (one: RegistryView['people'][number]) => {
    const hash = personHash(sha256, one.record, block);
    return { ...one, block, hash, leafIndex: null };
  };
  told.registry = {
    ...registry,
    people: registry.people.map((one) => (one.record.iin === newcomer.iin ? blocked(one) : one)),
  };
  const clock = vi.spyOn(desk.engine.options.clock, 'monotonicMs');
  const startMs = 1_000_000;
  try {
    for (const [passedMs, code, alarms] of [
      [0, 'registry-unsettled', []],
      [59_000, 'registry-unsettled', []],
      [61_000, 'registry-differs', ['registry-differs']],
    ] as const) {
      clock.mockReturnValue(startMs + passedMs);
      expect(codeOf(await readRegistry(desk.engine, shift))).toBe(code);
      expect(desk.alarms()).toEqual(alarms);
    }
  } finally {
    clock.mockRestore();
  }
}, 30_000);

test('a policy that two people signed is adopted, and counts from its time on', async () => {
  const before = shift.enrolment.policy.version;
  must(await pullPolicies(desk.engine, shift));
  expect([shift.enrolment.policies.length, shift.enrolment.policy.version]).toEqual([2, before]);
  expect(shift.enrolment.policies[1]?.signers.map(({ iin }) => iin)).toEqual([
    platform.officer.iin,
    platform.manager.iin,
  ]);
  expect((await desk.vault.must('policies.list', null)).items).toEqual([policy]);
});

test.each([
  [
    'whose second signature is a stranger’s',
    () => ({ ...policy, confirmed: forged(policy.confirmed, stranger, asActor(stranger)) }),
  ],
  [
    'that one person signed twice',
    () => ({ ...policy, confirmed: forged(policy.confirmed, platform.officer, asActor(platform.officer)) }),
  ],
  [
    'whose text is not the signed one',
    () => ({
      ...policy,
      proposed: { ...policy.proposed, envelope: policy.proposed.envelope.replace('"claimTtlMs":1', '"claimTtlMs":2') },
    }),
  ],
  [
    'whose author signed another text after the second signature',
    () => ({
      ...policy,
      proposed: forged(
        policy.proposed,
        platform.officer,
        (envelope) => void (envelope['boot'] = { id: 'other', monotonicMs: 1 }),
      ),
    }),
  ],
  ['whose second signature is of another case', () => ({ ...policy, confirmed: feed[1] ?? policy.confirmed })],
  ['that is no policy', () => ({ proposed: feed[0] ?? policy.proposed, confirmed: feed[1] ?? policy.confirmed })],
] as const)('a policy %s is not adopted: it is an alarm', async (_what, acts) => {
  told.policies = [acts()];
  must(await pullPolicies(desk.engine, shift));
  expect(desk.alarms()).toEqual(['policy-not-verified']);
  expect(shift.enrolment.policies).toHaveLength(1);
  expect((await desk.vault.must('policies.list', null)).items).toEqual([]);
});

import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { BlockedAct } from '../../core/access/index.ts';
import { ok, refuse, type CaseId, type JournalEpoch, type Result } from '../../core/kernel/index.ts';
import { canonicalize, type Json } from '../../core/signing/index.ts';
import { parseActEnvelope } from '../../contracts/documents/index.ts';
import {
  endpoints,
  formatInvitation,
  parseInvitation,
  type BlockedActsView,
  type Change,
  type RegistryView,
} from '../../contracts/http/index.ts';
import type { RightsDraft } from '../../contracts/ipc/index.ts';
import { sha256Hex } from '../../eds/index.ts';
import { until } from '../../dev/demo/index.ts';
import { listBlockedActs } from '../../main/engine/access/blocked-views.ts';
import { draftAccess } from '../../main/engine/access/draft.ts';
import type { Shift } from '../../main/engine/context.ts';
import { readEnrolment } from '../../main/engine/enrolment.ts';
import { testForm } from '../server/support/forms.ts';
import {
  activate,
  actOn,
  confirm,
  grantByCards,
  grantOf,
  newChange,
  propose,
  registryOf,
  startFounded,
  text,
  tokenOf,
  type FoundedPlatform,
} from '../server/support/founded.ts';
import { issuePerson, signAs, testCa, type TestPerson } from '../server/support/people.ts';
import { must } from '../server/support/platform.ts';
import { newCase } from '../server/support/workstation.ts';
import { SyncDesk } from './sync-desk.ts';

// A server that tells something else of a blocked person than he signed gets no list of it, and nothing signed.
type Told = BlockedActsView['acts'][number];

let platform: FoundedPlatform;
let blocked: TestPerson;
let stranger: TestPerson;
/** What an honest server tells: one late act, and a release that calls it something else than it is. */
let honest: { readonly act: Told; readonly feed: readonly Change[]; readonly registry: RegistryView };
let named: BlockedAct;
let number: string;
let misnamed: string;

let desk: SyncDesk;
let shift: Shift;
/** What the server of this test tells. */
let acts: readonly Told[];

async function readHonest(): Promise<typeof honest> {
  const { desk: own, officer } = platform;
  const token = await tokenOf(own, officer);
  const get = async (path: string): Promise<unknown> => (await own.client.call({ method: 'GET', path, token })).json;
  const feed = async (): Promise<readonly Change[]> =>
    endpoints.accessChanges.response.parse(await get(`${endpoints.accessChanges.path}?after=0`)).changes;
  const late = async (): Promise<readonly Told[]> =>
    endpoints.blockedActs.response.parse(await get(`${endpoints.blockedActs.path}?iin=${blocked.iin}`)).acts;
  await until(async () => (await feed()).every(({ act }) => act.leafIndex !== null) && (await late()).length === 1);
  const [act] = await late();
  if (act === undefined) throw new Error('the late act is told');
  return { act, feed: await feed(), registry: await registryOf(own, token) };
}

beforeAll(async () => {
  platform = await startFounded();
  const { ca, desk: own, officer } = platform;
  stranger = issuePerson({ ca: testCa(true), n: 81, name: 'Бөтен Адам', roles: [] });
  blocked = issuePerson({ ca, n: 82, name: 'Бұғатталған Қызметкер', roles: ['registrar'] });
  expect(await grantByCards(platform, grantOf(blocked))).toBe('accepted');
  await activate(platform, blocked);
  const form = testForm();
  ({ number } = form);
  const block = { iin: blocked.iin, name: blocked.name, ...text };
  expect(await actOn(own, officer, newChange(), { type: 'access.block', payload: block })).toBe('accepted');
  const item = own.act(blocked, newCase(form), 'registration.submit', { form });
  expect(await own.outcomes([item])).toEqual(['refused:actor-blocked']);
  const { id, device, epoch, sequence, type, claimedAtMs } = must(parseActEnvelope(item.envelope));
  named = { id, device, epoch, sequence, type, claimedAtMs, hash: sha256Hex(item.envelope) };
  const { iin, name } = blocked;
  const other = { kind: 'release', iin, name, epoch: randomUUID() as JournalEpoch } as const;
  const proposed = await propose(own, officer, { ...other, acts: [{ ...named, type: 'registration.claim' }] });
  expect(proposed.outcome).toBe('accepted');
  misnamed = proposed.view.id;
  honest = await readHonest();
}, 120_000);

afterAll(() => platform.remove());

beforeEach(async () => {
  acts = [honest.act];
  const { server, officer } = platform;
  const { code } = await server.administration.enrolCode();
  const invitation = must(parseInvitation(formatInvitation({ url: server.url, spki: server.pin.spki as never, code })));
  desk = await new SyncDesk().enrol(invitation, code);
  const { enrolment } = await desk.vault.must('vault.status', null);
  const { feed, registry } = honest;
  const doors: Readonly<Record<string, (query: { readonly after?: string }) => unknown>> = {
    accessChanges: ({ after }) => ({ changes: feed.slice(Number(after)), position: feed.length, latest: feed.length }),
    registry: () => registry,
    blockedActs: () => ({ acts }),
  };
  const call = (door: string, { query = {} }: { query?: object } = {}): Promise<Result<unknown>> =>
    Promise.resolve(doors[door] === undefined ? refuse('not-found') : ok(doors[door](query)));
  shift = {
    enrolment: must(readEnrolment(enrolment?.bundle ?? { document: '', signatures: [] })),
    client: { hasSession: true, call },
    ...{ roles: officer.roles, iin: officer.iin },
  } as unknown as Shift;
}, 30_000);

afterEach(() => desk.remove());

const codeOf = (answer: Result<unknown>): string => (answer.ok ? 'done' : answer.refusal.code);
const list = () => listBlockedActs(desk.engine, shift, { iin: blocked.iin });
const release = (hashes: readonly string[]): RightsDraft => ({
  ...{ type: 'access.propose', ...text },
  change: { kind: 'release', iin: blocked.iin, acts: [...hashes] },
});
const draft = (given: RightsDraft, caseId: string = randomUUID()) =>
  draftAccess(desk.engine, shift, given, caseId as CaseId);

/** The late act with its envelope altered and signed anew by somebody. */
function forged(by: TestPerson, alter: (envelope: Record<string, unknown>) => void = () => undefined): Told {
  const envelope = JSON.parse(honest.act.envelope) as Record<string, unknown>;
  alter(envelope);
  const signed = canonicalize(envelope as Json);
  return { ...honest.act, envelope: signed, cms: Buffer.from(signAs(by, signed)).toString('base64') };
}

const asActor =
  ({ iin, certificateHash: certificate }: TestPerson) =>
  (envelope: Record<string, unknown>): void => {
    envelope['actor'] = { iin, certificate };
  };

test('an honest server is believed: the desk lists the act, and drafts the release of just this act', async () => {
  const { items, propose: why } = must(await list());
  expect(why).toBeNull();
  expect(items).toMatchObject([{ hash: named.hash, type: named.type, told: { number, released: null } }]);
  const drafted = must(await draft(release([named.hash])));
  const { iin, name } = blocked;
  expect(drafted.command).toMatchObject({ payload: { change: { kind: 'release', iin, name, acts: [named] } } });
  const again = must(await draft(release([named.hash])));
  const epochOf = ({ command }: typeof again): unknown =>
    'change' in command.payload && command.payload.change.kind === 'release' ? command.payload.change.epoch : undefined;
  expect(new Set([named.epoch, epochOf(drafted), epochOf(again)]).size).toBe(3);
  expect(desk.alarms()).toEqual([]);
});

test.each([
  [
    'whose text was altered after it was signed',
    () => [
      { ...honest.act, envelope: forged(blocked, (one) => void (one['boot'] = { id: 'b', monotonicMs: 1 })).envelope },
    ],
  ],
  ['that a stranger signed in his name', () => [forged(stranger)]],
  ['that somebody else of the staff signed', () => [forged(platform.registrar, asActor(platform.registrar))]],
  ['that he signed for another platform', () => [forged(blocked, (one) => void (one['log'] = 'other.example/log'))]],
  ['that is told twice', () => [honest.act, honest.act]],
  ['beside one that cannot be read', () => [honest.act, { ...honest.act, envelope: '{}' }]],
  ['that is an act on rights', () => [{ ...honest.act, ...ofRights() }]],
] as const)('a late act %s is an alarm: there is no list, and nothing to sign', async (_what, told) => {
  acts = told();
  expect(codeOf(await list())).toBe('blocked-acts-not-verified');
  expect(codeOf(await draft(release([named.hash])))).toBe('blocked-acts-not-verified');
  expect(desk.alarms()).toEqual(['blocked-acts-not-verified']);
});

/** A change of rights that the blocked person signed. */
function ofRights(): Pick<Told, 'envelope' | 'cms'> {
  const envelope = JSON.parse(honest.feed[0]?.envelope ?? '{}') as Record<string, unknown>;
  asActor(blocked)(envelope);
  const signed = canonicalize(envelope as Json);
  return { envelope: signed, cms: Buffer.from(signAs(blocked, signed)).toString('base64') };
}

test('what the server says to have let in, and nobody signed, is no list', async () => {
  acts = [{ ...honest.act, released: { outcome: 'accepted', receivedAtMs: Date.now() } }];
  expect(codeOf(await list())).toBe('registry-unsettled');
  expect(codeOf(await draft(release([named.hash])))).toBe('blocked-acts-changed');
});

test('a release names no act that the server does not tell, and none twice', async () => {
  expect(codeOf(await draft(release(['f'.repeat(64)])))).toBe('blocked-acts-changed');
  expect(codeOf(await draft(release([named.hash, named.hash])))).toBe('blocked-acts-changed');
});

test('whoever signs second reads the acts at his own desk: a release that calls one something else is not confirmed', async () => {
  const { manager } = platform;
  shift = { ...shift, roles: manager.roles, iin: manager.iin } as unknown as Shift;
  const given: RightsDraft = { type: confirm.type, caseId: misnamed };
  must(await list());
  expect(codeOf(await draft(given, misnamed))).toBe('blocked-acts-changed');
  // Declining it is open all the same.
  must(await draft({ type: 'access.decline', caseId: misnamed, note: 'Not what he signed' }, misnamed));
});

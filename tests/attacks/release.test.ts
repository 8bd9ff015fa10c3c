import pg from 'pg';
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { evolveRegistry, registryOf, type AccessChange, type BlockedAct } from '../../core/access/index.ts';
import { parseLeaf } from '../../core/log/index.ts';
import { endpoints, type ActItem } from '../../contracts/http/index.ts';
import { sha256, sha256Hex } from '../../eds/index.ts';
import { envelopeOfLeaf } from '../../server/intake/index.ts';
import { check } from '../check/world.ts';
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
  tokenOf,
  type FoundedPlatform,
} from '../server/support/founded.ts';
import { admittedWorkstation, blockByCard, namedBy, releaseOf } from '../server/support/people-by-cards.ts';
import { issuePerson, type TestPerson } from '../server/support/people.ts';
import { must } from '../server/support/platform.ts';
import { newCase, type Workstation } from '../server/support/workstation.ts';
import { asSuperuser } from './support.ts';

// What comes after a block is accepted by nobody's word but that of two cards, and then it is decided like anything that comes now.
let platform: FoundedPlatform;
let reader: string;
/** Where people sign without a network; officers sit at another device. */
let elsewhere: Workstation;
let people = 70;

beforeAll(async () => {
  platform = await startFounded();
  reader = await tokenOf(platform.desk, platform.officer);
  elsewhere = await admittedWorkstation(platform);
}, 120_000);

afterEach(() => void vi.restoreAllMocks());

afterAll(() => platform.remove());

async function employed(roles: TestPerson['roles'] = ['registrar']): Promise<TestPerson> {
  people += 1;
  const person = issuePerson({ ca: platform.ca, n: people, name: 'Бұғатталған Қызметкер', roles });
  expect(await grantByCards(platform, grantOf(person))).toBe('accepted');
  await activate(platform, person);
  return person;
}

async function block(person: TestPerson): Promise<void> {
  expect(await blockByCard(platform, person)).toBe('accepted');
}

/** Signs a registration before the block, and sends it after. */
async function sentLate(person: TestPerson): Promise<{ readonly item: ActItem; readonly number: string }> {
  const form = testForm();
  const item = elsewhere.act(person, newCase(form), 'registration.submit', { form });
  await block(person);
  expect(await elsewhere.outcomes([item])).toEqual(['refused:actor-blocked']);
  return { item, number: form.number };
}

async function release(person: TestPerson, items: readonly ActItem[], other: Partial<BlockedAct> = {}) {
  const { desk, officer, manager } = platform;
  const change = releaseOf(person, items, other);
  const { view, outcome } = await propose(desk, officer, change);
  expect(outcome).toBe('accepted');
  expect(await actOn(desk, manager, view, confirm)).toBe('accepted');
  return change;
}

/** What officers read of a person's late acts: `null` where nobody let one in. */
async function late({ iin }: TestPerson): Promise<readonly (string | null)[]> {
  const path = `${endpoints.blockedActs.path}?iin=${iin}`;
  const answer = await platform.desk.client.call({ method: 'GET', path, token: reader });
  const { acts } = endpoints.blockedActs.response.parse(answer.json);
  return acts.map(({ released }) => released?.outcome ?? null);
}

async function registrations(): Promise<readonly string[]> {
  const { desk, reviewer } = platform;
  const path = `${endpoints.changes.path}?after=0`;
  const token = await tokenOf(desk, reviewer);
  const { changes } = endpoints.changes.response.parse((await desk.client.call({ method: 'GET', path, token })).json);
  return changes.map(({ envelope }) => envelope);
}

async function rowsOf({ actionId }: ActItem): Promise<readonly Record<string, unknown>[]> {
  const { rows } = await asSuperuser(platform, (client) =>
    client.query('select * from act where action_id = $1 order by received_at_ms', [actionId]),
  );
  return rows as readonly Record<string, unknown>[];
}

function reconnect(): void {
  for (const one of [platform.desk, elsewhere]) one.reconnect(platform.server);
}

const isLetIn = (person: TestPerson, outcomes: readonly (string | null)[]) =>
  expect.poll(() => late(person), { timeout: 10_000 }).toEqual(outcomes);

/** Time in which the server would have received something again, had it anything to receive. */
const aWhile = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1_500));

test('what was signed before a block and came after it is accepted once two cards let it in, and not before', async () => {
  const { desk, officer, manager } = platform;
  const person = await employed();
  const { item } = await sentLate(person);
  await isLetIn(person, [null]);
  const change = releaseOf(person, [item]);
  const { view, outcome } = await propose(desk, officer, change);
  expect(outcome).toBe('accepted');
  expect(await actOn(desk, officer, view, confirm)).toBe('refused:change-own-proposal');
  await aWhile();
  expect(await late(person)).toEqual([null]);
  expect(await actOn(desk, manager, view, confirm)).toBe('accepted');
  await isLetIn(person, ['accepted']);
  expect((await registrations()).filter((envelope) => envelope === item.envelope)).toHaveLength(1);
  // His block stands, and so does the refusal of what he sent.
  const form = testForm();
  const next = elsewhere.act(person, newCase(form), 'registration.submit', { form });
  // What the device sends again is what it sent: its refusal.
  expect(await elsewhere.outcomes([next, item])).toEqual(['refused:actor-blocked', 'refused:actor-blocked']);
  expect(codeOf(await desk.signIn(person))).not.toBe('status 200');
});

test('the device reads the receipt of the refusal as before, and each reception has a leaf of its own', async () => {
  const person = await employed();
  const { item } = await sentLate(person);
  const { epoch } = await release(person, [item]);
  await isLetIn(person, ['accepted']);
  const rows = await rowsOf(item);
  expect(rows.map((row) => [row['epoch'], row['outcome']])).toEqual([
    [item.epoch, 'refused:actor-blocked'],
    [epoch, 'accepted'],
  ]);
  expect(new Set(rows.map((row) => row['leaf_id'])).size).toBe(2);
  const path = `${endpoints.receipts.path}?ids=${item.actionId}`;
  const answer = endpoints.receipts.response.parse((await elsewhere.client.call({ method: 'GET', path })).json);
  expect(answer.receipts).toHaveLength(1);
  const [, opening = ''] = /^extra (.+)$/mu.exec(answer.receipts[0]?.receipt ?? '') ?? [];
  expect(Buffer.from(opening, 'base64').toString()).toContain('refused:actor-blocked');
});

test('a restart receives nothing twice, the replay is sound, and the check of the tables has nothing to say', async () => {
  const person = await employed();
  const { item } = await sentLate(person);
  await release(person, [item]);
  await isLetIn(person, ['accepted']);
  await platform.restart();
  reconnect();
  expect(platform.server.state()).toBe('accepting');
  reader = await tokenOf(platform.desk, platform.officer);
  await aWhile();
  expect(await rowsOf(item)).toHaveLength(2);
  expect((await check({ directory: platform.directory, isReplay: true })).findings).toEqual([]);
});

function sqlOf([first]: readonly unknown[]): string {
  if (typeof first === 'string') return first;
  return typeof first === 'object' && first !== null && 'text' in first ? String(first.text) : '';
}

/** The commit that receives this act again ends so: done, with its answer lost on the way, or never done. */
function loseSecond(how: 'answer' | 'commit'): { readonly isLost: () => boolean } {
  const real = Reflect.get(pg.Client.prototype, 'query') as (...words: unknown[]) => Promise<unknown>;
  const withActs = new WeakMap<pg.Client, boolean>();
  let seen = 0;
  vi.spyOn(pg.Client.prototype, 'query').mockImplementation(function query(this: pg.Client, ...words: unknown[]) {
    const sql = sqlOf(words);
    if (sql.startsWith('insert into act ')) withActs.set(this, true);
    if (sql !== 'commit' || withActs.get(this) !== true) return real.apply(this, words);
    withActs.delete(this);
    seen += 1;
    // The first is that of the confirmation.
    if (seen !== 2) return real.apply(this, words);
    const sent = real.call(this, how === 'answer' ? 'commit' : 'rollback');
    return sent.then(() => Promise.reject(new Error('the line broke'))) as never;
  } as never);
  return { isLost: () => seen >= 2 };
}

test.each(['answer', 'commit'] as const)('a second reception of which the %s is lost happens once', async (how) => {
  const { desk, officer, manager } = platform;
  const person = await employed();
  const { item } = await sentLate(person);
  const { view } = await propose(desk, officer, releaseOf(person, [item]));
  const lost = loseSecond(how);
  expect(await actOn(desk, manager, view, confirm)).toBe('accepted');
  await isLetIn(person, ['accepted']);
  expect(lost.isLost()).toBe(true);
  await aWhile();
  expect(await rowsOf(item)).toHaveLength(2);
});

test('an act that was let in is superseded where its case went on meanwhile', async () => {
  const { desk, registrar, reviewer } = platform;
  const person = await employed(['reviewer']);
  const form = testForm();
  const view = newCase(form);
  const submitted = desk.act(registrar, view, 'registration.submit', { form });
  expect(await desk.outcomes([submitted])).toEqual(['accepted']);
  desk.accepted(view, submitted);
  const his = elsewhere.act(person, view, 'registration.claim', {});
  await block(person);
  expect(await elsewhere.outcomes([his])).toEqual(['refused:actor-blocked']);
  const claimed = desk.act(reviewer, view, 'registration.claim', {});
  expect(await desk.outcomes([claimed])).toEqual(['accepted']);
  await release(person, [his]);
  await isLetIn(person, ['superseded']);
});

test('acts that stand on each other are let in together, in the order of the release', async () => {
  const person = await employed(['registrar', 'reviewer']);
  const [one, other] = [testForm(), testForm()];
  const items = [one, other].map((form) => elsewhere.act(person, newCase(form), 'registration.submit', { form }));
  await block(person);
  expect(await elsewhere.outcomes(items)).toEqual(['refused:actor-blocked', 'refused:actor-blocked']);
  const { epoch } = await release(person, items.toReversed());
  await isLetIn(person, ['accepted', 'accepted']);
  const rows = (await Promise.all(items.map(rowsOf))).flat().filter((row) => row['epoch'] === epoch);
  expect(rows.map((row) => Number(row['sequence']))).toEqual([2, 1]);
  // Neither stands on the one before it in the release, and the check takes no offence at that.
  expect((await check({ directory: platform.directory, isReplay: true })).findings).toEqual([]);
});

test('nobody lets in what was refused for another reason, whatever the database says of it by now', async () => {
  const { registrar } = platform;
  const form = testForm();
  const item = elsewhere.act(
    registrar,
    newCase(form),
    'registration.submit',
    { form },
    {
      change: (envelope) => ({ ...envelope, claimedAtMs: Date.now() + 3_600_000 }),
    },
  );
  expect(await elsewhere.outcomes([item])).toEqual(['refused:act-clock-ahead']);
  await block(registrar);
  await asSuperuser(platform, (client) =>
    client.query("update act set outcome = 'refused:actor-blocked' where action_id = $1", [item.actionId]),
  );
  await release(registrar, [item]);
  await aWhile();
  await asSuperuser(platform, (client) =>
    client.query("update act set outcome = 'refused:act-clock-ahead' where action_id = $1", [item.actionId]),
  );
  await release(registrar, [item]);
  await aWhile();
  expect(await rowsOf(item)).toHaveLength(1);
});

test('a release that calls an act something else than it is lets nothing in', async () => {
  const person = await employed();
  const { item } = await sentLate(person);
  await release(person, [item], { type: 'registration.claim' });
  await release(person, [item], { claimedAtMs: 1 });
  await release(person, [item], { sequence: 1 });
  await aWhile();
  expect(await late(person)).toEqual([null]);
});

test('an act of somebody else is not let in under the name of a blocked person', async () => {
  const person = await employed();
  const other = await employed();
  const { item } = await sentLate(person);
  await block(other);
  await release(other, [item]);
  await aWhile();
  expect([await late(person), await late(other)]).toEqual([[null], []]);
});

test('an act on rights cannot be named, and a device that was retired brings nothing in', async () => {
  const { desk, officer } = platform;
  const person = await employed();
  const { item } = await sentLate(person);
  const named = releaseOf(person, [item], { type: 'access.confirm' });
  expect((await propose(desk, officer, named)).outcome).toBe('refused:act-malformed');
  const gone = releaseOf(person, [item], { device: randomUUID() as BlockedAct['device'] });
  expect((await propose(desk, officer, gone)).outcome).toBe('refused:device-not-in-force');
});

test('a leaf in a chain that no release names is that of no act, whoever wrote it into the log', async () => {
  const person = await employed();
  const { item } = await sentLate(person);
  const change = await release(person, [item]);
  await isLetIn(person, ['accepted']);
  const leafId = (await rowsOf(item)).find((row) => row['epoch'] === change.epoch)?.['leaf_id'];
  const { rows } = await asSuperuser(platform, (client) =>
    client.query<{ body: string }>('select body from leaf where leaf_id = $1', [leafId]),
  );
  const leaf = must(parseLeaf(rows[0]?.body ?? ''));
  const nobody = registryOf({ staff: [], devices: [], policies: [] }, { sha256, atMs: 0 });
  const rightsOf = (one: AccessChange) =>
    evolveRegistry(nobody, { kind: 'change', change: one, by: person.iin, atMs: 1 }, { source: '', sha256 });
  expect(envelopeOfLeaf(leaf, item.envelope, rightsOf(change))?.id).toBe(item.actionId);
  const other = { ...change, acts: [{ ...namedBy(item), hash: sha256Hex('another') }] };
  for (const rights of [undefined, nobody, rightsOf(other)])
    expect(envelopeOfLeaf(leaf, item.envelope, rights)).toBeUndefined();
});

test('a row that stands in the chain of no release is found: nothing is taken until a person has looked', async () => {
  const person = await employed();
  const { item } = await sentLate(person);
  await release(person, [item]);
  await isLetIn(person, ['accepted']);
  const other = randomUUID();
  await asSuperuser(platform, (client) =>
    client.query("update act set epoch = $2 where action_id = $1 and outcome = 'accepted'", [item.actionId, other]),
  );
  await platform.restart();
  reconnect();
  expect(platform.server.state()).toBe('read-only');
});

import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JournalEpoch } from '../../core/kernel/index.ts';
import type { ActPayloads, ActType } from '../../core/actions/index.ts';
import { entryPath, packageFiles } from '../../core/log-package/index.ts';
import type { ActItem } from '../../contracts/http/index.ts';
import { verifyPackage, type PackageReport } from '../../cli/log-verifier/verify.ts';
import { bundleVerifier } from '../../build/bundle/verifier.mjs';
import { testForm } from './support/forms.ts';
import {
  actOn,
  changePolicyByCards,
  confirm,
  grantByCards,
  grantOf,
  propose,
  startFounded,
  type FoundedPlatform,
} from './support/founded.ts';
import { exportPackage, sumAgain } from './support/packages.ts';
import { admittedWorkstation, blockByCard, releaseOf } from './support/people-by-cards.ts';
import { issuePerson, signAs, type TestPerson } from './support/people.ts';
import { accepting, entriesOf, envelopeOf, isContext, relog, type Entry, type Forgery } from './support/relogged.ts';
import { newCase, receiptOf, type CaseView, type Workstation } from './support/workstation.ts';

// Whoever holds every key of a platform writes what he likes into its log; a package of it shows what cards did not sign.
let platform: FoundedPlatform;
let elsewhere: Workstation;
let folder: string;
let whole: string;
let entries: readonly Entry[];
/** The first entry of a range before which everything happened that changed rights. */
let cut: number;
let hired: TestPerson;
let moved: TestPerson;
let stopped: TestPerson;
let temporary: TestPerson;
let wished: TestPerson;
let waiting: CaseView;
/** Acts that came after the block of their signer; the first two were let in under `chain`. */
let late: readonly [ActItem, ActItem, ActItem];
let chain: JournalEpoch;
let open: CaseView;

const employedUntilMs = Date.now() + 3_600_000;

async function employ(n: number, roles: TestPerson['roles'], until: number | null = null): Promise<TestPerson> {
  const person = issuePerson({ ca: platform.ca, n, name: 'Картамен Қабылданған', roles });
  expect(await grantByCards(platform, grantOf(person, { validUntilMs: until }))).toBe('accepted');
  return person;
}

async function submit(person: TestPerson): Promise<{ readonly view: CaseView; readonly item: ActItem }> {
  const form = testForm();
  const view = newCase(form);
  const item = elsewhere.act(person, view, 'registration.submit', { form });
  expect(await elsewhere.outcomes([item])).toEqual(['accepted']);
  elsewhere.accepted(view, item);
  return { view, item };
}

async function stopAndLetIn(): Promise<void> {
  const { desk, officer, manager } = platform;
  const forms = [testForm(), testForm(), testForm()];
  late = forms.map((form) => elsewhere.act(stopped, newCase(form), 'registration.submit', { form })) as never;
  expect(await blockByCard(platform, stopped)).toBe('accepted');
  expect(new Set(await elsewhere.outcomes(late))).toEqual(new Set(['refused:actor-blocked']));
  for (const { actionId } of late) await receiptOf(elsewhere, actionId);
  const release = releaseOf(stopped, late.slice(0, 2));
  chain = release.epoch;
  const { view } = await propose(desk, officer, release);
  expect(await actOn(desk, manager, view, confirm)).toBe('accepted');
}

beforeAll(async () => {
  await bundleVerifier();
  folder = mkdtempSync(join(tmpdir(), 'log-rights-'));
  whole = join(folder, 'whole');
  platform = await startFounded();
  const { desk, officer } = platform;
  elsewhere = await admittedWorkstation(platform);
  await changePolicyByCards(platform, {});
  elsewhere.policyVersion = desk.policyVersion;
  hired = await employ(81, ['registrar']);
  moved = await employ(82, ['reviewer']);
  stopped = await employ(83, ['registrar']);
  temporary = await employ(84, ['registrar'], employedUntilMs);
  ({ view: open } = await submit(hired));
  const taken = await submit(hired);
  const claim = elsewhere.act(moved, taken.view, 'registration.claim', {});
  expect(await elsewhere.outcomes([claim])).toEqual(['accepted']);
  expect(await grantByCards(platform, grantOf(moved, { roles: ['registrar'] }))).toBe('accepted');
  await submit(moved);
  await submit(temporary);
  wished = issuePerson({ ca: platform.ca, n: 85, name: 'Тілеген Қызметкер', roles: ['registrar'] });
  const asked = await propose(desk, officer, { kind: 'staff', before: null, record: grantOf(wished) });
  expect(asked.outcome).toBe('accepted');
  waiting = asked.view;
  await stopAndLetIn();
  const isLetIn = ({ leaf }: Entry): boolean => leaf.epoch === chain && leaf.sequence === 2;
  for (let tries = 0; entries?.some(isLetIn) !== true && tries < 20; tries += 1) {
    rmSync(whole, { recursive: true, force: true });
    await receiptOf(elsewhere, (await submit(hired)).item.actionId);
    await exportPackage(platform.directory, whole, 0, 999_999);
    entries = entriesOf(whole);
  }
  cut = entries.findIndex(isLetIn) + 1;
  await receiptOf(elsewhere, (await submit(hired)).item.actionId);
  rmSync(whole, { recursive: true, force: true });
  await exportPackage(platform.directory, whole, 0, 999_999);
  entries = entriesOf(whole);
  expect(entries.length).toBeGreaterThan(cut);
}, 180_000);

afterAll(async () => {
  await platform.remove();
  rmSync(folder, { recursive: true, force: true });
});

function judge(place: string, logKey: string): Promise<PackageReport> {
  const trust = mkdtempSync(join(folder, 'trust-'));
  writeFileSync(join(trust, 'log.vkey'), `${logKey}\n`);
  writeFileSync(join(trust, 'platform.key'), `${platform.desk.bundle.platformKey}\n`);
  writeFileSync(join(trust, 'root.cer'), platform.ca.rootCertificate);
  return verifyPackage(place, trust);
}

function judgeForgery(forgery: Forgery): Promise<PackageReport> {
  const place = mkdtempSync(join(folder, 'forged-'));
  return judge(place, relog(whole, place, forgery));
}

type Said = { readonly code: string; readonly detail: string };
const said = (list: readonly Said[]): readonly string[] => [
  ...new Set(list.map(({ code, detail }) => `${code}${detail === '' ? '' : ` (${detail})`}`)),
];
const found = ({ findings }: PackageReport): readonly string[] => said(findings.found);
const doubted = ({ findings }: PackageReport): readonly string[] => said(findings.doubted);

/** An act that nobody sent: its chain goes on as if it had not been made. */
function unsent<Type extends ActType>(
  by: TestPerson,
  view: CaseView,
  type: Type,
  payload: ActPayloads[Type],
  at: Workstation = elsewhere,
): ActItem {
  const { sequence, previous } = at;
  const item = at.act(by, view, type, payload);
  Object.assign(at, { sequence, previous });
  return item;
}

function unsentForm(by: TestPerson): ActItem {
  const form = testForm();
  return unsent(by, newCase(form), 'registration.submit', { form });
}

const last = (): Entry => {
  const entry = entries.findLast((one) => envelopeOf(one)?.actor.iin === hired.iin);
  if (entry === undefined) throw new Error('an act was accepted');
  return entry;
};
const logged = (item: ActItem, at: Parameters<typeof accepting>[2] = {}): readonly Entry[] => [
  ...entries,
  accepting(item, last(), at),
];
const isType = (type: ActType) => (entry: Entry) => envelopeOf(entry)?.type === type;
const indexOfLast = (is: (entry: Entry) => boolean): number => entries.findLastIndex(is);
const isForm = (form: string) => (entry: Entry) => entry.parts.document?.includes(`qorgan.${form}/1`) === true;

describe('a package of a founded platform', () => {
  it('holds, and leaves nothing in doubt: people whom cards employed, moved, blocked and let in', async () => {
    const report = await judge(whole, platform.desk.bundle.log.key);
    expect([found(report), doubted(report), report.verdict]).toEqual([[], [], 'good']);
    expect(entries.filter(({ leaf }) => leaf.epoch === chain).map(({ leaf }) => leaf.outcome)).toEqual([
      'accepted',
      'accepted',
    ]);
  });

  it('holds as well where it begins later, by founding and acts on rights that stand beside its range', async () => {
    const place = join(folder, 'cut');
    await exportPackage(platform.directory, place, cut, 999_999);
    const report = await judge(place, platform.desk.bundle.log.key);
    expect([found(report), doubted(report), report.verdict]).toEqual([[], [], 'good']);
    const before = entries.slice(0, cut);
    expect(report.context?.acts).toBe(before.filter((entry) => entry.parts.act && isContext(entry)).length);
    expect(report.context?.entries).toBe(before.filter(isContext).length);
    expect(report.range?.acts).toBeGreaterThan(0);
    const release = indexOfLast(isType('access.confirm')) + 1;
    const lateCut = join(folder, 'let-in');
    await exportPackage(platform.directory, lateCut, release, 999_999);
    const letIn = await judge(lateCut, platform.desk.bundle.log.key);
    expect([found(letIn), doubted(letIn), letIn.verdict]).toEqual([[], [], 'good']);
  }, 120_000);

  it('is written again under another key by whoever likes, and still holds while he changes nothing', async () => {
    for (const from of [0, cut]) {
      const report = await judgeForgery({ entries, from });
      expect([from, found(report), doubted(report), report.verdict]).toEqual([from, [], [], 'good']);
    }
  });
});

const planted: readonly (readonly [name: string, entries: () => readonly Entry[], finding: string])[] = [
  ['an act of a blocked person', () => logged(unsentForm(stopped)), 'act-blocked (actor-blocked)'],
  [
    'an act of somebody whose role was taken',
    () => logged(unsent(moved, open, 'registration.claim', {})),
    'act-right (role-missing)',
  ],
  [
    'an act of somebody whose last day is over',
    () => logged(unsentForm(temporary), { receivedAtMs: employedUntilMs + 1 }),
    'act-right (actor-ended)',
  ],
  ['an act of somebody whom nobody employed', () => logged(unsentForm(wished)), 'act-right (actor-unknown)'],
  [
    'an act by a card that nobody granted',
    () => logged(unsentForm(issuePerson({ ca: platform.ca, n: 81, name: 'Басқа Карта', roles: ['registrar'] }))),
    'act-right (certificate-unknown)',
  ],
  [
    'the confirmation of a proposal by its author',
    () => logged(unsent(platform.officer, waiting, 'access.confirm', {}, platform.desk)),
    'act-rule (change-own-proposal)',
  ],
  [
    'a confirmation by somebody without that right',
    () => logged(unsent(hired, waiting, 'access.confirm', {})),
    'act-right (role-missing)',
  ],
  ['an act under a release that names another', () => logged(late[2], { epoch: chain, sequence: 3 }), 'act-release'],
  ['the same act under its release a second time', () => logged(late[0], { epoch: chain, sequence: 3 }), 'act-release'],
  [
    'an act under its release in the place of another',
    () =>
      entries.map((entry) =>
        entry.leaf.epoch === chain && entry.leaf.sequence === 1
          ? accepting(late[1], entry, { epoch: chain, sequence: 1 })
          : entry,
      ),
    'act-release',
  ],
  [
    'an act of a blocked person under a release that nobody signed',
    () => logged(late[2], { epoch: '0198f1c7-7d3c-4a4e-9e68-2b6f0d3f4a11' as JournalEpoch, sequence: 1 }),
    'act-release',
  ],
  [
    'a person of the platform key alone',
    () => [...entries, entries[indexOfLast(isForm('staff'))] as Entry],
    'record-unconfirmed',
  ],
  ['a second founding', () => [...entries, entries[indexOfLast(isForm('founding'))] as Entry], 'record-unconfirmed'],
];

describe('whoever writes into the log himself', () => {
  it.each(planted)('is found by %s', async (_name, forged, finding) => {
    const report = await judgeForgery({ entries: forged() });
    expect([found(report), doubted(report), report.verdict]).toEqual([[finding], [], 'bad']);
  });

  it.each(planted.filter(([name]) => !/nobody|in the place/u.test(name)))(
    'is found by %s where the package begins after all that changed rights',
    async (_name, forged, finding) => {
      const report = await judgeForgery({ entries: forged(), from: cut });
      expect([found(report), doubted(report), report.verdict]).toEqual([[finding], [], 'bad']);
    },
  );

  it('employs nobody by a change that its author confirmed: whoever acts by it is found, too', async () => {
    const item = unsent(platform.officer, waiting, 'access.confirm', {}, platform.desk);
    const report = await judgeForgery({ entries: [...logged(item), accepting(unsentForm(wished), last())] });
    expect(found(report)).toEqual(['act-rule (change-own-proposal)', 'act-right (actor-unknown)']);
  });

  it('employs nobody by a change that another card signed than it names', async () => {
    const item = unsent(platform.manager, waiting, 'access.confirm', {}, platform.desk);
    const cms = Buffer.from(signAs(hired, item.envelope)).toString('base64');
    const forged = [...logged({ ...item, cms }), accepting(unsentForm(wished), last())];
    expect(found(await judgeForgery({ entries: forged }))).toEqual(['act-signer', 'act-right (actor-unknown)']);
    const signed = [...logged(item), accepting(unsentForm(wished), last())];
    expect(found(await judgeForgery({ entries: signed }))).toEqual([]);
  });

  it('cannot leave out of the whole log what let an act in, or what a change stands on', async () => {
    const confirmed = indexOfLast(isType('access.confirm'));
    const without = entries.filter((_, index) => index !== confirmed);
    expect(found(await judgeForgery({ entries: without }))).toContain('act-release');
    const proposed = indexOfLast(isType('access.propose'));
    const unproposed = entries.filter((_, index) => index !== proposed);
    expect(found(await judgeForgery({ entries: unproposed }))).toContain('act-rule (record-changed)');
    const founded = entries.filter((entry) => !isForm('founding')(entry));
    expect(found(await judgeForgery({ entries: founded }))).toContain('act-right (platform-not-founded)');
    const officer = entries.findIndex((entry) => entry.parts.document?.includes(platform.officer.iin) === true);
    const unnamed = entries.filter((_, index) => index !== officer);
    expect(found(await judgeForgery({ entries: unnamed }))).toContain('founding (founding-records-differ)');
  });
});

describe('what stands beside a range', () => {
  const isOf = (person: TestPerson) => (entry: Entry) => entry.parts.document?.includes(person.iin) === true;
  const beside = (isBeside: NonNullable<Forgery['isBeside']>) => judgeForgery({ entries, from: cut, isBeside });

  it('is never good without the founding, a record of it, a proposal, or what employed a signer', async () => {
    const { officer } = platform;
    const outside = (text: string) => {
      const proposals = entries.filter((entry) => isType('access.propose')(entry) && entry.parts.act?.includes(text));
      const cases = new Set(proposals.map((entry) => envelopeOf(entry)?.subject.case));
      return (entry: Entry) => !cases.has(envelopeOf(entry)?.subject.case) || entry.parts.act === undefined;
    };
    const spoilt: readonly (readonly [doubt: string, found: readonly string[], isKept: (entry: Entry) => boolean])[] = [
      ['founding-absent', [], (entry) => !isForm('founding')(entry)],
      ['founding-unknown', [], (entry) => !isForm('staff')(entry) || !isOf(officer)(entry)],
      ['case-absent', [], (entry) => !isType('access.propose')(entry)],
      ['staff-absent', [], outside(hired.iin)],
      // The release names an act of that device.
      ['device-absent', ['act-rule (device-not-in-force)'], outside('"kind":"device"')],
      ['policy-absent', [], outside('"kind":"policy"')],
    ];
    for (const [doubt, wrong, isKept] of spoilt) {
      const report = await beside((entry) => isContext(entry) && isKept(entry));
      expect([doubt, report.verdict === 'good', found(report)]).toEqual([doubt, false, wrong]);
      expect(doubted(report)).toContain(doubt);
    }
  });

  it('must hold the release of an act in the range: the package cannot tell without it', async () => {
    const release = indexOfLast(isType('access.confirm'));
    const report = await judgeForgery({
      entries,
      from: release + 1,
      isBeside: (entry, index) => isContext(entry) && index !== release,
    });
    expect([found(report), doubted(report), report.verdict]).toEqual([[], ['release-absent'], 'cannot-tell']);
  });

  it('is older than the range, and what the log vouches for', async () => {
    const place = mkdtempSync(join(folder, 'later-'));
    const key = relog(whole, place, { entries, from: cut });
    const later = entries.length - 1;
    for (const part of ['leaf', 'proof', ...Object.keys(entries[later]?.parts ?? {})] as const)
      cpSync(
        join(place, entryPath('entries', later, part as 'act')),
        join(place, entryPath('context', later, part as 'act')),
      );
    sumAgain(place);
    expect(found(await judge(place, key))).toContain('manifest-differs (context)');
    const spoilt = mkdtempSync(join(folder, 'spoilt-'));
    const other = relog(whole, spoilt, { entries, from: cut });
    const block = join(spoilt, entryPath('context', indexOfLast(isType('access.block')), 'act'));
    writeFileSync(block, readFileSync(block, 'utf8').replace('access.block', 'access.clock'));
    sumAgain(spoilt);
    expect(found(await judge(spoilt, other))).toEqual(['entry-content']);
  });

  it('may be held back: then whoever acts later may have had his right or not', async () => {
    const block = indexOfLast(isType('access.block'));
    const held = entries.map((entry, index) => (index === block ? { ...entry, isWithheld: true } : entry));
    const report = await judgeForgery({ entries: held });
    expect([found(report), report.verdict]).toEqual([[], 'cannot-tell']);
    expect(doubted(report)).toContain('rights-unknown');
    const forged = [...held, accepting(unsentForm(stopped), last())];
    expect((await judgeForgery({ entries: forged })).verdict).toBe('cannot-tell');
  });
});

describe('a package of the first form', () => {
  async function old(from: number, ...more: readonly ActItem[]): Promise<PackageReport> {
    const place = mkdtempSync(join(folder, 'old-'));
    // Neither founding nor acts stood beside its range.
    const isBeside = (entry: Entry): boolean => isContext(entry) && !isForm('founding')(entry) && !entry.parts.act;
    const all = [...entries, ...more.map((item) => accepting(item, last()))];
    const key = relog(whole, place, { entries: all, from, isBeside });
    const manifest = join(place, packageFiles.manifest);
    writeFileSync(manifest, readFileSync(manifest, 'utf8').replace('qorgan.log-package/2', 'qorgan.log-package/1'));
    sumAgain(place);
    return judge(place, key);
  }

  it('holds where it begins with the first entry of the log', async () => {
    expect((await old(0)).verdict).toBe('good');
  });

  it('cannot tell what cards granted before it began, and calls nothing wrong by that', async () => {
    // By the rules that the platform key signed, the one might do this and the other not.
    elsewhere.policyVersion = 1;
    const items = [platform.registrar, platform.reviewer].map(unsentForm);
    elsewhere.policyVersion = platform.desk.policyVersion;
    for (const item of items) {
      const report = await old(cut, item);
      expect([found(report), report.verdict]).toEqual([[], 'cannot-tell']);
      expect(doubted(report)).toContain('rights-unknown');
    }
  });
});

import { expect, test } from 'vitest';
import type {
  AccessChange,
  AccessCommand,
  BlockedAct,
  PolicyDocument,
  ReviewItem,
  StaffGrant,
} from '../../core/access/index.ts';
import { accessActTypes } from '../../core/actions/index.ts';
import { refuse, type ActionId, type DeviceId, type Iin, type JournalEpoch } from '../../core/kernel/index.ts';
import { shownAct, shownText, shownVersion, type ShownCase } from '../../core/signing/index.ts';
import { signingTexts } from '../../locales/signing/index.ts';
import { accessPlatform, accessPolicy, certificateOf, dayMs, grantOf } from '../support/access.ts';
import { wholePolicy } from '../support/whole-policy.ts';
import { testIin } from './support/people.ts';
import { must } from './support/platform.ts';

const locales = ['kk', 'ru', 'en'] as const;
const [author, second, clerk] = [testIin(1), testIin(2), testIin(3)];
const hash = certificateOf('before');
const before = grantOf(clerk, ['registrar'], { name: 'Ахметова Сәуле', validFromMs: dayMs });
const after: StaffGrant = {
  ...before,
  name: 'Ахметова-Ли Сәуле',
  employeeNumber: null,
  roles: ['reviewer', 'auditor'],
  certificates: [certificateOf('one'), certificateOf('two')],
  validUntilMs: 40 * dayMs,
  contract: { number: 'D-17', scope: 'Support', party: 'TOO Beta' },
};
const device = {
  record: {
    form: 'qorgan.device/1',
    ...accessPlatform,
    device: '6f1c2d3e-4b5a-4c6d-8e7f-90a1b2c3d4e5' as DeviceId,
    name: 'Hall 1',
    kind: 'workstation',
    publicKey: 'QqyZGCDfo3VmPC5JWaU5XPI4V6ALrCOY9PcLX3ee8oc=',
    epoch: '1a2b3c4d-5e6f-4a1b-9c2d-3e4f5a6b7c8d' as JournalEpoch,
    enrolledAtMs: dayMs,
  },
  location: 'Almaty, hall 1',
  custodian: clerk,
  standing: 'active',
} as const;
const policy = accessPolicy(2, 50 * dayMs);
const item: ReviewItem = { iin: clerk, name: before.name, roles: ['registrar'], hash, decision: 'revoke' };

const blocked: BlockedAct = {
  device: device.record.device,
  epoch: device.record.epoch,
  sequence: 17,
  id: '01920000-0000-7000-8000-000000000017' as ActionId,
  type: 'registration.approve',
  claimedAtMs: 40 * dayMs,
  hash: certificateOf('the refused act'),
};

const changes: Readonly<Record<AccessChange['kind'], AccessChange>> = {
  staff: { kind: 'staff', before: { record: before, hash }, record: after },
  device: { kind: 'device', before: null, record: device },
  policy: {
    kind: 'policy',
    before: { record: accessPolicy(), hash },
    record: { ...policy, clock: { warnDriftMs: 7_777, refuseDriftMs: 2_000 } },
  },
  review: { kind: 'review', people: [item] },
  release: {
    kind: 'release',
    iin: clerk,
    name: before.name,
    epoch: 'f0e1d2c3-b4a5-4f6e-8d7c-6b5a49382716' as JournalEpoch,
    acts: [blocked],
  },
  alarm: {
    kind: 'alarm',
    leaf: hash,
    record: {
      ...{ form: 'qorgan.break-glass/1', ...accessPlatform, seal: hash, server: 'https://platform.example.kz' },
      ...{ iin: clerk, name: before.name, reason: 'All cards are lost', openedAtMs: dayMs },
    },
  },
};
const text = { reason: 'New duties', basis: 'Order 7' };

function textOf(
  command: AccessCommand,
  state: ShownCase,
  locale: (typeof locales)[number],
  { profile = 'production', version = shownVersion }: Partial<{ profile: 'demo' | 'production'; version: number }> = {},
): string {
  const about = shownAct(command, state, { actor: author, atMs: dayMs });
  if (about === undefined) throw new Error('shown');
  const place = { revision: 1, actorIin: second, platform: accessPlatform.platform, profile };
  return must(shownText(signingTexts, { ...about, ...place }, { locale, version }));
}

const held = (change: AccessChange): ShownCase => ({
  status: 'proposed',
  author,
  proposedAtMs: dayMs,
  change,
  ...text,
  end: null,
});

test.each(locales)('in %s both people read the whole record, and what stood there before', (locale) => {
  const change = changes.staff;
  const first = textOf({ type: 'access.propose', payload: { change, ...text } }, { status: 'absent' }, locale);
  const confirmed = textOf({ type: 'access.confirm', payload: {} }, held(change), locale);
  for (const shown of [first, confirmed]) {
    for (const part of [
      after.name,
      before.name,
      clerk,
      ...after.certificates,
      ...before.certificates,
      'D-17',
      'TOO Beta',
    ])
      expect(shown).toContain(part);
    for (const part of [...Object.values(text), second, accessPlatform.platform]) expect(shown).toContain(part);
    expect(shown).toContain('1970-02-10 00:00 UTC');
    for (const role of ['reviewer', 'auditor', 'registrar'])
      expect(shown).toContain(signingTexts[locale][`v1.job.${role}`]);
    // What stays as it was is said once.
    expect(shown.split('1970-01-02 00:00 UTC')).toHaveLength(2);
  }
  expect(confirmed).toContain(author);
});

const confirm = { type: 'access.confirm', payload: {} } as const;

test.each(locales)(
  'in %s a policy is read by what differs, in words with units, and then whole; a review by its people',
  (locale) => {
    const shown = textOf(confirm, held(changes.policy), locale);
    const word = (id: string): string => signingTexts[locale][`v2.${id}`] ?? '';
    const name = word('policy.clock.warnDriftMs');
    expect(shown).toContain(`${name}: 1 ${word('unit.seconds')} → 7777 ${word('unit.milliseconds')}`);
    expect(shown).toContain(`${word('policy.version')}: 1 → 2`);
    expect(shown).toContain(`${word('policy.clock.refuseDriftMs')}: 2 ${word('unit.seconds')}\n`);
    expect(shown).not.toContain(`${word('policy.clock.refuseDriftMs')}: 2 ${word('unit.seconds')} →`);
    const approve = word('policy.act').replace('{of}', word('act.registration.approve'));
    expect(shown).toContain(`${approve}: ${signingTexts[locale]['v1.job.reviewer']}`);
    const review = textOf(confirm, held(changes.review), locale);
    expect(review).toContain(`${before.name}, ${clerk}`);
    expect(review).toContain(signingTexts[locale]['v1.decision.revoke']);
  },
);

test.each(locales)('in %s both who close an alarm read who opened the account, when, where and why', (locale) => {
  const { alarm: change } = changes;
  const first = textOf({ type: 'access.propose', payload: { change, ...text } }, { status: 'absent' }, locale);
  for (const shown of [first, textOf(confirm, held(change), locale)])
    for (const part of [
      before.name,
      clerk,
      'All cards are lost',
      '1970-01-02 00:00 UTC',
      'https://platform.example.kz',
      hash,
    ])
      expect(shown).toContain(part);
});

test.each(locales)(
  'in %s both people read of a release whose acts are let in, and each by all that names it',
  (locale) => {
    const word = (id: string): string => signingTexts[locale][`v2.${id}`] ?? '';
    const proposed = textOf(
      { type: 'access.propose', payload: { change: changes.release, ...text } },
      { status: 'absent' },
      locale,
    );
    for (const shown of [proposed, textOf(confirm, held(changes.release), locale)]) {
      for (const part of [before.name, clerk, word('act.registration.approve'), '1970-02-10 00:00 UTC', 'Order 7'])
        expect(shown).toContain(part);
      for (const part of [blocked.id, blocked.hash, `${blocked.device} № 17`]) expect(shown).toContain(part);
    }
  },
);

test('the policy says in words who lets in what came after a block', () => {
  for (const locale of locales)
    expect(wholeText(wholePolicy, locale)).toContain(signingTexts[locale]['v2.kind.release'] ?? 'no words');
});

/** The text of a policy with every part that there is, in the place of one with hardly any. */
function wholeText(record: object, locale: (typeof locales)[number]): string {
  const change = { ...changes.policy, record: record as PolicyDocument } as AccessChange;
  return textOf(confirm, held(change), locale);
}

test.each(locales)(
  'in %s no field and no value of a policy is told by its path, and one without words by nothing else',
  (locale) => {
    const shown = wholeText(wholePolicy, locale);
    const lines = shown.split('\n').filter((line) => line.startsWith('  ') && !line.includes(wholePolicy.form));
    expect(lines.length).toBeGreaterThan(100);
    // Names of fields and values are written in one word with a dot, a capital or a hyphen between.
    const codes = lines.filter((line) => /[a-z]Ms\b|\b[a-z]+\.[a-z]|\b[a-z]+[A-Z]/u.test(line));
    expect(codes).toEqual([]);
    expect(wholeText({ ...wholePolicy, future: { limit: 7 } }, locale)).toContain('future.limit: 7');
  },
);

test('one policy reads the same whoever wrote it in whichever order', () => {
  const { form, ...rest } = wholePolicy;
  expect(wholeText({ ...rest, form }, 'en')).toBe(wholeText(wholePolicy, 'en'));
});

test('two policies that differ never read the same', () => {
  const texts = [60_000, 60_001, 3_600_000].map((idleMs) =>
    wholeText({ ...wholePolicy, sessions: { ...wholePolicy.sessions, idleMs } }, 'en'),
  );
  expect(new Set(texts).size).toBe(3);
});

test('what was signed under the texts of version 1 is rendered as it was then, and a version that does not exist by nothing', () => {
  const shown = textOf(confirm, held(changes.policy), 'en', { version: 1 });
  expect(shown).toContain('clock.warnDriftMs: 1000 → 7777');
  expect(shown).toContain('access.acts.registration.approve = [reviewer]');
  expect(shown).not.toContain('clock.refuseDriftMs: 2000 →');
  const about = shownAct(confirm, held(changes.policy), { actor: author, atMs: dayMs });
  if (about === undefined) throw new Error('shown');
  const place = { revision: 1, actorIin: second, ...accessPlatform };
  const unknown = shownText(signingTexts, { ...about, ...place }, { locale: 'en', version: shownVersion + 1 });
  expect(unknown).toEqual(refuse('shown-template-unknown'));
});

test.each(locales)('in %s every act on rights is shown, with no place left open', (locale) => {
  for (const change of Object.values(changes)) {
    for (const type of accessActTypes) {
      const payloads: Readonly<Record<typeof type, unknown>> = {
        'access.propose': { change, ...text },
        'access.confirm': {},
        'access.decline': { note: 'not now' },
        'access.withdraw': { note: 'a slip' },
        'access.block': { iin: clerk as Iin, name: before.name, ...text },
      };
      const isFirst = type === 'access.propose' || type === 'access.block';
      const command = { type, payload: payloads[type] } as AccessCommand;
      const shown = textOf(command, isFirst ? { status: 'absent' } : held(change), locale, { profile: 'demo' });
      expect(shown).not.toMatch(/[{}]|undefined|v1\./u);
      expect(shown.split('\n')[0]).toBe(signingTexts[locale]['v1.demo']);
      expect(shown).toContain('Order 7');
    }
  }
});

test('a name cannot forge a line of the record', () => {
  const record = { ...after, name: 'A\nRoles: manager' };
  const change = { ...changes.staff, record } as AccessChange;
  const shown = textOf({ type: 'access.propose', payload: { change, ...text } }, { status: 'absent' }, 'en');
  expect(shown.split('\n').filter((one) => one.startsWith('Roles:'))).toEqual(['Roles: reviewer, auditor']);
});

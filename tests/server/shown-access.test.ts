import { expect, test } from 'vitest';
import type { AccessChange, AccessCommand, ReviewItem, StaffGrant } from '../../core/access/index.ts';
import { accessActTypes } from '../../core/actions/index.ts';
import type { DeviceId, Iin, JournalEpoch } from '../../core/kernel/index.ts';
import { shownAct, shownText, shownVersion, type ShownCase } from '../../core/signing/index.ts';
import { signingTexts } from '../../locales/signing/index.ts';
import { accessPlatform, accessPolicy, certificateOf, dayMs, grantOf } from '../support/access.ts';
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

const changes: Readonly<Record<AccessChange['kind'], AccessChange>> = {
  staff: { kind: 'staff', before: { record: before, hash }, record: after },
  device: { kind: 'device', before: null, record: device },
  policy: {
    kind: 'policy',
    before: { record: accessPolicy(), hash },
    record: { ...policy, clock: { warnDriftMs: 7_777, refuseDriftMs: 2_000 } },
  },
  review: { kind: 'review', people: [item] },
};
const text = { reason: 'New duties', basis: 'Order 7' };

function textOf(
  command: AccessCommand,
  state: ShownCase,
  locale: (typeof locales)[number],
  profile: 'demo' | 'production' = 'production',
): string {
  const about = shownAct(command, state, { actor: author, atMs: dayMs });
  if (about === undefined) throw new Error('shown');
  const place = { revision: 1, actorIin: second, platform: accessPlatform.platform, profile };
  return must(shownText(signingTexts, { ...about, ...place }, { locale, version: shownVersion }));
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

test.each(locales)('in %s a policy is read by what differs and then whole, a review by its people', (locale) => {
  const shown = textOf({ type: 'access.confirm', payload: {} }, held(changes.policy), locale);
  expect(shown).toContain('clock.warnDriftMs: 1000 → 7777');
  expect(shown).toContain('version: 1 → 2');
  expect(shown).toContain('access.acts.registration.approve = [reviewer]');
  expect(shown).not.toContain('clock.refuseDriftMs: 2000 →');
  const review = textOf({ type: 'access.confirm', payload: {} }, held(changes.review), locale);
  expect(review).toContain(`${before.name}, ${clerk}`);
  expect(review).toContain(signingTexts[locale]['v1.decision.revoke']);
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
      const shown = textOf(command, isFirst ? { status: 'absent' } : held(change), locale, 'demo');
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

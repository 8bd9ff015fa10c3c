import { describe, expect, it } from 'vitest';
import type { DeviceView } from '../../../../contracts/ipc/index.ts';
import { reviewedMax as signedMax } from '../../../../contracts/documents/index.ts';
import { deviceAct, deviceFaults, kindsOf, startDevice, type DeviceDraft } from './device-draft.ts';
import {
  decisionOf,
  reviewAct,
  reviewedMax,
  reviewFaults,
  startReview,
  withDecision,
  type ReviewDraft,
} from './review-draft.ts';
import { editField, undo } from './steps.ts';

const said = { reason: 'New hall', basis: 'Order 7' };
const device = {
  id: 'ws-1',
  name: 'Hall 1',
  standing: 'active',
  location: 'Almaty',
  custodian: { iin: '880214450137', name: 'A' },
  hash: 'd'.repeat(64),
} as unknown as DeviceView;
const waiting = { ...device, standing: 'requested', custodian: null, location: '', hash: null } as DeviceView;
const filled = (draft: DeviceDraft, fields: Partial<DeviceDraft['fields']>): DeviceDraft => ({
  ...draft,
  fields: { ...draft.fields, ...said, ...fields },
});

describe('a change of a device', () => {
  it('is open by how the device stands', () => {
    expect(kindsOf(waiting)).toEqual(['admit']);
    expect(kindsOf(device)).toEqual(['move', 'retire']);
    expect(kindsOf({ standing: 'retired' })).toEqual([]);
  });

  it('lets a device in only after its key was compared, with place and custodian', () => {
    const draft = filled(startDevice('admit', waiting), {});
    expect(deviceFaults(draft, waiting).map(({ id }) => id)).toEqual([
      'key-not-compared',
      'location-missing',
      'custodian-missing',
    ]);
    const whole = filled(draft, { isCompared: true, location: ' Hall 1 ', custodian: '880214450137' });
    expect(deviceAct(whole, waiting)).toEqual({
      type: 'access.propose',
      change: {
        kind: 'device',
        id: 'ws-1',
        before: null,
        location: 'Hall 1',
        custodian: '880214450137',
        standing: 'active',
      },
      ...said,
    });
    expect(deviceAct(filled(whole, { isCompared: false }), waiting)).toBeNull();
  });

  it('that moves nothing is none, and one that retires names the record that it replaces', () => {
    expect(deviceAct(filled(startDevice('move', device), {}), device)).toBeNull();
    expect(deviceAct(filled(startDevice('retire', device), {}), device)).toMatchObject({
      change: { before: device.hash, standing: 'retired', location: 'Almaty' },
    });
  });
});

const people = [1, 2, 3].map((number) => ({
  iin: String(number).repeat(12),
  hash: String(number).repeat(64),
  name: `P${number}`,
}));
const [one, two] = people;
const decide = (
  draft: ReviewDraft,
  ...given: Parameters<typeof withDecision> extends [unknown, ...infer Rest] ? Rest : never
) => editField(draft, 'decided', withDecision(draft, ...given));

describe('a review of rights', () => {
  it('begins with nobody decided, and is none until somebody is', () => {
    expect(reviewFaults(startReview()).map(({ id }) => id)).toEqual([
      'nobody-decided',
      'reason-missing',
      'basis-missing',
    ]);
    expect(reviewAct(startReview())).toBeNull();
  });

  it('names whoever was looked at, with the record that was looked at, and nobody else', () => {
    if (one === undefined || two === undefined) throw new Error('people');
    const draft = decide(decide(startReview(), one, 'keep'), two, 'revoke');
    const whole = { ...draft, fields: { ...draft.fields, ...said } };
    expect(reviewAct(whole)).toMatchObject({
      change: {
        kind: 'review',
        people: [
          { iin: one.iin, hash: one.hash, decision: 'keep' },
          { iin: two.iin, hash: two.hash, decision: 'revoke' },
        ],
      },
    });
    expect(decisionOf(undo(whole), two)).toBeNull();
    expect(decisionOf(decide(whole, two, null), two)).toBeNull();
  });

  it('counts no decision on a record that has changed since', () => {
    if (one === undefined) throw new Error('people');
    const draft = decide(startReview(), one, 'keep');
    expect(decisionOf(draft, one)).toBe('keep');
    expect(decisionOf(draft, { ...one, hash: 'f'.repeat(64) })).toBeNull();
  });

  it('holds as many people as a signed one does, and no more', () => {
    expect(reviewedMax).toBe(signedMax);
    const many = Array.from({ length: reviewedMax + 1 }, (_, index) => ({
      iin: `${index}`,
      hash: `${index}`,
      name: `${index}`,
    }));
    const draft = many.reduce((held, person) => decide(held, person, 'keep'), startReview());
    expect(reviewFaults(draft).map(({ id }) => id)).toContain('review-too-long');
  });
});

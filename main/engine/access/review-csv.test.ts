import { describe, expect, it } from 'vitest';
import type { ActEnvelope } from '../../../core/signing/index.ts';
import { locales } from '../../../locales/index.ts';
import { reviewCsv } from './review-csv.ts';

const people = [
  { iin: '880214450137', name: 'Әлиев Марат', roles: ['registrar', 'reviewer'], hash: 'a', decision: 'keep' },
  { iin: '900101300017', name: '=cmd', roles: [], hash: 'b', decision: 'revoke' },
];
const act = (change: object): ActEnvelope =>
  ({
    type: 'access.propose',
    subject: { case: 'case-1' },
    payload: { change, reason: 'Quarter, 3', basis: 'Order 7' },
  }) as unknown as ActEnvelope;

describe('the table of a review', () => {
  it.each(locales)('has each person with his roles and the decision, in words (%s)', (locale) => {
    const rows = (reviewCsv(act({ kind: 'review', people }), locale) ?? '').split('\r\n');
    expect(rows).toHaveLength(5);
    expect(rows[0]).toContain('case-1,"Quarter, 3",Order 7');
    expect(rows[2]).toContain('Әлиев Марат,880214450137,');
    expect(rows[2]?.split(',').at(-1)).not.toBe(rows[3]?.split(',').at(-1));
    // A name that a table program would take for a formula is text.
    expect(rows[3]?.startsWith("'=cmd,")).toBe(true);
  });

  it('is made of a review alone', () => {
    expect(reviewCsv(act({ kind: 'staff' }), 'en')).toBeUndefined();
    expect(
      reviewCsv({ ...act({ kind: 'review', people }), type: 'access.block' } as ActEnvelope, 'en'),
    ).toBeUndefined();
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accessParts, accountParts, pathOf, placeOf, type Place } from './place.ts';

const place = fc.oneof(
  fc.record({ page: fc.constant('queue' as const), caseId: fc.option(fc.string({ minLength: 1, unit: 'grapheme' })) }),
  fc.record({ page: fc.constant('journal' as const), sequence: fc.option(fc.nat()) }),
  fc.record({ page: fc.constant('evidence' as const), sequence: fc.option(fc.nat()) }),
  fc.record({ page: fc.constant('log' as const), index: fc.option(fc.nat()) }),
  fc.record({
    page: fc.constant('access' as const),
    part: fc.constantFrom(...accessParts),
    id: fc.option(fc.string({ minLength: 1, unit: 'grapheme' })),
  }),
  fc.record({ page: fc.constant('account' as const), part: fc.constantFrom(...accountParts) }),
  fc.constant<Place>({ page: 'connection' }),
  fc.constant<Place>({ page: 'about' }),
);

describe('a place', () => {
  it('is read back from its path', () => {
    fc.assert(
      fc.property(place, (there) => {
        expect(placeOf(pathOf(there))).toEqual(there);
      }),
    );
  });

  it('is the queue for a path that nobody knows', () => {
    expect(placeOf('/elsewhere')).toEqual({ page: 'queue', caseId: null });
    expect(placeOf('')).toEqual({ page: 'queue', caseId: null });
  });

  it('of the journal without a number chooses no entry', () => {
    expect(placeOf('/journal/x')).toEqual({ page: 'journal', sequence: null });
  });
});

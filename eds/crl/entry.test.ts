import { describe, expect, test } from 'vitest';
import { boolean, enumerated, generalizedTime, objectIdentifier, octetString, sequence } from '../der/index.ts';
import { readEntry, revokedSinceMs } from './entry.ts';

const atMs = Date.UTC(2026, 10, 23);
const extension = (oid: string, value: Uint8Array): Uint8Array => sequence(objectIdentifier(oid), octetString(value));
const hold = extension('2.5.29.21', enumerated(6));

describe('an entry of a revocation list', () => {
  test('is read with its reason and the date of invalidity', () => {
    const since = extension('2.5.29.24', generalizedTime(atMs - 1000));
    expect(readEntry(atMs, sequence(hold, since))).toEqual({
      revokedAtMs: atMs,
      reason: 'certificate-hold',
      invalidSinceMs: atMs - 1000,
    });
    expect(readEntry(atMs, new Uint8Array(0))).toEqual({ revokedAtMs: atMs, reason: 'unspecified' });
  });

  test('with a reason that is not known is never a hold', () => {
    for (const code of [7, 11, 255])
      expect(readEntry(atMs, sequence(extension('2.5.29.21', enumerated(code))))).toMatchObject({
        reason: 'unspecified',
      });
  });

  test.each([
    ['a truncated extension', sequence(hold).subarray(0, -1)],
    ['octets after the extensions', Uint8Array.from([...sequence(hold), 0])],
    ['a reason of another type', sequence(extension('2.5.29.21', boolean(true)))],
    ['a date that is none', sequence(hold, extension('2.5.29.24', boolean(true)))],
  ])('with %s counts from the beginning and for good', (_, octets) => {
    const entry = readEntry(atMs, octets);
    expect([entry.reason, revokedSinceMs(entry)]).toEqual(['unspecified', Number.NEGATIVE_INFINITY]);
  });
});

import { describe, expect, test } from 'vitest';
import { extensions, makeKey, type RevocationListContent } from '../../dev/ca/index.ts';
import { ia5String, retagged, sequence, tagged, taggedPrimitive } from '../../eds/der/index.ts';
import { hierarchy, judge, list } from './hierarchy.ts';
import { made, revocationOf as stage } from './responder.ts';
import { nowMs } from './world.ts';

const dayMs = 24 * 60 * 60_000;
const stranger = makeKey('ec-p256');
const serial = '4711';
const issuing = (change: Partial<RevocationListContent> = {}): Uint8Array => list('issuing', change);

describe('a delta list', () => {
  const base = (change: Partial<RevocationListContent> = {}) =>
    issuing({ number: 10, thisUpdateMs: nowMs - 3 * dayMs, nextUpdateMs: nowMs - 2 * dayMs, ...change });
  const delta = (change: Partial<RevocationListContent> = {}) => issuing({ number: 12, baseNumber: 10, ...change });
  const entry = (reason: number, revokedAtMs = nowMs - 4 * dayMs) => [{ serial, revokedAtMs, reason }];

  test('makes a base list that is out of date fresh again', () => {
    expect(stage({ lists: [base()] })).toBe('crl-stale');
    expect(stage({ lists: [base(), delta()] })).toBe('not-revoked');
  });

  const cases: readonly (readonly [it: string, lists: readonly Uint8Array[], reason: string])[] = [
    ['alone', [delta()], 'crl-unsupported'],
    ['alone that names the certificate', [delta({ revoked: entry(1) })], 'revoked'],
    ['that names it beside its base', [base(), delta({ revoked: entry(1) })], 'revoked'],
    ['over a base list that names it', [base({ revoked: entry(1) }), delta()], 'revoked'],
    ['that removes a hold', [base({ revoked: entry(6) }), delta({ revoked: entry(8) })], 'not-revoked'],
    ['that leaves a hold', [base({ revoked: entry(6) }), delta()], 'revoked'],
    ['that removes what was no hold', [base({ revoked: entry(1) }), delta({ revoked: entry(8) })], 'revoked'],
    ['that counts from a later base', [base(), delta({ baseNumber: 11 })], 'crl-stale'],
    ['older than its base', [base({ number: 12 }), delta()], 'crl-stale'],
    ['that is stale', [base(), delta({ nextUpdateMs: nowMs - 1 })], 'crl-stale'],
    ['signed by a stranger', [base(), list('issuing', { number: 12, baseNumber: 10 }, stranger)], 'crl-stale'],
    [
      'over a base list signed by a stranger',
      [list('issuing', { number: 10 }, stranger), delta()],
      'crl-signature-wrong',
    ],
  ];
  test.each(cases)('%s: %s', (_, lists, reason) => {
    expect(stage({ lists })).toBe(reason);
  });

  test('gives both lists as evidence', () => {
    const { evidence } = judge(made, { lists: [list('root'), base(), delta()] });
    expect(evidence.revocationLists.map((one) => one.number)).toEqual([12n, 10n, 1n]);
  });
});

describe('a list for a part of the certificates', () => {
  const point = (...parts: readonly Uint8Array[]) => [
    { oid: '2.5.29.28', isCritical: true, value: sequence(...parts) },
  ];
  const yes = Uint8Array.of(0xff);
  const address = (url: string) => tagged(0, tagged(0, retagged(0x86, ia5String(url))));
  const scoped = (...parts: readonly Uint8Array[]) => issuing({ furtherExtensions: point(...parts) });

  test.each([
    ['holders', scoped(taggedPrimitive(1, yes)), 'not-revoked'],
    ['authorities', scoped(taggedPrimitive(2, yes)), 'crl-unsupported'],
    ['attribute certificates', scoped(taggedPrimitive(5, yes)), 'crl-unsupported'],
    ['some reasons', scoped(taggedPrimitive(3, Uint8Array.of(6, 0x40))), 'crl-unsupported'],
    ['other authorities', scoped(taggedPrimitive(4, yes)), 'crl-unsupported'],
    ['another address', scoped(address('http://crl.test/2.crl')), 'crl-unsupported'],
    ['an address by name', scoped(tagged(0, tagged(1))), 'crl-unsupported'],
  ])('of %s: %s', (_, der, reason) => {
    expect(stage({ lists: [der] })).toBe(reason);
  });

  test('still accuses whom it names', () => {
    const revoked = [{ serial, revokedAtMs: nowMs - dayMs, reason: 1 }];
    for (const part of [taggedPrimitive(3, Uint8Array.of(6, 0x40)), address('http://crl.test/2.crl')])
      expect(stage({ lists: [issuing({ revoked, furtherExtensions: point(part) })] })).toBe('revoked');
    // The number may be that of another authority's certificate, so such a list says nothing about anybody.
    const indirect = issuing({ revoked, furtherExtensions: point(taggedPrimitive(4, yes)) });
    expect(stage({ lists: [indirect] })).toBe('crl-unsupported');
  });

  test('speaks for the certificates that name its address, and its delta needs the same scope', () => {
    const url = 'http://crl.test/1.crl';
    const named = hierarchy({ signer: { extensions: [extensions.crlDistribution(url)] } });
    const base = issuing({ number: 1, nextUpdateMs: nowMs - 1, furtherExtensions: point(address(url)) });
    const verdict = (lists: readonly Uint8Array[]) => judge(named, { lists: [list('root'), ...lists] }).reason;
    expect(verdict([scoped(address(url))])).toBe('carrier-not-demanded');
    expect(verdict([base, issuing({ number: 2, baseNumber: 1, furtherExtensions: point(address(url)) })])).toBe(
      'carrier-not-demanded',
    );
    expect(verdict([base, issuing({ number: 2, baseNumber: 1 })])).toBe('crl-stale');
  });
});

describe('an entry of a list', () => {
  test('counts from the date of invalidity where that is earlier', () => {
    const entry = (revokedAtMs: number, invalidSinceMs: number) =>
      stage({ lists: [issuing({ revoked: [{ serial, revokedAtMs, reason: 1, invalidSinceMs }] })] });
    expect(entry(nowMs + dayMs, nowMs - dayMs)).toBe('revoked');
    expect(entry(nowMs - dayMs, nowMs + dayMs)).toBe('revoked');
    expect(entry(nowMs + dayMs, nowMs + 2 * dayMs)).toBe('not-revoked');
  });
});

describe('a list with an entry that has a critical extension which is not understood', () => {
  const further = (isCritical: boolean) => [{ oid: '1.2.3.4.5', isCritical, value: Uint8Array.of(5, 0) }];
  const naming = (named: string, isCritical: boolean, change: Partial<RevocationListContent> = {}) => {
    const revoked = {
      serial: named,
      revokedAtMs: nowMs - 4 * dayMs,
      reason: 1,
      furtherExtensions: further(isCritical),
    };
    return issuing({ revoked: [{ serial: '99', revokedAtMs: nowMs - 4 * dayMs, reason: 0 }, revoked], ...change });
  };

  test('acquits nobody, and accuses whom it names', () => {
    expect(stage({ lists: [naming('0815', false)] })).toBe('not-revoked');
    expect(stage({ lists: [naming('0815', true)] })).toBe('crl-unsupported');
    expect(stage({ lists: [naming(serial, true)] })).toBe('revoked');
  });

  test('completes no delta list, as base or delta', () => {
    const old = { thisUpdateMs: nowMs - 3 * dayMs, nextUpdateMs: nowMs - 2 * dayMs };
    const delta = (isCritical: boolean) => naming('0815', isCritical, { number: 12, baseNumber: 10 });
    const base = (isCritical: boolean) => naming('0816', isCritical, { number: 10, ...old });
    expect(stage({ lists: [base(false), delta(false)] })).toBe('not-revoked');
    expect(stage({ lists: [base(true), delta(false)] })).not.toBe('not-revoked');
    expect(stage({ lists: [base(false), delta(true)] })).not.toBe('not-revoked');
  });
});

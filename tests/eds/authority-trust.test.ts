import { describe, expect, test } from 'vitest';
import { extensions } from '../../dev/ca/index.ts';
import { isSelfSigned, defaultSuite } from '../../eds/index.ts';
import { hierarchy, judge, keys, list, verifierFor, type Change, type Judgement } from './hierarchy.ts';
import { certificateOf, nowMs } from './world.ts';

const revoked = [{ serial: '4711', revokedAtMs: nowMs - 1000, reason: 1 }];

describe('authorities of the trust configuration whose revocation need not be known', () => {
  const excused = (how: Judgement): readonly unknown[] => {
    const { verdict, stages } = judge(hierarchy(), {
      ...how,
      trust: { authorityRevocation: 'if-known', ...how.trust },
    });
    return [verdict, stages.find(({ name }) => name === 'revocation')?.reason];
  };

  test('count, and the report says that nothing is known about them', () => {
    expect(excused({ lists: [list('issuing')] })).toEqual(['VALID', 'holder-not-revoked']);
    expect(excused({ lists: [list('issuing'), list('root', { nextUpdateMs: nowMs - 1 })] })).toEqual([
      'VALID',
      'holder-not-revoked',
    ]);
  });

  test('are told from those that are known to be good', () => {
    expect(excused({})).toEqual(['VALID', 'not-revoked']);
  });

  test('never count when they are known to be revoked, by a stale list too', () => {
    for (const nextUpdateMs of [nowMs + 1, nowMs - 1])
      expect(excused({ lists: [list('issuing'), list('root', { revoked, nextUpdateMs })] })).toEqual([
        'INVALID',
        'issuer-revoked',
      ]);
  });

  test('do not excuse the signer', () => {
    expect(excused({ lists: [list('root')] })).toEqual(['INDETERMINATE', 'crl-missing']);
    expect(excused({ lists: [list('issuing', { revoked }), list('root')] })).toEqual(['INVALID', 'revoked']);
  });

  test('are not excused unless the configuration says so', () => {
    expect(judge(hierarchy(), { lists: [list('issuing')] })).toMatchObject({
      verdict: 'INDETERMINATE',
      reason: 'crl-missing',
    });
    const required = { lists: [list('issuing')], trust: { authorityRevocation: 'required' } } as const;
    expect(judge(hierarchy(), required)).toMatchObject({ verdict: 'INDETERMINATE', reason: 'crl-missing' });
  });
});

describe('a certificate judged as an authority', () => {
  const certify = (which: 'root' | 'issuing' | 'signer', changes: { issuing?: Change } = {}, how: Judgement = {}) => {
    const made = hierarchy(changes);
    return verifierFor(made, how).verifyCertificate({
      certificate: made[which],
      atMs: nowMs,
      purpose: 'certification',
    });
  };

  test('is VALID where it may certify, the anchor too', () => {
    expect(certify('issuing').verdict).toBe('VALID');
    expect(certify('root')).toMatchObject({
      verdict: 'VALID',
      stages: expect.arrayContaining([expect.objectContaining({ reason: 'revocation-not-demanded' })]),
    });
  });

  test('is INVALID where it may not', () => {
    expect(certify('signer')).toMatchObject({ verdict: 'INVALID', reason: 'issuer-not-authority' });
    const signing = { issuing: { extensions: [extensions.keyUsage(['digitalSignature'])] } };
    expect(certify('issuing', signing)).toMatchObject({ verdict: 'INVALID', reason: 'issuer-key-usage-wrong' });
    expect(certify('issuing', { issuing: { notAfterMs: nowMs - 1 } })).toMatchObject({ reason: 'certificate-expired' });
  });

  test('is never excused from revocation, since it is what was asked about', () => {
    const how = { lists: [list('issuing')], trust: { authorityRevocation: 'if-known' } } as const;
    expect(certify('issuing', {}, how)).toMatchObject({ verdict: 'INDETERMINATE', reason: 'crl-missing' });
  });

  test('may sign no document', () => {
    const made = hierarchy();
    const report = verifierFor(made).verifyCertificate({ certificate: made.issuing, atMs: nowMs });
    expect(report).toMatchObject({ verdict: 'INVALID', reason: 'key-usage-wrong' });
  });
});

test('a certificate is self-signed by its name and by its own key', () => {
  const is = (der: Uint8Array): boolean => isSelfSigned(certificateOf(der), defaultSuite);
  expect(is(hierarchy().root)).toBe(true);
  expect(is(hierarchy().issuing)).toBe(false);
  // The name of the root over a signature of another key, and a right signature of its own key under another issuer.
  expect(is(hierarchy({ root: { signedBy: keys.signer } }).root)).toBe(false);
  expect(is(hierarchy({ root: { issuer: [['2.5.4.3', 'OTHER']] } }).root)).toBe(false);
});

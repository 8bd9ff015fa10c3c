import { describe, expect, test } from 'vitest';
import { extensions, keyIdentifierOf, makeKey, type NameParts } from '../../dev/ca/index.ts';
import type { TrustConfiguration } from '../../eds/index.ts';
import { hierarchy, judge, keys, list } from './hierarchy.ts';
import { idOf } from './certificate-id.ts';
import { respond } from './responder.ts';
import { judgeStamped, stampCertificate, stampMs, stamped, stampTrust, underRoot } from './stamping.ts';
import { certificateOf, nowMs, signBes } from './world.ts';

const made = hierarchy();
const minuteMs = 60_000;
const otherKey = makeKey('ec-p256');
const otherName: NameParts = [['2.5.4.3', 'OTHER']];
const otherIdentifier = keyIdentifierOf(otherKey.subjectPublicKeyInfo);

/** A second authority under the root. */
const other = hierarchy({
  issuing: {
    serial: '0777',
    subject: otherName,
    subjectPublicKeyInfo: otherKey.subjectPublicKeyInfo,
    extensions: [extensions.subjectKey(otherIdentifier)],
  },
}).issuing;
const underOther = stampCertificate({
  signedBy: otherKey,
  issuer: otherName,
  extensions: [extensions.authorityKey(otherIdentifier)],
});

/** The root's own answer about a certificate. */
const rootSays = (certificate: Uint8Array, status: 'good' | 'unknown', thisUpdateMs: number): Uint8Array =>
  respond(made, {
    answer: { id: idOf(certificate, made.root), status, thisUpdateMs },
    responder: {
      name: [
        ['2.5.4.3', 'ROOT'],
        ['2.5.4.6', 'KZ'],
      ],
    },
    producedAtMs: thisUpdateMs,
    certificates: [],
    signedBy: keys.root,
  });

describe('what a trust configuration excuses from revocation', () => {
  test('is never an authority whom its issuer says that it does not know', () => {
    const ask = (status: 'good' | 'unknown'): readonly unknown[] => {
      const trust = { authorityRevocation: 'if-known', ocspAgeMaxMs: 5 * minuteMs } as const;
      const responses = [rootSays(made.issuing, status, nowMs - minuteMs)];
      const { verdict, reason } = judge(made, { lists: [list('issuing')], responses, trust });
      return [verdict, reason];
    };
    expect(ask('good')[0]).toBe('VALID');
    expect(ask('unknown')).toEqual(['INDETERMINATE', 'certificate-unknown-to-authority']);
  });

  const anchors = [certificateOf(made.issuing), certificateOf(made.root)];
  const ifKnown = { anchors, timeStamping: { ...stampTrust, revocation: 'if-known' } } as const;

  test('is never a time-stamping authority whom its issuer says that it does not know', () => {
    const file = stamped(signBes({ key: keys.signer, certificate: made.signer, serial: '4711' }), {
      certificate: underRoot,
    });
    const ask = (status: 'good' | 'unknown'): readonly unknown[] => {
      const responses = [rootSays(underRoot, status, stampMs)];
      const trust = { ...ifKnown, ocspAgeMaxMs: 5 * minuteMs };
      const { verdict, reason } = judgeStamped(file, made, { lists: [list('issuing')], responses, trust });
      return [verdict, reason];
    };
    expect(ask('good')[0]).toBe('VALID');
    expect(ask('unknown')).toEqual(['INDETERMINATE', 'time-stamp-authority-revocation-unknown']);
  });

  test('is never a time-stamping authority that somebody certified whom only the file carries', () => {
    const signer = { key: keys.signer, certificate: made.signer, serial: '4711' };
    const file = stamped(signBes(signer, { chain: [other] }), { certificate: underOther });
    const ask = (changes: Partial<TrustConfiguration>): readonly unknown[] => {
      const report = judgeStamped(file, made, { lists: [list('issuing')], trust: { ...ifKnown, ...changes } });
      return [report.verdict, report.reason, report.referenceTimeMs];
    };
    expect(ask({ intermediates: [] })).toEqual(['INDETERMINATE', 'time-stamp-authority-revocation-unknown', nowMs]);
    expect(ask({ intermediates: [certificateOf(other)] })).toEqual(['VALID', 'carrier-not-demanded', stampMs]);
  });
});

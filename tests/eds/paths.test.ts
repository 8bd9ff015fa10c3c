import { describe, expect, test } from 'vitest';
import { extensions, keyIdentifierOf, makeKey, writeCertificate } from '../../dev/ca/index.ts';
import { DEMO_POLICY_OID, hardwareCarriers } from '../../eds/index.ts';
import { hierarchy, judge, list, verifierFor, type Change, type Judgement } from './hierarchy.ts';
import { certificateOf, nowMs } from './world.ts';

const dayMs = 24 * 60 * 60 * 1000;
const unknownCritical = { oid: '1.2.3.4.5', isCritical: true, value: Uint8Array.of(5, 0) };
const nameConstraints = { oid: '2.5.29.30', isCritical: true, value: Uint8Array.of(0x30, 0) };

type Case = {
  readonly it: string;
  readonly expected: readonly [verdict: string, reason: string];
  readonly changes?: { readonly root?: Change; readonly issuing?: Change; readonly signer?: Change };
  readonly how?: Judgement;
};

const stranger = makeKey('ec-p256');

const cases: readonly Case[] = [
  { it: 'a hierarchy with nothing wrong', expected: ['VALID', 'carrier-not-demanded'] },
  {
    it: 'a demanded role that is held',
    how: { roles: ['head', 'employee'] },
    expected: ['VALID', 'carrier-not-demanded'],
  },
  {
    it: 'a hardware carrier where one is demanded',
    how: { trust: { carriers: hardwareCarriers } },
    expected: ['VALID', 'carrier-allowed'],
  },
  {
    it: 'an expired signer',
    changes: { signer: { notAfterMs: nowMs - 1000 } },
    expected: ['INVALID', 'certificate-expired'],
  },
  {
    it: 'a signer not yet in force',
    changes: { signer: { notBeforeMs: nowMs + 1000 } },
    expected: ['INVALID', 'certificate-not-yet-valid'],
  },
  {
    it: 'an expired authority',
    changes: { issuing: { notAfterMs: nowMs - 1000 } },
    expected: ['INDETERMINATE', 'issuer-out-of-validity'],
  },
  {
    it: 'an expired anchor',
    changes: { root: { notAfterMs: nowMs - 1000 } },
    expected: ['INDETERMINATE', 'issuer-out-of-validity'],
  },
  { it: 'a time that is not a number', how: { atMs: Number.NaN }, expected: ['INVALID', 'certificate-not-yet-valid'] },
  {
    it: 'an authentication certificate',
    changes: { signer: { extensions: [extensions.extendedKeyUsage(['1.3.6.1.5.5.7.3.2'])] } },
    expected: ['INVALID', 'purpose-wrong'],
  },
  {
    it: 'a signer without extended key usage',
    changes: { signer: { without: ['2.5.29.37'] } },
    expected: ['INVALID', 'purpose-wrong'],
  },
  {
    it: 'a notary, whose key is for another system',
    changes: { signer: { extensions: [extensions.extendedKeyUsage(['1.3.6.1.5.5.7.3.4', '1.2.398.6.1.1.1.1'])] } },
    expected: ['INVALID', 'purpose-wrong'],
  },
  {
    it: 'an encryption key',
    changes: { signer: { extensions: [extensions.keyUsage(['keyEncipherment'])] } },
    expected: ['INVALID', 'key-usage-wrong'],
  },
  {
    it: 'a signer without key usage',
    changes: { signer: { without: ['2.5.29.15'] } },
    expected: ['INDETERMINATE', 'key-usage-missing'],
  },
  {
    it: 'an issuer that is no authority',
    changes: { issuing: { without: ['2.5.29.19'] } },
    expected: ['INVALID', 'issuer-not-authority'],
  },
  {
    it: 'an issuer that says it is no authority',
    changes: { issuing: { extensions: [extensions.basicConstraints(false)] } },
    expected: ['INVALID', 'issuer-not-authority'],
  },
  {
    it: 'an authority that may not sign certificates',
    changes: { issuing: { extensions: [extensions.keyUsage(['cRLSign', 'digitalSignature'])] } },
    expected: ['INVALID', 'issuer-key-usage-wrong'],
  },
  {
    it: 'a path longer than the anchor allows',
    changes: { root: { extensions: [extensions.basicConstraints(true, 0)] } },
    expected: ['INVALID', 'path-length-exceeded'],
  },
  {
    it: 'an unknown critical extension of the signer',
    changes: { signer: { extensions: [unknownCritical] } },
    expected: ['INDETERMINATE', 'critical-extension-unknown'],
  },
  {
    it: 'an unknown critical extension of an authority',
    changes: { issuing: { extensions: [unknownCritical] } },
    expected: ['INDETERMINATE', 'critical-extension-unknown'],
  },
  {
    it: 'policy constraints, which are not processed',
    changes: { issuing: { extensions: [{ oid: '2.5.29.36', isCritical: true, value: Uint8Array.of(0x30, 0) }] } },
    expected: ['INDETERMINATE', 'critical-extension-unknown'],
  },
  {
    it: 'a bar to any policy, which is not processed',
    changes: { issuing: { extensions: [{ oid: '2.5.29.54', isCritical: true, value: Uint8Array.of(2, 1, 0) }] } },
    expected: ['INDETERMINATE', 'critical-extension-unknown'],
  },
  {
    it: 'name constraints that the authority forgot to call critical',
    changes: { issuing: { extensions: [{ ...nameConstraints, isCritical: false }] } },
    expected: ['INDETERMINATE', 'critical-extension-unknown'],
  },
  {
    it: 'name constraints, which are not processed',
    changes: { issuing: { extensions: [nameConstraints] } },
    expected: ['INDETERMINATE', 'critical-extension-unknown'],
  },
  {
    it: 'an unknown extension that is not critical',
    changes: { signer: { extensions: [{ ...unknownCritical, isCritical: false }] } },
    expected: ['VALID', 'carrier-not-demanded'],
  },
  {
    it: 'an issuer with the same name and another key',
    changes: { signer: { signedBy: stranger } },
    expected: ['INVALID', 'certificate-signature-wrong'],
  },
  {
    it: 'an issuer with the same name whose key identifier nobody has',
    changes: {
      signer: {
        signedBy: stranger,
        extensions: [extensions.authorityKey(keyIdentifierOf(stranger.subjectPublicKeyInfo))],
      },
    },
    expected: ['INDETERMINATE', 'issuer-unknown'],
  },
  {
    it: 'a signer that names no issuing key',
    changes: { signer: { without: ['2.5.29.35'] } },
    expected: ['INDETERMINATE', 'key-identifier-missing'],
  },
  {
    it: 'a signer that names its issuer wrongly',
    changes: { signer: { issuer: [['2.5.4.3', 'SOMEBODY ELSE']] } },
    expected: ['INVALID', 'issuer-name-differs'],
  },
  {
    it: 'an issuer named with its attributes in another order',
    changes: {
      signer: {
        issuer: [
          ['2.5.4.6', 'KZ'],
          ['2.5.4.3', 'ISSUING'],
        ],
      },
    },
    expected: ['VALID', 'carrier-not-demanded'],
  },
  {
    it: 'a signer certified with SHA-1',
    changes: { signer: { digest: 'sha1' } },
    expected: ['INDETERMINATE', 'certificate-algorithm-weak'],
  },
  {
    it: 'an authority certified with SHA-1',
    changes: { issuing: { digest: 'sha1' } },
    expected: ['INDETERMINATE', 'certificate-algorithm-weak'],
  },
  {
    it: 'an anchor that signed itself with SHA-1',
    changes: { root: { digest: 'sha1' } },
    expected: ['VALID', 'carrier-not-demanded'],
  },
  {
    it: 'the demonstration policy in production',
    changes: { signer: { extensions: [extensions.policies(['1.2.398.3.3.2', DEMO_POLICY_OID])] } },
    how: { trust: { refusedPolicies: [DEMO_POLICY_OID] } },
    expected: ['INVALID', 'policy-refused'],
  },
  {
    it: 'the demonstration policy of an anchor in production',
    changes: { root: { extensions: [extensions.policies([DEMO_POLICY_OID])] } },
    how: { trust: { refusedPolicies: [DEMO_POLICY_OID] } },
    expected: ['INVALID', 'policy-refused'],
  },
  { it: 'a role that is not held', how: { roles: ['head'] }, expected: ['INVALID', 'role-missing'] },
  {
    it: 'a role that another authority would have to grant',
    how: {
      roles: ['employee'],
      trust: { roleMappings: [{ issuers: ['00'], roles: { '1.2.398.3.3.4.1.2.5': 'employee' } }] },
    },
    expected: ['INVALID', 'role-missing'],
  },
  {
    it: 'a key in a file where hardware is demanded',
    changes: { signer: { extensions: [extensions.keyCarrier('1.2.398.3.3.5.1.1')] } },
    how: { trust: { carriers: hardwareCarriers } },
    expected: ['INVALID', 'carrier-refused'],
  },
  {
    it: 'a certificate that does not state its carrier where hardware is demanded',
    changes: { signer: { without: ['1.2.398.3.3.5'] } },
    how: { trust: { carriers: hardwareCarriers } },
    expected: ['INDETERMINATE', 'carrier-unknown'],
  },
  {
    it: 'a revoked signer',
    how: {
      lists: [list('root'), list('issuing', { revoked: [{ serial: '4711', revokedAtMs: nowMs - 1000, reason: 1 }] })],
    },
    expected: ['INVALID', 'revoked'],
  },
  {
    it: 'a signer on hold',
    how: {
      lists: [list('root'), list('issuing', { revoked: [{ serial: '4711', revokedAtMs: nowMs - 1000, reason: 6 }] })],
    },
    expected: ['INVALID', 'revoked'],
  },
  {
    it: 'a signer revoked after the time of judgement',
    how: {
      lists: [list('root'), list('issuing', { revoked: [{ serial: '4711', revokedAtMs: nowMs + 1000, reason: 1 }] })],
    },
    expected: ['VALID', 'carrier-not-demanded'],
  },
  {
    it: 'a revoked authority',
    how: {
      lists: [list('root', { revoked: [{ serial: '4711', revokedAtMs: nowMs - 1000, reason: 2 }] }), list('issuing')],
    },
    expected: ['INVALID', 'issuer-revoked'],
  },
  {
    it: 'no list of the issuing authority',
    how: { lists: [list('root')] },
    expected: ['INDETERMINATE', 'crl-missing'],
  },
  { it: 'no list of the root', how: { lists: [list('issuing')] }, expected: ['INDETERMINATE', 'crl-missing'] },
  {
    it: 'a stale list',
    how: { lists: [list('root'), list('issuing', { nextUpdateMs: nowMs - 1000 })] },
    expected: ['INDETERMINATE', 'crl-stale'],
  },
  {
    it: 'a stale list that names the signer',
    how: {
      lists: [
        list('root'),
        list('issuing', {
          nextUpdateMs: nowMs - 1000,
          revoked: [{ serial: '4711', revokedAtMs: nowMs - dayMs, reason: 1 }],
        }),
      ],
    },
    expected: ['INVALID', 'revoked'],
  },
  {
    it: 'a list signed by another key',
    how: { lists: [list('root'), list('issuing', {}, stranger)] },
    expected: ['INDETERMINATE', 'crl-signature-wrong'],
  },
  {
    it: 'a list of another authority',
    how: { lists: [list('root'), list('root')] },
    expected: ['INDETERMINATE', 'crl-missing'],
  },
  {
    it: 'a list with a critical extension that is not understood',
    how: { lists: [list('root'), list('issuing', { furtherExtensions: [unknownCritical] })] },
    expected: ['INDETERMINATE', 'crl-unsupported'],
  },
  {
    it: 'a delta list alone',
    how: {
      lists: [
        list('root'),
        list('issuing', { furtherExtensions: [{ oid: '2.5.29.27', isCritical: true, value: Uint8Array.of(2, 1, 1) }] }),
      ],
    },
    expected: ['INDETERMINATE', 'crl-unsupported'],
  },
  {
    it: 'an authority that may not sign lists',
    changes: { issuing: { extensions: [extensions.keyUsage(['keyCertSign'])] } },
    expected: ['INDETERMINATE', 'crl-signature-wrong'],
  },
  {
    it: 'a newer list that no longer names a certificate put on hold before',
    how: {
      lists: [
        list('root'),
        list('issuing', {
          thisUpdateMs: nowMs - 2 * dayMs,
          revoked: [{ serial: '4711', revokedAtMs: nowMs - 3 * dayMs, reason: 6 }],
        }),
        list('issuing', { number: 2 }),
      ],
    },
    expected: ['VALID', 'carrier-not-demanded'],
  },
];

describe('the path of a signer', () => {
  test.each(cases)('$it: $expected', ({ changes = {}, how = {}, expected }) => {
    const report = judge(hierarchy(changes), how);
    expect([report.verdict, report.reason]).toEqual(expected);
    expect(report.stages).toHaveLength(9);
  });

  test('a short RSA key never gives VALID', () => {
    const weak = makeKey('rsa-1024');
    const made = hierarchy({ signer: { subjectPublicKeyInfo: weak.subjectPublicKeyInfo } });
    const sound = verifierFor(hierarchy()).verifyCertificate({ certificate: hierarchy().signer, atMs: nowMs });
    expect(sound.verdict).toBe('VALID');
    const report = verifierFor(made).verifyCertificate({ certificate: made.signer, atMs: nowMs });
    expect(report).toMatchObject({ verdict: 'INDETERMINATE', reason: 'certificate-algorithm-weak' });
  });

  test('two roots with one name are told apart by their keys', () => {
    const otherRoot = makeKey('ec-p256');
    const made = hierarchy();
    const twin = writeCertificate(
      {
        serial: '01',
        issuer: [
          ['2.5.4.3', 'ROOT'],
          ['2.5.4.6', 'KZ'],
        ],
        subject: [
          ['2.5.4.3', 'ROOT'],
          ['2.5.4.6', 'KZ'],
        ],
        notBeforeMs: nowMs - dayMs,
        notAfterMs: nowMs + dayMs,
        subjectPublicKeyInfo: otherRoot.subjectPublicKeyInfo,
        extensions: [
          extensions.basicConstraints(true),
          extensions.keyUsage(['keyCertSign']),
          extensions.subjectKey(keyIdentifierOf(otherRoot.subjectPublicKeyInfo)),
        ],
      },
      otherRoot,
    );
    const onlyTwin = judge(made, { trust: { anchors: [certificateOf(twin)] } });
    expect(onlyTwin).toMatchObject({ verdict: 'INDETERMINATE', reason: 'issuer-unknown' });
    const both = judge(made, { trust: { anchors: [certificateOf(twin), certificateOf(made.root)] } });
    expect(both.verdict).toBe('VALID');
  });

  test('a time-of-judgement sweep: the verdict changes exactly at the borders of validity', () => {
    const made = hierarchy();
    const lists = [
      list('root', { nextUpdateMs: nowMs + 90 * dayMs }),
      list('issuing', { nextUpdateMs: nowMs + 90 * dayMs }),
    ];
    const at = (atMs: number): string => judge(made, { atMs, lists }).verdict;
    expect([
      at(nowMs - 30 * dayMs - 1),
      at(nowMs - 30 * dayMs),
      at(nowMs + 30 * dayMs),
      at(nowMs + 30 * dayMs + 1),
    ]).toEqual(['INVALID', 'VALID', 'VALID', 'INVALID']);
  });
});

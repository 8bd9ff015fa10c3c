import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import {
  extensions,
  makeKey,
  writeTimeStampRefusal,
  writeTimeStampResponse,
  type WrittenExtension,
} from '../../dev/ca/index.ts';
import { writeExtension, writeName } from '../../dev/ca/certificate-writer.ts';
import { acceptTimeStampResponse, attachTimeStamp, parseSignedData, parseTimeStampToken } from '../../eds/index.ts';
import {
  contextTag,
  element,
  ia5String,
  integer,
  objectIdentifier,
  oids,
  retagged,
  sequence,
  setOf,
  tagged,
  tags,
} from '../../eds/der/index.ts';
import { hierarchy, list, type Judgement } from './hierarchy.ts';
import { rebuild } from './rebuild.ts';
import {
  besOf,
  judgeStamped,
  stampAuthority,
  stampCertificate,
  stamped,
  stampMs,
  stampOf,
  stampPolicy,
  stampSerial,
  stampTrust,
  underRoot,
  type Stamp,
} from './stamping.ts';
import { certificateOf, content, makeCa, makeSigner, nowMs, signBes, unwrap } from './world.ts';

const made = hierarchy();
const cms = besOf(made);
const stranger = makeKey('ec-p384');
const purpose = (purposes: readonly string[], isCritical: boolean): Stamp => ({
  certificate: stampCertificate({ extensions: [extensions.extendedKeyUsage(purposes, isCritical)] }),
});
const signature = unwrap(parseSignedData(cms)).signers[0]?.signature ?? content;
const digestOf = (name: string, octets: Uint8Array): Uint8Array => createHash(name).update(octets).digest();
const extension = (isCritical: boolean): Uint8Array => {
  const unknown: WrittenExtension = { oid: '1.2.3.4.5', isCritical, value: Uint8Array.of(5, 0) };
  return tagged(1, writeExtension(unknown));
};
const named = (text: string): Uint8Array => tagged(0, tagged(4, writeName([['2.5.4.3', text]])));
const uri = tagged(0, retagged(contextTag(6, 'primitive'), ia5String('http://stamps.example/')));
const revokedAt = (revokedAtMs: number): Judgement => ({
  lists: [list('root'), list('issuing', { revoked: [{ serial: stampSerial, revokedAtMs, reason: 4 }] })],
});

type Case = {
  readonly it: string;
  readonly stamp?: Stamp;
  readonly how?: Judgement;
  readonly expected: readonly [verdict: string, reason: string];
};

const valid = ['VALID', 'time-stamp-verified'] as const;

const cases: readonly Case[] = [
  { it: 'nothing wrong', expected: valid },
  { it: 'its certificate named by SHA-256', stamp: { signingCertificate: 'v2' }, how: {}, expected: valid },
  { it: 'its own name', stamp: { further: { afterNonce: [named('STAMPS')] } }, expected: valid },
  {
    it: 'an unknown condition that is not critical',
    stamp: { further: { afterNonce: [extension(false)] } },
    expected: valid,
  },
  {
    it: 'a nonce and a word on order',
    stamp: { nonce: Uint8Array.of(7), further: { beforeNonce: [Uint8Array.of(1, 1, 0xff)] } },
    expected: valid,
  },
  {
    it: 'an authority that has expired since',
    stamp: { certificate: stampCertificate({ notAfterMs: nowMs - 1000 }) },
    expected: valid,
  },
  { it: 'an authority that will be revoked after the given time', how: revokedAt(nowMs + 1000), expected: valid },
  { it: 'the imprint of other octets', stamp: { over: content }, expected: ['INVALID', 'time-stamp-imprint-differs'] },
  {
    it: 'an imprint by SHA-1',
    stamp: { imprint: { digestOid: oids.sha1, digest: digestOf('sha1', signature) } },
    expected: ['INDETERMINATE', 'time-stamp-algorithm-unaccepted'],
  },
  {
    it: 'an imprint by an unknown digest',
    stamp: { imprint: { digestOid: '1.2.3', digest: digestOf('sha256', content) } },
    expected: ['INDETERMINATE', 'time-stamp-algorithm-unaccepted'],
  },
  {
    it: 'a signature by SHA-1',
    stamp: { digest: 'sha1' },
    expected: ['INDETERMINATE', 'time-stamp-algorithm-unaccepted'],
  },
  { it: 'a signature by another key', stamp: { key: stranger }, expected: ['INVALID', 'time-stamp-wrong'] },
  {
    it: 'a certificate that is not named',
    stamp: { signingCertificate: 'none' },
    expected: ['INDETERMINATE', 'time-stamp-authority-untrusted'],
  },
  {
    it: 'the name of somebody else',
    stamp: { further: { afterNonce: [named('SOMEBODY')] } },
    expected: ['INVALID', 'time-stamp-wrong'],
  },
  {
    it: 'a name of another kind',
    stamp: { further: { afterNonce: [uri] } },
    expected: ['INDETERMINATE', 'time-stamp-unsupported'],
  },
  {
    it: 'an unknown critical condition',
    stamp: { further: { afterNonce: [extension(true)] } },
    expected: ['INDETERMINATE', 'time-stamp-unsupported'],
  },
  {
    it: 'a purpose that is not critical',
    stamp: purpose([oids.timeStamping], false),
    expected: ['INVALID', 'time-stamp-authority-wrong'],
  },
  {
    it: 'a purpose beside others',
    stamp: purpose([oids.timeStamping, oids.emailProtection], true),
    expected: ['INVALID', 'time-stamp-authority-wrong'],
  },
  {
    it: 'another purpose',
    stamp: purpose([oids.emailProtection], true),
    expected: ['INVALID', 'time-stamp-authority-wrong'],
  },
  {
    it: 'no purpose',
    stamp: { certificate: stampCertificate({ without: [oids.extendedKeyUsage] }) },
    expected: ['INVALID', 'time-stamp-authority-wrong'],
  },
  {
    it: 'an encryption key',
    stamp: { certificate: stampCertificate({ extensions: [extensions.keyUsage(['keyEncipherment'])] }) },
    expected: ['INVALID', 'time-stamp-authority-wrong'],
  },
  {
    it: 'the certificate of the signer himself',
    stamp: { certificate: made.signer, key: made.keys.signer, digest: 'sha256' },
    expected: ['INVALID', 'time-stamp-authority-wrong'],
  },
  {
    it: 'a critical extension of its certificate that is not known',
    stamp: {
      certificate: stampCertificate({
        extensions: [{ oid: '1.2.3.4.5', isCritical: true, value: Uint8Array.of(5, 0) }],
      }),
    },
    expected: ['INDETERMINATE', 'time-stamp-authority-untrusted'],
  },
  {
    it: 'a certificate signed by a stranger',
    stamp: { certificate: stampCertificate({ signedBy: stranger, digest: 'sha384' }) },
    expected: ['INVALID', 'time-stamp-authority-wrong'],
  },
  {
    it: 'a policy that is not listed',
    stamp: { policy: '1.2.398.3.3.2.6.5' },
    expected: ['INDETERMINATE', 'time-stamp-policy-unlisted'],
  },
  {
    it: 'an issuer that is not listed',
    how: { trust: { timeStamping: { ...stampTrust, issuers: ['00'] } } },
    expected: ['INDETERMINATE', 'time-stamp-authority-unlisted'],
  },
  {
    it: 'an issuer that is listed',
    how: {
      trust: {
        timeStamping: { ...stampTrust, issuers: [certificateOf(made.issuing).extensions.subjectKeyIdentifier ?? ''] },
      },
    },
    expected: valid,
  },
  {
    it: 'a time after the given one',
    stamp: { genTimeMs: nowMs + 1000 },
    expected: ['INDETERMINATE', 'time-stamp-from-future'],
  },
  {
    it: 'an authority that had expired by then',
    stamp: { certificate: stampCertificate({ notAfterMs: stampMs - 1000 }) },
    expected: ['INDETERMINATE', 'time-stamp-authority-out-of-validity'],
  },
  {
    it: 'an authority not yet in force',
    stamp: { certificate: stampCertificate({ notBeforeMs: stampMs + 1000 }) },
    expected: ['INDETERMINATE', 'time-stamp-authority-out-of-validity'],
  },
  {
    it: 'an authority revoked before',
    how: revokedAt(stampMs - 1000),
    expected: ['INDETERMINATE', 'time-stamp-authority-revoked'],
  },
  {
    it: 'an authority revoked since',
    how: revokedAt(nowMs - 1000),
    expected: ['INDETERMINATE', 'time-stamp-authority-revoked'],
  },
];

const withUnsigned = (oid: string, value: Uint8Array): Uint8Array =>
  rebuild(cms, {
    signer: (parts) => [...parts, element(contextTag(1), sequence(objectIdentifier(oid), setOf(value)))],
  });

describe('a time-stamp', () => {
  test.each(cases)('with $it: $expected', ({ stamp = {}, how = {}, expected }) => {
    const report = judgeStamped(stamped(cms, stamp), made, how);
    const [first] = report.timeStamps;
    expect([first?.verdict, first?.reason]).toEqual(expected);
    expect(report.verdict).toBe(expected[0]);
    expect(report.referenceTimeMs).toBe(report.verdict === 'VALID' ? stampMs : nowMs);
    if (report.verdict !== 'VALID') expect([report.stage, report.reason]).toEqual(['time', expected[1]]);
  });

  test('that is no token is INVALID', () => {
    for (const value of [sequence(), Uint8Array.of(5, 0), cms])
      expect(judgeStamped(withUnsigned(oids.signatureTimeStamp, value), made)).toMatchObject({
        verdict: 'INVALID',
        reason: 'time-stamp-malformed',
        timeStamps: [{ genTimeMs: undefined, policy: undefined, authority: undefined }],
      });
  });

  test('is signed once and over a statement of its own kind, else it is no token', () => {
    const token = stampOf(cms);
    const twice = rebuild(token, {
      body: (parts) => [
        ...parts.slice(0, -1),
        element(tags.set, ...[1, 2].map(() => parts.at(-1)?.subarray(4) ?? token)),
      ],
    });
    const asData = rebuild(token, {
      body: ([, digests, encapsulated, ...rest]) => [
        integer(1),
        digests ?? token,
        sequence(objectIdentifier(oids.data), (encapsulated ?? token).subarray(2 + 13)),
        ...rest,
      ],
    });
    // Both are files that can be read, so it is the token's own reader that refuses them.
    expect([parseSignedData(twice), parseSignedData(asData)]).toMatchObject([
      { value: { signers: [{}, {}] } },
      { value: { contentType: oids.data, content: expect.any(Uint8Array) } },
    ]);
    for (const other of [twice, asData])
      expect(parseTimeStampToken(other)).toMatchObject({ refusal: { code: 'time-stamp-malformed' } });
  });

  test('with a stray certificate beside its own is not trusted', () => {
    const stray = makeSigner(makeCa()).certificate;
    const carrying = (certificate: Uint8Array): Uint8Array => {
      const token = rebuild(stampOf(cms), {
        body: (parts) =>
          parts.map((part) => (part[0] === contextTag(0) ? element(contextTag(0), stampAuthority, certificate) : part)),
      });
      return unwrap(attachTimeStamp(cms, token));
    };
    expect(judgeStamped(carrying(made.issuing), made).verdict).toBe('VALID');
    expect(judgeStamped(carrying(stray), made)).toMatchObject({
      verdict: 'INDETERMINATE',
      reason: 'time-stamp-authority-untrusted',
    });
  });

  test('is taken from the answer to this very request only', () => {
    const imprint = { digestOid: oids.sha384, digest: digestOf('sha384', signature) };
    const request = { imprint, nonce: Uint8Array.of(0, 0x80, 7), policy: stampPolicy };
    const answer = (stamp: Stamp): Uint8Array =>
      writeTimeStampResponse(stampOf(cms, { nonce: Uint8Array.of(0, 0x80, 7), ...stamp }));
    expect(acceptTimeStampResponse(answer({}), request)).toMatchObject({ ok: true });
    for (const stamp of [{ nonce: Uint8Array.of(7) }, { policy: '1.2.3' }, { over: content }])
      expect(acceptTimeStampResponse(answer(stamp), request)).toMatchObject({
        refusal: { code: 'time-stamp-differs' },
      });
    expect(acceptTimeStampResponse(writeTimeStampResponse(stampOf(cms)), request)).toMatchObject({ ok: false });
    expect(acceptTimeStampResponse(writeTimeStampRefusal(14), request)).toMatchObject({
      refusal: { code: 'time-stamp-refused', details: { status: 2, reasons: 'time-not-available' } },
    });
  });

  test('without a value is no attribute', () => {
    const empty = rebuild(cms, {
      signer: (parts) => [
        ...parts,
        element(contextTag(1), sequence(objectIdentifier(oids.signatureTimeStamp), element(tags.set))),
      ],
    });
    expect(judgeStamped(empty, made)).toMatchObject({ verdict: 'INVALID', reason: 'cms-malformed' });
  });

  test('that carries attributes of its own is not understood', () => {
    const token = unwrap(attachTimeStamp(stampOf(cms), stampOf(cms)));
    expect(judgeStamped(unwrap(attachTimeStamp(cms, token)), made)).toMatchObject({
      verdict: 'INDETERMINATE',
      reason: 'time-stamp-unsupported',
    });
  });

  test('without its certificate needs it from the trust or from beside the signature', () => {
    const bare = stamped(cms, { isBare: true });
    const unknown = judgeStamped(bare, made);
    expect(unknown).toMatchObject({ verdict: 'INDETERMINATE', reason: 'time-stamp-authority-untrusted' });
    const known = [certificateOf(made.issuing), certificateOf(stampCertificate())];
    // ECDSA signs anew each time, so the certificate must be the very one that the token names.
    const named_ = stamped(cms, { isBare: true, certificate: known[1]?.der ?? made.signer });
    expect(judgeStamped(named_, made, { trust: { intermediates: known } }).verdict).toBe('VALID');
    const beside = signBes(
      { key: made.keys.signer, certificate: made.signer, serial: '4711' },
      { chain: [known[1]?.der ?? made.signer] },
    );
    const carried = stamped(beside, { isBare: true, certificate: known[1]?.der ?? made.signer });
    expect(judgeStamped(carried, made).verdict).toBe('VALID');
  });

  test('that names another certificate with the same key and number is wrong', () => {
    const twin = stampCertificate({ subject: [['2.5.4.3', 'TWIN']] });
    const trust = { intermediates: [certificateOf(made.issuing), certificateOf(twin)] };
    const report = judgeStamped(stamped(cms, { isBare: true }), made, { trust });
    expect(report).toMatchObject({ verdict: 'INVALID', reason: 'time-stamp-wrong' });
    expect(report.timeStamps[0]?.stages).toContainEqual(
      expect.objectContaining({ reason: 'signing-certificate-differs' }),
    );
  });

  test('needs an answer about its own authority where that is required, and tells where none was had', () => {
    // Under the root, about which no list is at hand; the signer's path ends before.
    const file = stamped(cms, { certificate: underRoot });
    const anchors = [certificateOf(made.issuing), certificateOf(made.root)];
    const judge = (revocation: 'required' | 'if-known'): ReturnType<typeof judgeStamped> =>
      judgeStamped(file, made, {
        lists: [list('issuing')],
        trust: { anchors, timeStamping: { ...stampTrust, revocation } },
      });
    expect(judge('required')).toMatchObject({
      verdict: 'INDETERMINATE',
      reason: 'time-stamp-authority-revocation-unknown',
      timeStamps: [{ isRevocationKnown: false }],
    });
    expect(judge('if-known')).toMatchObject({ verdict: 'VALID', timeStamps: [{ isRevocationKnown: false }] });
    expect(judgeStamped(stamped(cms, {}), made).timeStamps).toMatchObject([{ isRevocationKnown: true }]);
  });

  test('is not the only thing that may be added: any other unsigned attribute is not ignored', () => {
    expect(judgeStamped(withUnsigned('1.2.840.113549.1.9.16.2.24', sequence()), made)).toMatchObject({
      verdict: 'INDETERMINATE',
      reason: 'unsigned-attribute-unsupported',
      stage: 'parse',
    });
  });

  test('counts with the accuracy of its clock, yet never beyond the given time, and to the millisecond', () => {
    const minute = sequence(integer(60), Uint8Array.of(0x80, 1, 5), Uint8Array.of(0x81, 1, 1));
    const exact = judgeStamped(stamped(cms, { further: { beforeNonce: [minute] } }), made);
    expect(exact).toMatchObject({ verdict: 'VALID', referenceTimeMs: stampMs + 60_006 });
    const vague = sequence(integer(2 * 3600));
    expect(judgeStamped(stamped(cms, { further: { beforeNonce: [vague] } }), made)).toMatchObject({
      verdict: 'VALID',
      referenceTimeMs: nowMs,
      timeStamps: [{ genTimeMs: stampMs }],
    });
  });
});

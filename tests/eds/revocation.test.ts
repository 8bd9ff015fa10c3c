import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { extensions, makeKey, type RevocationListContent } from '../../dev/ca/index.ts';
import { publicKeyBits } from '../../eds/ocsp/index.ts';
import { hierarchy, judge, keys, list } from './hierarchy.ts';
import { idOf } from './certificate-id.ts';
import { made, respond, responderCertificate, revocationOf as stage, type Said } from './responder.ts';
import { certificateOf, nowMs } from './world.ts';

const seed = Number(process.env['QORGAN_TEST_SEED'] ?? 20261123);
const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
const stranger = makeKey('ec-p256');
const trust = { ocspAgeMaxMs: 5 * minuteMs };
const unknownCritical = { oid: '1.2.3.4.5', isCritical: true, value: Uint8Array.of(5, 0) };
const serial = '4711';

const said = (change: Said = {}, atMs = nowMs): string => stage({ responses: [respond(made, change)], atMs });
const issuing = (change: Partial<RevocationListContent> = {}): Uint8Array => list('issuing', change);
/** A CertID with one bit of its name's digest changed: AlgorithmIdentifier of 15 octets, then the digest. */
const withOtherName = (id: Uint8Array): Uint8Array => id.map((octet, at) => (at === 2 + 15 + 2 ? octet ^ 1 : octet));
const keyHash = (of: Uint8Array): Uint8Array =>
  createHash('sha1')
    .update(publicKeyBits(certificateOf(of)))
    .digest();
const revokedAt = (revokedAtMs: number, reason = 1) => ({ answer: { status: { revokedAtMs, reason } } });
const at = (producedAtMs: number) => ({ producedAtMs });

describe('an OCSP response', () => {
  const cases: readonly (readonly [it: string, change: Said, reason: string])[] = [
    ['that says good is enough', {}, 'not-revoked'],
    ['under the responder’s key hash', { responder: { keyHash: keyHash(responderCertificate()) } }, 'not-revoked'],
    [
      'of the authority itself, by name',
      {
        responder: {
          name: [
            ['2.5.4.3', 'ISSUING'],
            ['2.5.4.6', 'KZ'],
          ],
        },
        signedBy: keys.issuing,
        certificates: [],
      },
      'not-revoked',
    ],
    [
      'of the authority itself, by key, with its own certificate beside',
      { responder: { keyHash: keyHash(made.issuing) }, signedBy: keys.issuing, certificates: [made.issuing] },
      'not-revoked',
    ],
    ['that names the certificate by SHA-1', { answer: { id: idOf(made.signer, made.issuing, 'sha1') } }, 'not-revoked'],
    ['that says revoked', revokedAt(nowMs - dayMs), 'revoked'],
    ['that says on hold', revokedAt(nowMs - dayMs, 6), 'revoked'],
    ['that says revoked at that very time', revokedAt(nowMs), 'revoked'],
    ['that says revoked later than the time of judgement', revokedAt(nowMs + 1000), 'not-revoked'],
    ['that is stale and says revoked', { ...at(nowMs - dayMs), ...revokedAt(nowMs - 2 * dayMs) }, 'revoked'],
    ['that says unknown', { answer: { status: 'unknown' } }, 'certificate-unknown-to-authority'],
    [
      'that says never issued',
      { answer: { status: { revokedAtMs: 0, reason: 6 } }, hasExtendedRevoke: true },
      'certificate-unknown-to-authority',
    ],
    [
      'that says on hold since 1970 without saying how that is meant',
      { answer: { status: { revokedAtMs: 0, reason: 6 } } },
      'revoked',
    ],
    [
      'of a responder that knows extended-revoke, about a revoked one',
      { ...revokedAt(nowMs - dayMs, 6), hasExtendedRevoke: true },
      'revoked',
    ],
    ['older than the window', at(nowMs - 6 * minuteMs), 'ocsp-stale'],
    ['past its next update', { answer: { nextUpdateMs: nowMs - 1000 } }, 'ocsp-stale'],
    [
      'older than the window and before its next update',
      { answer: { thisUpdateMs: nowMs - dayMs, nextUpdateMs: nowMs + 1000 } },
      'not-revoked',
    ],
    [
      'whose next update lies before its update',
      { ...at(nowMs + 2000), answer: { thisUpdateMs: nowMs + 2000, nextUpdateMs: nowMs + 1000 } },
      'ocsp-stale',
    ],
    ['produced before it knew', { producedAtMs: nowMs - 1000, answer: { thisUpdateMs: nowMs } }, 'ocsp-stale'],
    [
      'produced before it knew that it is revoked',
      { producedAtMs: nowMs - 1000, answer: { thisUpdateMs: nowMs, status: { revokedAtMs: nowMs - dayMs } } },
      'revoked',
    ],
    ['with a critical extension that is not understood', { furtherExtensions: [unknownCritical] }, 'ocsp-unsupported'],
    ['with one beside the answer', { answer: { extensions: [unknownCritical] } }, 'ocsp-unsupported'],
    ['signed by another key', { signedBy: stranger }, 'ocsp-signature-wrong'],
    ['that names another responder', { responder: { name: [['2.5.4.3', 'ANOTHER']] } }, 'ocsp-responder-untrusted'],
    ['that names another key', { responder: { keyHash: new Uint8Array(20) } }, 'ocsp-responder-untrusted'],
    ['without the responder’s certificate', { certificates: [] }, 'ocsp-responder-untrusted'],
    [
      'with a stray certificate beside',
      { certificates: [responderCertificate(), made.signer] },
      'ocsp-responder-untrusted',
    ],
    [
      'that names the issuer otherwise',
      { answer: { id: withOtherName(idOf(made.signer, made.issuing)) } },
      'crl-missing',
    ],
    ['about another certificate of the same number', { answer: { id: idOf(made.signer, made.root) } }, 'crl-missing'],
  ];
  test.each(cases)('%s: %s', (_, change, reason) => {
    expect(said(change)).toBe(reason);
  });

  const delegates: readonly (readonly [it: string, certificate: Uint8Array, reason: string])[] = [
    ['issued by the root', responderCertificate({ signedBy: keys.root }), 'ocsp-responder-untrusted'],
    ['issued by a stranger', responderCertificate({ signedBy: stranger }), 'ocsp-responder-untrusted'],
    [
      'for another purpose',
      responderCertificate({ extensions: [extensions.extendedKeyUsage(['1.3.6.1.5.5.7.3.4'])] }),
      'ocsp-responder-untrusted',
    ],
    ['without a purpose', responderCertificate({ without: ['2.5.29.37'] }), 'ocsp-responder-untrusted'],
    [
      'that may not sign',
      responderCertificate({ extensions: [extensions.keyUsage(['keyEncipherment'])] }),
      'ocsp-responder-untrusted',
    ],
    [
      'with an unknown critical extension',
      responderCertificate({ extensions: [unknownCritical] }),
      'ocsp-responder-untrusted',
    ],
    [
      'expired before the response',
      responderCertificate({ notAfterMs: nowMs - 2 * minuteMs }),
      'ocsp-responder-untrusted',
    ],
    ['expired after the response', responderCertificate({ notAfterMs: nowMs - 30_000 }), 'not-revoked'],
    [
      'under another name of the authority',
      responderCertificate({ issuer: [['2.5.4.3', 'OTHER']] }),
      'ocsp-responder-untrusted',
    ],
    [
      'with neither ocsp-nocheck nor a list',
      responderCertificate({ without: ['1.3.6.1.5.5.7.48.1.5'] }),
      'ocsp-responder-untrusted',
    ],
  ];
  test.each(delegates)('of a delegate %s: %s', (_, certificate, reason) => {
    expect(said({ certificate })).toBe(reason);
  });

  test('of a delegate without ocsp-nocheck is believed where a list clears it, and of any delegate not where a list names it', () => {
    const certificate = responderCertificate({ without: ['1.3.6.1.5.5.7.48.1.5'] });
    const bySomeoneElse = { responses: [respond(made, { certificate, answer: { status: 'unknown' } })] };
    expect(stage({ ...bySomeoneElse, lists: [issuing()] })).toBe('certificate-unknown-to-authority');
    const stale = issuing({ thisUpdateMs: nowMs - 2 * dayMs, nextUpdateMs: nowMs - dayMs });
    expect(stage({ ...bySomeoneElse, lists: [stale] })).toBe('crl-stale');
    const named = issuing({
      revoked: [{ serial: '0c59', revokedAtMs: nowMs + dayMs, reason: 1 }],
      nextUpdateMs: nowMs - 1,
    });
    for (const one of [certificate, responderCertificate()])
      expect(stage({ responses: [respond(made, { certificate: one })], lists: [named] })).toBe('crl-stale');
  });

  test('without a window in the trust speaks only until its own next update', () => {
    const judged = (answer: NonNullable<Said['answer']>) =>
      stage({ trust: {}, responses: [respond(made, { answer })] });
    expect(judged({})).toBe('ocsp-stale');
    expect(judged({ nextUpdateMs: nowMs + 1000 })).toBe('not-revoked');
  });

  test('made after the time of judgement speaks for it while the certificate is in force', () => {
    const later = nowMs + dayMs;
    expect(said(at(later))).toBe('not-revoked');
    expect(said({ ...at(later), ...revokedAt(nowMs - 1), producedAtMs: later })).toBe('revoked');
    const brief = hierarchy({ signer: { notAfterMs: nowMs + minuteMs } });
    const response = respond(brief, { ...at(later) });
    const report = judge(brief, { trust, lists: [list('root')], responses: [response] });
    expect(report).toMatchObject({ verdict: 'INDETERMINATE', reason: 'ocsp-stale' });
  });

  test('honours the date of invalidity only where it is stricter', () => {
    const invalidity = (sinceMs: number) => ({
      oid: '2.5.29.24',
      isCritical: false,
      value: Uint8Array.from([
        0x18,
        15,
        ...Buffer.from(`${new Date(sinceMs).toISOString().replaceAll(/[-:T]/gu, '').slice(0, 14)}Z`),
      ]),
    });
    const withDate = (revokedAtMs: number, sinceMs: number) =>
      said({ answer: { status: { revokedAtMs, reason: 1 }, extensions: [invalidity(sinceMs)] } });
    expect(withDate(nowMs + dayMs, nowMs - dayMs)).toBe('revoked');
    expect(withDate(nowMs - dayMs, nowMs + dayMs)).toBe('revoked');
    expect(withDate(nowMs + dayMs, nowMs + 2 * dayMs)).toBe('not-revoked');
  });

  test('with several answers is asked for the one about this certificate', () => {
    const other = {
      id: idOf(made.issuing, made.root),
      status: { revokedAtMs: 1 },
      thisUpdateMs: nowMs - minuteMs,
    } as const;
    const own = { id: idOf(made.signer, made.issuing), status: 'good', thisUpdateMs: nowMs - minuteMs } as const;
    expect(said({ answers: [other, own] })).toBe('not-revoked');
    expect(said({ answers: [own, { ...own, status: 'unknown' }] })).toBe('certificate-unknown-to-authority');
    expect(said({ answers: [own, { ...own, status: { revokedAtMs: nowMs - dayMs } }] })).toBe('revoked');
  });

  test('shows up in the evidence when it decided, and the list does not', () => {
    const response = respond(made);
    const { evidence } = judge(made, { trust, lists: [list('root'), issuing()], responses: [response] });
    expect(evidence.ocspResponses.map(({ der }) => der)).toEqual([response]);
    expect(evidence.revocationLists.map((one) => one.issuer.attributes[0]?.value)).toEqual(['ROOT']);
  });
});

describe('answers that contradict each other', () => {
  const named = (reason: number) => ({ revoked: [{ serial, revokedAtMs: nowMs - dayMs, reason }] });

  test('one that says revoked beats all others, in every order and however old', () => {
    const good = respond(made);
    const revoked = respond(made, {
      ...at(nowMs - 3 * dayMs),
      ...revokedAt(nowMs - 4 * dayMs),
      producedAtMs: nowMs - 3 * dayMs,
    });
    const oldList = issuing({ ...named(1), thisUpdateMs: nowMs - 2 * dayMs, nextUpdateMs: nowMs - dayMs });
    expect(stage({ responses: [good, revoked], lists: [issuing()] })).toBe('revoked');
    expect(stage({ responses: [revoked, good] })).toBe('revoked');
    expect(stage({ responses: [good], lists: [oldList, issuing()] })).toBe('revoked');
    expect(stage({ responses: [good], lists: [issuing()] })).toBe('not-revoked');
  });

  test('an answer that does not verify accuses nobody', () => {
    expect(stage({ responses: [respond(made, { ...revokedAt(1), signedBy: stranger })], lists: [issuing()] })).toBe(
      'not-revoked',
    );
    expect(stage({ lists: [list('issuing', named(1), stranger), issuing()] })).toBe('not-revoked');
  });

  test('a list cannot outweigh that the authority does not know the certificate; a younger response can', () => {
    const unknown = respond(made, { answer: { status: 'unknown' } });
    const younger = respond(made, { ...at(nowMs - 1000) });
    expect(stage({ responses: [unknown], lists: [issuing({ thisUpdateMs: nowMs })] })).toBe(
      'certificate-unknown-to-authority',
    );
    expect(stage({ responses: [unknown, younger] })).toBe('not-revoked');
    for (const responses of [
      [unknown, respond(made)],
      [respond(made), unknown],
    ])
      expect(stage({ responses })).toBe('certificate-unknown-to-authority');
    expect(
      stage({
        responses: [
          respond(made, { ...at(nowMs - dayMs), answer: { status: 'unknown', thisUpdateMs: nowMs - dayMs } }),
        ],
        lists: [issuing()],
      }),
    ).toBe('not-revoked');
  });

  test('a hold is lifted by a younger answer of that time, and not by one made later', () => {
    const hold = issuing({
      ...named(6),
      thisUpdateMs: nowMs - 2 * dayMs,
      revoked: [{ serial, revokedAtMs: nowMs - 3 * dayMs, reason: 6 }],
    });
    expect(stage({ lists: [hold], responses: [respond(made)] })).toBe('not-revoked');
    expect(stage({ lists: [hold], responses: [respond(made, at(nowMs + minuteMs))] })).toBe('revoked');
    expect(stage({ lists: [hold, issuing({ thisUpdateMs: nowMs - 3 * dayMs })] })).toBe('revoked');
  });

  test('of several reasons for not knowing the most telling is given', () => {
    const stale = respond(made, at(nowMs - dayMs));
    const foreign = respond(made, { signedBy: stranger });
    expect(stage({ responses: [foreign, stale], lists: [list('issuing', {}, stranger)] })).toBe('ocsp-stale');
    expect(stage({ responses: [foreign], lists: [list('issuing', {}, stranger)] })).toBe('ocsp-signature-wrong');
    expect(stage({ responses: [foreign], lists: [issuing({ nextUpdateMs: nowMs - 1 })] })).toBe('crl-stale');
  });
});

describe('whatever is at hand', () => {
  test('who is revoked by a verified answer is never VALID, and nothing is VALID without a fresh good one', () => {
    const fresh = {
      good: respond(made),
      stale: respond(made, at(nowMs - dayMs)),
      unknown: respond(made, { answer: { status: 'unknown' } }),
    };
    const pool = [
      { kind: 'good', response: fresh.good },
      { kind: 'stale', response: fresh.stale },
      { kind: 'unknown', response: fresh.unknown },
      { kind: 'revoked', response: respond(made, revokedAt(nowMs - 1)) },
      {
        kind: 'revoked',
        response: respond(made, {
          ...at(nowMs - dayMs),
          answer: { thisUpdateMs: nowMs - dayMs, status: { revokedAtMs: nowMs - 2 * dayMs } },
        }),
      },
      { kind: 'foreign', response: respond(made, { signedBy: stranger }) },
      { kind: 'good', list: issuing() },
      { kind: 'stale', list: issuing({ nextUpdateMs: nowMs - 1 }) },
      { kind: 'revoked', list: issuing({ revoked: [{ serial, revokedAtMs: nowMs - 1, reason: 4 }] }) },
      { kind: 'foreign', list: list('issuing', {}, stranger) },
      { kind: 'delta', list: issuing({ number: 9, baseNumber: 1 }) },
    ] as const;
    fc.assert(
      fc.property(fc.shuffledSubarray([...pool]), (held) => {
        const reason = stage({
          lists: held.flatMap((one) => ('list' in one ? [one.list] : [])),
          responses: held.flatMap((one) => ('response' in one ? [one.response] : [])),
        });
        const has = (kind: string) => held.some((one) => one.kind === kind);
        if (has('revoked')) return reason === 'revoked';
        if (has('unknown')) return reason === 'certificate-unknown-to-authority';
        // A stale base list and a fresh delta list that completes it are as good as a fresh base list.
        const isJoined =
          has('delta') && held.some((one) => 'list' in one && (one.kind === 'stale' || one.kind === 'good'));
        return (reason === 'not-revoked') === (has('good') || isJoined);
      }),
      { seed, numRuns: 400 },
    );
  });
});

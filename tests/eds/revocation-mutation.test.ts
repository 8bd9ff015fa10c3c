import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { makeKey, type NameParts } from '../../dev/ca/index.ts';
import { parseOcspResponse, parseRevocationList } from '../../eds/index.ts';
import { publicKeyBits } from '../../eds/ocsp/index.ts';
import { createRevocationStore } from '../../eds/verify/index.ts';
import { keys, list, verifierFor } from './hierarchy.ts';
import { made, respond } from './responder.ts';
import { certificateOf, nowMs, storeOf, unwrap } from './world.ts';

/** Printed with every failure; another seed is as good. */
const seed = Number(process.env['QORGAN_TEST_SEED'] ?? 20261123);
const masks = [0x01, 0x80, 0xff];
const rootList = list('root');
const issuingName: NameParts = [
  ['2.5.4.3', 'ISSUING'],
  ['2.5.4.6', 'KZ'],
];

type Kind = 'list' | 'response';
const parse = { list: parseRevocationList, response: parseOcspResponse };

/** The reason of the revocation stage with these octets as the only word about the signer; what cannot be read is no word. */
function reasonWith(kind: Kind, octets: Uint8Array, beside: readonly Uint8Array[] = []): string {
  const read = parse[kind](octets);
  if (!read.ok) return read.refusal.code;
  const store = createRevocationStore({
    lists: [
      unwrap(parseRevocationList(rootList)),
      ...beside.map((one) => unwrap(parseRevocationList(one))),
      ...('find' in read.value ? [read.value] : []),
    ],
    responses: 'answers' in read.value ? [read.value] : [],
  });
  const verifier = verifierFor(made, { trust: { revocation: () => store, ocspAgeMaxMs: 300_000 } });
  const report = verifier.verifyCertificate({ certificate: made.signer, atMs: nowMs });
  return report.stages.find(({ name }) => name === 'revocation')?.reason ?? '';
}

const revoked = [{ serial: '4711', revokedAtMs: nowMs - 1000, reason: 6 }];
const keyHash = createHash('sha1')
  .update(publicKeyBits(certificateOf(made.issuing)))
  .digest();
const fixtures: readonly {
  readonly it: string;
  readonly kind: Kind;
  readonly octets: Uint8Array;
  readonly reason: string;
  readonly beside?: readonly Uint8Array[];
}[] = [
  { it: 'a delegate’s response', kind: 'response', octets: respond(made), reason: 'not-revoked' },
  {
    it: 'the authority’s own response, its certificate beside',
    kind: 'response',
    octets: respond(made, { responder: { keyHash }, signedBy: keys.issuing, certificates: [made.issuing] }),
    reason: 'not-revoked',
  },
  {
    it: 'a response by name that says revoked',
    kind: 'response',
    octets: respond(made, {
      responder: { name: issuingName },
      signedBy: keys.issuing,
      certificates: [],
      answer: { status: { revokedAtMs: nowMs - 1, reason: 1 } },
    }),
    reason: 'revoked',
  },
  {
    it: 'a response that says never issued',
    kind: 'response',
    octets: respond(made, {
      answer: { status: { revokedAtMs: 0, reason: 6 } },
      hasExtendedRevoke: true,
      nonce: Uint8Array.of(1, 2, 3, 4),
    }),
    reason: 'certificate-unknown-to-authority',
  },
  { it: 'a list that clears', kind: 'list', octets: list('issuing'), reason: 'not-revoked' },
  { it: 'a list that names the signer', kind: 'list', octets: list('issuing', { revoked }), reason: 'revoked' },
  {
    it: 'a delta list over a stale base list',
    kind: 'list',
    octets: list('issuing', { number: 3, baseNumber: 1 }),
    beside: [list('issuing', { nextUpdateMs: nowMs - 1 })],
    reason: 'not-revoked',
  },
];

describe('altered answers of an authority', () => {
  test.each(fixtures)(
    'every alteration of one octet of $it never clears anybody',
    ({ kind, octets, reason, beside }) => {
      expect(reasonWith(kind, octets, beside)).toBe(reason);
      const cleared: string[] = [];
      const mutant = Uint8Array.from(octets);
      for (let at = 0; at < octets.length; at += 1) {
        for (const mask of masks) {
          mutant[at] = (octets[at] ?? 0) ^ mask;
          if (reasonWith(kind, mutant, beside) === 'not-revoked') cleared.push(`${at}:${mask}`);
        }
        mutant[at] = octets[at] ?? 0;
      }
      expect(cleared).toEqual([]);
    },
  );

  test('every shortening of a response, and anything after it, is refused', () => {
    const octets = respond(made);
    for (let length = 0; length < octets.length; length += 1)
      expect(parseOcspResponse(octets.subarray(0, length)).ok).toBe(false);
    expect(parseOcspResponse(Uint8Array.from([...octets, 0])).ok).toBe(false);
  });

  test('splices, repetitions and random octets are read or refused, never thrown, and never clear anybody', () => {
    const edits = fc.array(
      fc.record({
        at: fc.double({ min: 0, max: 1, noNaN: true }),
        cut: fc.nat(8),
        put: fc.uint8Array({ maxLength: 8 }),
      }),
      { minLength: 1, maxLength: 4 },
    );
    fc.assert(
      fc.property(fc.nat(fixtures.length - 1), edits, (which, changes) => {
        const { kind, octets, beside } = fixtures[which] ?? {
          kind: 'list' as const,
          octets: new Uint8Array(0),
          beside: [],
        };
        const mutant = [...octets];
        for (const { at, cut, put } of changes) mutant.splice(Math.floor(at * mutant.length), cut, ...put);
        const isSame = mutant.length === octets.length && mutant.every((octet, i) => octet === octets[i]);
        return isSame || reasonWith(kind, Uint8Array.from(mutant), beside) !== 'not-revoked';
      }),
      { seed, numRuns: 3000 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (octets) => !parseOcspResponse(octets).ok),
      { seed, numRuns: 5000 },
    );
  });

  test('an answer under a key that is nobody’s here clears nobody', () => {
    const stranger = makeKey('ec-p256');
    expect(reasonWith('response', respond(made, { signedBy: stranger }))).toBe('ocsp-signature-wrong');
    expect(
      storeOf([list('issuing', {}, stranger)]).listsFor(
        certificateOf(made.issuing).extensions.subjectKeyIdentifier ?? '',
      ),
    ).toHaveLength(1);
    expect(reasonWith('list', list('issuing', {}, stranger))).toBe('crl-signature-wrong');
  });
});

import { describe, expect, test } from 'vitest';
import { createTestCa, makeKey, writeOcspError, writeOcspResponse, type OcspContent } from '../../dev/ca/index.ts';
import { nodeSuite } from '../algorithms/index.ts';
import { enumerated, integer, openDer, responseLimits, sequence, tagged, tags } from '../der/index.ts';
import { parseCertificate, type Certificate } from '../x509/index.ts';
import { createRevocationStore } from '../verify/index.ts';
import { parseOcspResponse, readOcspReply, writeOcspRequest, type OcspQuestion } from './index.ts';

const nowMs = Date.UTC(2026, 10, 23);
const read = (der: Uint8Array): Certificate => {
  const parsed = parseCertificate(der);
  if (!parsed.ok) throw new Error(parsed.refusal.code);
  return parsed.value;
};
const ca = createTestCa({ demo: false, now: () => nowMs, keys: 'ec-p256' });
const key = makeKey('ec-p256');
const holder = { surname: 'A', name: 'B', iin: '900101400013' };
const issue = () => read(ca.issue({ ...key, holder, roles: ['individual'] }).certificate);
const [certificate, other] = [issue(), issue()];
const issuer = read(ca.issuingCertificate);
const nonce = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);

function idIn(question: OcspQuestion): Uint8Array {
  const request = writeOcspRequest(question, nodeSuite);
  if (!request.ok) throw new Error(request.refusal.code);
  const list = openDer(request.value, responseLimits).enter(tags.sequence).enter(tags.sequence).enter(tags.sequence);
  return list.enter(tags.sequence).element();
}

const reply = (change: Partial<OcspContent> = {}): Uint8Array =>
  writeOcspResponse(
    {
      responder: { name: [['2.5.4.3', 'R']] },
      producedAtMs: nowMs,
      answers: [{ id: idIn({ certificate, issuer }), status: 'good', thisUpdateMs: nowMs }],
      ...change,
    },
    key,
  );
const codeOf = (question: OcspQuestion, der: Uint8Array): string => {
  const result = readOcspReply(question, der, nodeSuite);
  return result.ok ? 'ok' : result.refusal.code;
};

describe('a question to a responder', () => {
  test('takes an answer that repeats its nonce, and no other', () => {
    const question = { certificate, issuer, nonce };
    expect(codeOf(question, reply({ nonce }))).toBe('ok');
    expect(codeOf(question, reply())).toBe('ocsp-nonce-differs');
    expect(codeOf(question, reply({ nonce: nonce.subarray(1) }))).toBe('ocsp-nonce-differs');
    expect(codeOf({ certificate, issuer }, reply({ nonce }))).toBe('ok');
  });

  test('takes an answer about its certificate, and no other', () => {
    expect(codeOf({ certificate: other, issuer }, reply())).toBe('ocsp-answer-foreign');
    expect(codeOf({ certificate, issuer: read(ca.rootCertificate) }, reply())).toBe('ocsp-answer-foreign');
  });

  test('cannot be written with a nonce that no responder takes, or by a digest that nobody here knows', () => {
    for (const size of [0, 33])
      expect(writeOcspRequest({ certificate, issuer, nonce: new Uint8Array(size) }, nodeSuite)).toMatchObject({
        refusal: { code: 'ocsp-nonce-malformed' },
      });
    const knowsNothing = { ...nodeSuite, digest: () => undefined };
    expect(writeOcspRequest({ certificate, issuer }, knowsNothing)).toMatchObject({
      refusal: { code: 'digest-unsupported' },
    });
  });
});

describe('a response', () => {
  test.each([
    [1, 'malformed-request'],
    [2, 'internal-error'],
    [3, 'try-later'],
    [5, 'signature-required'],
    [6, 'unauthorized'],
  ])('with status %i is no answer: %s', (status, told) => {
    expect(parseOcspResponse(writeOcspError(status))).toMatchObject({
      refusal: { code: 'ocsp-refused', details: { status: told } },
    });
  });

  test.each([
    ['a status that does not exist', writeOcspError(4)],
    ['success without an answer', writeOcspError(0)],
    ['an error with an answer', sequence(enumerated(3), tagged(0, integer(1)))],
    ['no answers in it', reply({ answers: [] })],
    [
      'more answers than one asks for',
      reply({
        answers: Array.from({ length: 65 }, () => ({
          id: idIn({ certificate, issuer }),
          status: 'good' as const,
          thisUpdateMs: nowMs,
        })),
      }),
    ],
    [
      'a critical extension twice',
      reply({ furtherExtensions: [1, 2].map(() => ({ oid: '1.2.3', isCritical: true, value: nonce })) }),
    ],
    ['more than it may weigh', reply({ certificates: [sequence(new Uint8Array(70_000))] })],
  ])('with %s is malformed', (_, der) => {
    expect(parseOcspResponse(der)).toMatchObject({ refusal: { code: 'ocsp-malformed' } });
  });

  test('that accuses is not crowded out of a store by younger ones that do not', () => {
    const parsed = (der: Uint8Array) => {
      const response = parseOcspResponse(der);
      if (!response.ok) throw new Error(response.refusal.code);
      return response.value;
    };
    const id = idIn({ certificate, issuer });
    const accusing = reply({
      producedAtMs: nowMs - 1,
      answers: [{ id, status: { revokedAtMs: nowMs - 2 }, thisUpdateMs: nowMs - 1 }],
    });
    const store = createRevocationStore({
      responses: [...Array.from({ length: 70 }, () => parsed(reply())), parsed(accusing)],
    });
    const held = store.responsesFor(certificate, issuer);
    expect([held.length, held.filter(({ answers }) => answers[0]?.status === 'revoked').length]).toEqual([16, 1]);
  });
});

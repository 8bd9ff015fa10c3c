import { describe, expect, test } from 'vitest';
import {
  boolean,
  concat,
  contextTag,
  element,
  integer,
  namedBits,
  nullValue,
  objectIdentifier,
  octetString,
  oids,
  sequence,
  tags,
  utf8String,
} from '../der/index.ts';
import { parseTimeStampResponse, parseTimeStampToken, parseTstInfo, writeTimeStampRequest } from './index.ts';

const imprint = { digestOid: oids.sha256, digest: new Uint8Array(32).fill(7) };
const writtenImprint = sequence(sequence(objectIdentifier(oids.sha256), nullValue()), octetString(imprint.digest));
const genTime = (text: string): Uint8Array => element(tags.generalizedTime, new TextEncoder().encode(text));
const info = (...fields: readonly Uint8Array[]): Uint8Array =>
  sequence(integer(1), objectIdentifier('1.2.3'), writtenImprint, integer(5), ...fields);
const timeOf = (text: string): number | undefined => parseTstInfo(info(genTime(text)))?.genTimeMs;

describe('the statement of a time-stamp', () => {
  test('is read whole', () => {
    const accuracy = sequence(integer(1), element(0x80, Uint8Array.of(2)), element(0x81, Uint8Array.of(3)));
    const all = info(genTime('20261123093000Z'), accuracy, boolean(true), integer(255));
    expect(parseTstInfo(all)).toEqual({
      policy: '1.2.3',
      imprint,
      serial: '05',
      genTimeMs: Date.UTC(2026, 10, 23, 9, 30),
      accuracyMs: 1003,
      nonce: '00ff',
      authority: undefined,
      hasUnknownCritical: false,
    });
  });

  test('has its time in UTC with seconds, and a fraction without trailing zeros rounded up to the millisecond', () => {
    const wholeMs = Date.UTC(2026, 10, 23, 9, 30, 15);
    expect(timeOf('20261123093015Z')).toBe(wholeMs);
    expect(timeOf('20261123093015.5Z')).toBe(wholeMs + 500);
    expect(timeOf('20261123093015.123Z')).toBe(wholeMs + 123);
    expect(timeOf('20261123093015.1230001Z')).toBe(wholeMs + 124);
    for (const text of [
      '20261123093015.Z',
      '20261123093015.0Z',
      '20261123093015.50Z',
      '20261123093015,5Z',
      '20261123093015.1234567891Z',
      '202611230930Z',
      '20261123093015',
      '20261123093015+0600',
      '20261323093015Z',
      '261123093015Z',
    ])
      expect(timeOf(text)).toBeUndefined();
    expect(parseTstInfo(info(element(tags.utcTime, new TextEncoder().encode('261123093015Z'))))).toBeUndefined();
  });

  test('of another version, out of order or with anything after it is refused', () => {
    const right = info(genTime('20261123093015Z'));
    expect(parseTstInfo(right)).toBeDefined();
    const other = sequence(
      integer(2),
      objectIdentifier('1.2.3'),
      writtenImprint,
      integer(5),
      genTime('20261123093015Z'),
    );
    expect(parseTstInfo(other)).toBeUndefined();
    expect(parseTstInfo(info(genTime('20261123093015Z'), integer(1), boolean(true)))).toBeUndefined();
    expect(
      parseTstInfo(info(genTime('20261123093015Z'), sequence(element(0x80, Uint8Array.of(3, 232))))),
    ).toBeUndefined();
    expect(parseTstInfo(concat([right, Uint8Array.of(0)]))).toBeUndefined();
    for (let length = 0; length < right.length; length += 1)
      expect(parseTstInfo(right.subarray(0, length))).toBeUndefined();
  });
});

describe('a request', () => {
  test('names imprint, policy and nonce, and asks for the certificate', () => {
    const nonce = Uint8Array.of(0x80, 1, 2, 3, 4, 5, 6, 7);
    expect(writeTimeStampRequest({ imprint, nonce, policy: '1.2.3' })).toEqual(
      sequence(integer(1), writtenImprint, objectIdentifier('1.2.3'), integer(nonce), boolean(true)),
    );
    expect(writeTimeStampRequest({ imprint, nonce })).toEqual(
      sequence(integer(1), writtenImprint, integer(nonce), boolean(true)),
    );
  });
});

describe('a response', () => {
  test('that refuses says why, by its bits', () => {
    const refusal = sequence(sequence(integer(2), sequence(utf8String('no')), namedBits([0, 15, 25])));
    expect(parseTimeStampResponse(refusal)).toEqual({
      ok: true,
      value: { status: 2, failures: ['bad-algorithm', 'unaccepted-policy', 'system-failure'], token: undefined },
    });
  });

  test('that grants without a token, refuses with one, or has an unknown status is malformed', () => {
    const answers = [
      sequence(sequence(integer(0))),
      sequence(sequence(integer(2)), sequence()),
      sequence(sequence(integer(6))),
      concat([sequence(sequence(integer(2))), Uint8Array.of(0)]),
      sequence(),
    ];
    for (const der of answers) expect(parseTimeStampResponse(der)).toMatchObject({ ok: false });
    expect(parseTimeStampResponse(sequence(sequence(integer(1)), sequence())).ok).toBe(true);
  });
});

test('a token is nothing but a signature of one authority over its statement', () => {
  for (const der of [new Uint8Array(0), sequence(), sequence(objectIdentifier(oids.data), element(contextTag(0)))])
    expect(parseTimeStampToken(der)).toMatchObject({ ok: false, refusal: { code: 'time-stamp-malformed' } });
});

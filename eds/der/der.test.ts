import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fromHex } from '../../core/kernel/index.ts';
import {
  bitString,
  boolean,
  certificateLimits,
  decodeOid,
  encodeOid,
  integer,
  namedBits,
  objectIdentifier,
  openDer,
  readBits,
  readBoolean,
  readInteger,
  readOid,
  readSmallInteger,
  readText,
  readTimeMs,
  sequence,
  setOf,
  tags,
  time,
  utf8String,
  type DerReader,
} from './index.ts';

const seed = Number(process.env['QORGAN_TEST_SEED'] ?? 20261123);

function der(hex: string): Uint8Array {
  const octets = fromHex(hex.replaceAll(' ', ''));
  if (!octets.ok) throw new Error('the test has malformed hexadecimal');
  return octets.value;
}

function faultOf(octets: Uint8Array, read: (reader: DerReader) => unknown): string | undefined {
  const reader = openDer(octets, certificateLimits);
  read(reader);
  reader.finish();
  return reader.fault;
}

describe('the reader', () => {
  test.each([
    ['nothing at all', '', 'der-truncated'],
    ['a lone identifier', '30', 'der-truncated'],
    ['a content that ends early', '3003 0101', 'der-truncated'],
    ['an inner element longer than the outer', '3003 020500', 'der-truncated'],
    ['an indefinite length', '3080 0000', 'der-length-indefinite'],
    ['a long form that could be short', '308101 00', 'der-length-not-minimal'],
    ['a long form with a leading zero', '30820080 00', 'der-length-not-minimal'],
    ['a length of five octets', '30850000000001', 'der-too-large'],
    ['a tag number in further octets', '1f8101 00', 'der-tag-unsupported'],
    ['an end-of-contents', '0000', 'der-tag-unsupported'],
    ['octets after the end', '3000 00', 'der-trailing-bytes'],
  ])('refuses %s', (_, hex, fault) => {
    expect(faultOf(der(hex), (reader) => reader.enter(tags.sequence).skip())).toBe(
      fault === 'der-trailing-bytes' ? 'der-truncated' : fault,
    );
    if (fault === 'der-trailing-bytes') expect(faultOf(der(hex), (reader) => reader.skip())).toBe(fault);
  });

  test('keeps the first fault and gives nothing after it', () => {
    const reader = openDer(der('3003020100'), certificateLimits);
    const inner = reader.enter(tags.set);
    expect([
      reader.fault,
      inner.hasMore,
      inner.peek(),
      inner.content(tags.integer).length,
      reader.element().length,
    ]).toEqual(['der-tag-unexpected', false, -1, 0, 0]);
  });

  test('stops at the limits of depth, elements and size', () => {
    let nested = sequence();
    for (let i = 0; i < 20; i += 1) nested = sequence(nested);
    const dive = (reader: DerReader): void => {
      if (reader.hasMore) dive(reader.enter(tags.sequence));
    };
    expect(faultOf(nested, dive)).toBe('der-too-deep');
    const reader = openDer(sequence(...Array.from({ length: 9 }, () => boolean(true))), {
      ...certificateLimits,
      elementsMax: 9,
    });
    const all = reader.enter(tags.sequence);
    while (all.hasMore) all.skip();
    expect(reader.fault).toBe('der-too-many-elements');
    expect(openDer(new Uint8Array(11), { ...certificateLimits, sizeMaxBytes: 10 }).fault).toBe('der-too-large');
  });

  test.each([
    ['an empty INTEGER', '0200', readInteger],
    ['an INTEGER with a needless zero', '0202007f', readInteger],
    ['an INTEGER with needless ones', '0202ff80', readInteger],
    ['a BOOLEAN that is neither 00 nor ff', '010101', readBoolean],
    ['a BIT STRING with bits set beyond its end', '03020701ff', readBits],
    ['a BIT STRING with eight unused bits', '03020800', readBits],
    ['an OID that ends in the middle of an arc', '06022a86', readOid],
    ['an OID with a padded arc', '06032a8001', readOid],
    ['malformed UTF-8', '0c02c328', readText],
    ['a time without seconds', '170b323631313233303933305a', readTimeMs],
    ['a time with a zone', '1711323631313233303933303030 2b30303030', readTimeMs],
    ['the thirtieth of February', '170d3236303233303030303030305a', readTimeMs],
    ['a negative small number', '0201ff', readSmallInteger],
  ])('refuses %s', (_, hex, read) => {
    expect(faultOf(der(hex), read)).toBeDefined();
  });

  test('reads times at the borders of the two forms', () => {
    for (const timeMs of [
      Date.UTC(1950, 0, 1),
      Date.UTC(2049, 11, 31, 23, 59, 59),
      Date.UTC(2050, 0, 1),
      Date.UTC(2024, 1, 29),
    ]) {
      expect(readTimeMs(openDer(time(timeMs), certificateLimits))).toBe(timeMs);
    }
    expect(time(Date.UTC(2049, 11, 31))[0]).toBe(tags.utcTime);
    expect(time(Date.UTC(2050, 0, 1))[0]).toBe(tags.generalizedTime);
  });
});

describe('the writer and the reader', () => {
  test('agree on object identifiers, arcs of 128 bits included', () => {
    const arcs = fc.tuple(fc.nat(39), fc.array(fc.bigInt({ min: 0n, max: (1n << 128n) - 1n }), { maxLength: 2 }));
    fc.assert(
      fc.property(fc.constantFrom(0, 1, 2), arcs, (first, [second, rest]) => {
        const text = [first, second, ...rest].join('.');
        return (
          decodeOid(encodeOid(text)) === text && readOid(openDer(objectIdentifier(text), certificateLimits)) === text
        );
      }),
      { seed },
    );
    expect(decodeOid(encodeOid('2.25.218162534375684018512403234353362700272'))).toBe(
      '2.25.218162534375684018512403234353362700272',
    );
    expect(decodeOid(encodeOid('2.999.1'))).toBe('2.999.1');
  });

  test('agree on numbers, texts and bits', () => {
    fc.assert(
      fc.property(
        fc.nat(),
        fc.string({ unit: 'grapheme' }),
        fc.uniqueArray(fc.nat(8), { maxLength: 9 }),
        (number, text, bits) => {
          const reader = openDer(sequence(integer(number), utf8String(text), namedBits(bits)), certificateLimits);
          const all = reader.enter(tags.sequence);
          const back = [readSmallInteger(all), readText(all)];
          const { octets } = readBits(all);
          const set = [0, 1, 2, 3, 4, 5, 6, 7, 8].filter(
            (bit) => ((octets[bit >> 3] ?? 0) & (0x80 >> (bit & 7))) !== 0,
          );
          all.finish();
          return (
            reader.fault === undefined &&
            back[0] === number &&
            back[1] === text &&
            set.join() === bits.toSorted((a, b) => a - b).join()
          );
        },
      ),
      { seed },
    );
  });

  test('put the elements of a SET OF in DER order', () => {
    expect(setOf(integer(300), integer(2), integer(1))).toEqual(der('310a 020101 020102 0202012c'));
  });

  test('write lengths in the shortest form', () => {
    expect(bitString(new Uint8Array(126)).subarray(0, 2)).toEqual(der('037f'));
    expect(bitString(new Uint8Array(127)).subarray(0, 3)).toEqual(der('038180'));
    expect(bitString(new Uint8Array(255)).subarray(0, 4)).toEqual(der('03820100'));
  });
});

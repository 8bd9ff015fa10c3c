import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fromHex, toHex } from '../../core/kernel/index.ts';
import { certificateLimits, concat, element, integer, octetString, openBer, readOctetsInParts, tags } from './index.ts';

const seed = Number(process.env['QORGAN_TEST_SEED'] ?? 20261125);

function ber(hex: string): Uint8Array {
  const octets = fromHex(hex.replaceAll(' ', ''));
  if (!octets.ok) throw new Error('the test has malformed hexadecimal');
  return octets.value;
}

/** What the reader makes of the octets: the DER that it reads, or its fault. */
function derOf(octets: Uint8Array, limits = certificateLimits): string {
  const reader = openBer(octets, limits);
  const whole = reader.element();
  reader.finish();
  return reader.fault ?? toHex(whole);
}

describe('the BER reader', () => {
  test.each([
    ['an indefinite length', '3080 020101 0000', '3003020101'],
    ['indefinite lengths within each other', '3080 3080 020101 0000 0000', '30053003020101'],
    ['an indefinite length within a definite one', '3007 3080 020101 0000', '30053003020101'],
    ['a definite length within an indefinite one', '3080 3003 020101 0000', '30053003020101'],
    ['a length longer than it needs to be', '308400000003 020101', '3003020101'],
    ['a long form that could be short', '308104 02810101', '3003020101'],
    ['nothing in an indefinite length', '3080 0000', '3000'],
  ])('reads %s as DER', (_, hex, expected) => {
    expect(derOf(ber(hex))).toBe(expected);
  });

  test.each([
    ['an indefinite length without its end', '3080 020101', 'der-truncated'],
    ['half an end', '3080 020101 00', 'der-truncated'],
    ['an end where nothing is open', '3004 0201 0000', 'der-truncated'],
    ['an end inside a definite length', '3005 020101 0000', 'der-tag-unsupported'],
    ['an end alone', '0000', 'der-tag-unsupported'],
    ['an indefinite length of a primitive', '0480 0401 61 0000', 'der-length-indefinite'],
    ['octets after the end', '3080 0000 00', 'der-truncated'],
    ['two elements where one is read', '3080 0000 0500', 'der-trailing-bytes'],
    ['a length of five octets', '308500000000 03 020101', 'der-too-large'],
    ['a content that ends early', '3010 020101', 'der-truncated'],
    ['an end that lies beyond its container', '3002 3080 0000', 'der-truncated'],
    ['a high tag number', '3f8101 00', 'der-tag-unsupported'],
  ])('refuses %s', (_, hex, fault) => {
    expect(derOf(ber(hex))).toBe(fault);
  });

  test('stops at the limits of size, depth and elements', () => {
    const nested = ber('3080'.repeat(20) + '0000'.repeat(20));
    expect(derOf(nested)).toBe('der-too-deep');
    expect(derOf(nested, { ...certificateLimits, depthMax: 20 })).toMatch(/^3026/u);
    expect(derOf(ber(`3080 ${'0500'.repeat(9)} 0000`), { ...certificateLimits, elementsMax: 9 })).toBe(
      'der-too-many-elements',
    );
    expect(derOf(new Uint8Array(11), { ...certificateLimits, sizeMaxBytes: 10 })).toBe('der-too-large');
    // A hundred thousand openings cost no stack.
    expect(derOf(new Uint8Array(60_000).map((_, i) => (i % 2 === 0 ? 0x30 : 0x80)))).toBe('der-too-deep');
  });

  test('joins a string of parts, also parts of parts and under a tag of its own', () => {
    const join = (hex: string, tag?: number): string => {
      const reader = openBer(ber(hex), certificateLimits);
      const octets = readOctetsInParts(reader, tag);
      reader.finish();
      return reader.fault ?? toHex(octets);
    };
    expect(join('0403 616263')).toBe('616263');
    expect(join('2480 0401 61 2480 0402 6263 0000 0400 0000')).toBe('616263');
    expect(join('a080 0402 6162 0401 63 0000', 0x80)).toBe('616263');
    expect(join('8003 616263', 0x80)).toBe('616263');
    expect(join('2403 020101')).toBe('der-tag-unexpected');
  });

  test('reads every spelling of a structure as the same DER', () => {
    type Tree = { readonly octets: Uint8Array } | readonly Tree[];
    const { tree } = fc.letrec<{ tree: Tree; leaf: Tree; list: Tree }>((tie) => ({
      tree: fc.oneof({ maxDepth: 5 }, tie('leaf'), tie('list')),
      leaf: fc.oneof(
        fc.uint8Array({ maxLength: 200 }).map((octets) => ({ octets: octetString(octets) })),
        fc.nat().map((number) => ({ octets: integer(number) })),
      ),
      list: fc.array(tie('tree'), { maxLength: 4 }),
    }));
    const isLeaf = (one: Tree): one is { readonly octets: Uint8Array } => !Array.isArray(one);
    const der = (one: Tree): Uint8Array => (isLeaf(one) ? one.octets : element(tags.sequence, ...one.map(der)));
    const loose = (one: Tree): Uint8Array =>
      isLeaf(one) ? one.octets : concat([ber('3080'), ...one.map(loose), ber('0000')]);
    fc.assert(
      fc.property(tree, (one) => derOf(loose(one)) === toHex(der(one)) && derOf(der(one)) === toHex(der(one))),
      { seed, numRuns: 500 },
    );
  });

  test('answers to random octets without an exception', () => {
    const octets = fc.array(fc.constantFrom(0, 0x30, 0x80, 0x24, 4, 1, 0x82, 0xa0), { maxLength: 200 });
    fc.assert(
      fc.property(octets, (some) => typeof derOf(Uint8Array.from(some)) === 'string'),
      { seed, numRuns: 5000 },
    );
  });
});

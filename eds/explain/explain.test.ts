import { randomInt } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { describe, expect, test } from 'vitest';
import { element, objectIdentifier, octetString, sequence, setOf, tags, utf8String } from '../der/index.ts';
import { explain, explanationLinesMax } from './explain.ts';
import { neutralised } from './text.ts';
import { treeLines, type ElementLine } from './tree.ts';

const elementsOf = (bytes: Uint8Array): readonly ElementLine[] =>
  explain(bytes).lines.filter((line) => line.kind === 'element');

/** Numbers of a small generator, so that a seed repeats a run. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) >>> 0;
    return (state ^ (state >>> 13)) >>> 0;
  };
}

describe('the elements of an explanation', () => {
  test('stand with offset, header, length, type and value', () => {
    const bytes = sequence(objectIdentifier('1.2.398.3.3.5.1.1'), utf8String('Әлім'));
    expect(explain(bytes)).toEqual({
      form: 'elements',
      isCut: false,
      lines: [
        { kind: 'element', depth: 0, offset: 0, headerBytes: 2, contentBytes: 20, type: 'SEQUENCE', value: undefined },
        {
          kind: 'element',
          depth: 1,
          offset: 2,
          headerBytes: 2,
          contentBytes: 8,
          type: 'OBJECT IDENTIFIER',
          value: '1.2.398.3.3.5.1.1 kz-key-carrier-pkcs12',
        },
        { kind: 'element', depth: 1, offset: 12, headerBytes: 2, contentBytes: 8, type: 'UTF8String', value: 'Әлім' },
      ],
    });
  });

  test('are followed into strings that wrap elements, and only into those', () => {
    const wrapped = octetString(sequence(objectIdentifier('2.5.29.15')));
    const bare = octetString(Uint8Array.of(0x30, 0x05, 0x06, 0x03));
    expect(elementsOf(wrapped).map(({ type }) => type)).toEqual(['OCTET STRING', 'SEQUENCE', 'OBJECT IDENTIFIER']);
    expect(elementsOf(bare).map(({ value }) => value)).toEqual(['30050603']);
  });

  test('may have an indefinite length, several octets of tag and parts of a register that have no name', () => {
    const indefinite = Uint8Array.of(0x30, 0x80, 0x02, 0x01, 0x05, 0x00, 0x00);
    expect(elementsOf(indefinite)).toMatchObject([{ contentBytes: undefined }, { type: 'INTEGER', value: '5' }]);
    expect(elementsOf(Uint8Array.of(0x5f, 0x81, 0x01, 0x01, 0x07))).toMatchObject([{ type: '[APPLICATION 129]' }]);
    const member = objectIdentifier('1.2.398.3.3.4.1.2.6.999');
    expect(elementsOf(member)[0]?.value).toBe('1.2.398.3.3.4.1.2.6.999 kz-nca-role-information-system.999');
  });

  test('show negative numbers, bits and times that no calendar has as they are', () => {
    const values = [
      element(tags.integer, Uint8Array.of(0xff)),
      element(tags.integer, Uint8Array.of(1, 2, 3, 4, 5, 6, 7)),
      element(tags.bitString, Uint8Array.of(3, 0xc8)),
      element(tags.utcTime, new TextEncoder().encode('260230000000Z')),
      element(tags.boolean, Uint8Array.of(0)),
    ];
    const said = elementsOf(sequence(...values)).slice(1);
    expect(said.map(({ value }) => value)).toEqual(['-1', '01020304050607', 'c8 (-3)', '260230000000Z', 'FALSE']);
  });

  test('end at what is no element, which is told with its place', () => {
    const cut = sequence(utf8String('whole')).subarray(0, 6);
    expect(explain(cut)).toMatchObject({
      form: 'octets',
      lines: [{ kind: 'fault', offset: 0, fault: 'not-an-element' }],
    });
    const inner = element(tags.sequence, Uint8Array.of(0x04, 0x05, 0x00));
    expect(explain(inner).lines[1]).toMatchObject({ kind: 'fault', offset: 2, fault: 'not-an-element' });
    expect(explain(new Uint8Array(0))).toEqual({ form: 'octets', lines: [], isCut: false });
  });
});

describe('an explanation', () => {
  test('is safe for a terminal whatever a file is called inside', () => {
    const name = 'a\u001B[31mb\u202Ec\u0007\u009Bd\u200Be\u2028f\uFEFFg\\u{1b}\uD800';
    const shown = neutralised(name);
    expect(shown).toBe(String.raw`a\u{1b}[31mb\u{202e}c\u{7}\u{9b}d\u{200b}e\u{2028}f\u{feff}g\u{5c}u{1b}\u{d800}`);
    const hostile = sequence(
      utf8String('a\u001B]0;x\u0007\u202Eb'),
      element(tags.ia5String, Uint8Array.of(0x1b, 0x5b)),
    );
    const context = element(0x86, Uint8Array.of(0x1b, 0x5b, 0x41, 0x41, 0x41));
    for (const bytes of [hostile, context]) {
      const texts = elementsOf(bytes).map(({ value }) => value ?? '');
      expect(texts.join('')).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
    }
    expect(elementsOf(hostile)[1]?.value).toBe(String.raw`a\u{1b}]0;x\u{7}\u{202e}b`);
  });

  test('cuts a long text and long octets', () => {
    const [text, octets] = elementsOf(
      sequence(utf8String('ж'.repeat(5_000)), octetString(new Uint8Array(5_000))),
    ).slice(1);
    expect(text?.value).toBe(`${'ж'.repeat(200)}…`);
    expect(octets?.value).toBe(`${'0'.repeat(128)}…`);
  });

  test('has a bounded number of lines, and says that it is cut', () => {
    const many = sequence(...Array.from({ length: explanationLinesMax + 1 }, () => Uint8Array.of(0x05, 0x00)));
    const explanation = explain(many);
    expect(explanation.lines).toHaveLength(explanationLinesMax);
    expect(explanation.isCut).toBe(true);
    expect(treeLines(many, 10)).toHaveLength(10);
    const fitting = sequence(...Array.from({ length: explanationLinesMax - 1 }, () => Uint8Array.of(0x05, 0x00)));
    expect(explain(fitting)).toMatchObject({ isCut: false, lines: { length: explanationLinesMax } });
  });

  test('follows nesting to a bound, of strings wrapped in strings too', () => {
    const deep = (wrap: (inner: Uint8Array) => Uint8Array): Uint8Array => {
      let bytes: Uint8Array = Uint8Array.of(0x05, 0x00);
      for (let i = 0; i < 5_000; i += 1) bytes = wrap(bytes);
      return bytes;
    };
    expect(explain(deep(sequence)).lines.at(-1)).toMatchObject({ kind: 'fault', fault: 'too-deep' });
    const before = performance.now();
    expect(explain(deep(octetString)).lines.length).toBeGreaterThan(0);
    expect(performance.now() - before).toBeLessThan(1_000);
  });

  test('enters no wrapping that is too large to be looked at', () => {
    const nulls = (count: number): Uint8Array =>
      Uint8Array.from({ length: count * 2 }, (_, i) => (i % 2 === 0 ? 5 : 0));
    expect(elementsOf(octetString(sequence(nulls(1_000))))).toHaveLength(1_002);
    expect(elementsOf(octetString(sequence(nulls(3_000_000))))).toHaveLength(1);
  });

  test('never throws and never says more than its bound, on octets at random and on damaged structures', () => {
    const seed = randomInt(2 ** 31);
    const next = generator(seed);
    const whole = sequence(
      setOf(objectIdentifier('1.2.840.113549.1.7.2'), octetString(sequence(utf8String('x')))),
      element(0xa0, sequence(octetString(new Uint8Array(40)))),
    );
    for (let run = 0; run < 20_000; run += 1) {
      const isDamage = run % 2 === 0;
      const bytes = isDamage ? Uint8Array.from(whole) : Uint8Array.from({ length: next() % 300 }, () => next() & 0xff);
      for (let i = 0; isDamage && i < 3; i += 1) bytes[next() % bytes.length] = next() & 0xff;
      const { lines } = explain(bytes);
      expect(lines.length, `seed ${seed}`).toBeLessThanOrEqual(explanationLinesMax);
      const texts = lines.map((line) => (line.kind === 'fault' ? '' : (line.value ?? ''))).join('');
      expect(texts, `seed ${seed}`).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
    }
  });
});

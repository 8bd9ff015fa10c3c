import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seeded } from '../../tests/support/index.ts';
import { canonicalize, depthMax, parseCanonical, type Json } from './index.ts';

const sizeMax = 100_000;
const codeOf = (text: string, limit = sizeMax): string => {
  const parsed = parseCanonical(text, limit);
  return parsed.ok ? 'ok' : parsed.refusal.code;
};

/** Values that we sign: safe integers, well-formed text, lists, objects. */
const { value: anyJson } = fc.letrec<{ value: Json; list: Json[]; object: Record<string, Json> }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constant(null),
    fc.boolean(),
    fc.maxSafeInteger().map((number) => (number === 0 ? 0 : number)),
    fc.string({ unit: 'grapheme' }),
    tie('list'),
    tie('object'),
  ),
  list: fc.array(tie('value'), { maxLength: 5 }),
  object: fc.dictionary(
    fc.string({ unit: 'binary', maxLength: 8 }).filter((name) => name !== '__proto__'),
    tie('value'),
    { maxKeys: 6, noNullPrototype: true },
  ),
}));

describe('the canonical encoder', () => {
  it('sorts members by UTF-16 code units, as in the example of RFC 8785 §3.2.3', () => {
    const value = {
      '\u20ac': 'Euro Sign',
      '\r': 'Carriage Return',
      '\ufb33': 'Hebrew Letter Dalet With Dagesh',
      '1': 'One',
      '\ud83d\ude00': 'Emoji: Grinning Face',
      '\u0080': 'Control',
      '\u00f6': 'Latin Small Letter O With Diaeresis',
    };
    const order = [...canonicalize(value).matchAll(/:"([^"]+)"/gu)].map((match) => match[1]);
    expect(order).toEqual([
      'Carriage Return',
      'One',
      'Control',
      'Latin Small Letter O With Diaeresis',
      'Euro Sign',
      'Emoji: Grinning Face',
      'Hebrew Letter Dalet With Dagesh',
    ]);
  });

  it('escapes text as in the example of RFC 8785 §3.2.2', () => {
    expect(
      canonicalize({ string: '\u20ac$\u000F\u000aA\'\u0042\u0022\u005c\\"/', literals: [null, true, false] }),
    ).toBe('{"literals":[null,true,false],"string":"\u20ac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}');
    expect(canonicalize('\b\t\n\f\r\u0000\u001f\u007f\u2028')).toBe('"\\b\\t\\n\\f\\r\\u0000\\u001f\u007f\u2028"');
  });

  it('writes integers plainly, minus zero as zero, and has no other numbers', () => {
    expect(canonicalize([0, -0, -1, 9_007_199_254_740_991, -9_007_199_254_740_991, 1e15])).toBe(
      '[0,0,-1,9007199254740991,-9007199254740991,1000000000000000]',
    );
    for (const number of [0.1, 9_007_199_254_740_992, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => canonicalize([number])).toThrow('safe integers');
    }
  });

  it('takes lone surrogates, absent members and bottomless values for bugs', () => {
    expect(() => canonicalize('\ud800')).toThrow('well-formed');
    expect(() => canonicalize({ '\udc00': 1 })).toThrow('well-formed');
    expect(() => canonicalize({ a: undefined } as unknown as Json)).toThrow('members have values');
    let deep: Json = 0;
    for (let i = 0; i <= depthMax; i += 1) deep = [deep];
    expect(() => canonicalize(deep)).toThrow('too deeply');
  });

  it('gives back what it wrote, for any value', () => {
    fc.assert(
      fc.property(anyJson, (value) => {
        const text = canonicalize(value);
        const parsed = parseCanonical(text, text.length);
        expect(parsed.ok && parsed.value).toEqual(value);
        expect(parsed.ok && canonicalize(parsed.value)).toBe(text);
      }),
      seeded('write and parse', 1_000),
    );
  });

  it('writes one text whatever the order of the members', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.integer(), { noNullPrototype: true }), (value) => {
        expect(canonicalize(Object.fromEntries(Object.entries(value).toReversed()))).toBe(canonicalize(value));
      }),
      seeded('member order', 300),
    );
  });
});

describe('the canonical reader', () => {
  it.each([
    ['a space', '{"a": 1}'],
    ['a line feed at the end', '{"a":1}\n'],
    ['members out of order', '{"b":1,"a":2}'],
    ['a name twice', '{"a":1,"a":1}'],
    ['a float', '[1.5]'],
    ['an integer with a fraction', '[1.0]'],
    ['an exponent', '[1e3]'],
    ['minus zero', '[-0]'],
    ['an integer beyond 2^53', '[9007199254740993]'],
    ['an escape that is not needed', '["\\u0041"]'],
    ['an escaped slash', '["\\/"]'],
    ['an upper-case escape', '["\\u000F"]'],
    ['a lone surrogate', '["\\ud800"]'],
    ['a byte order mark', '\uFEFF{}'],
    ['a comment', '{}//'],
    ['two values', '{}{}'],
    ['nothing', ''],
    ['a bracket that is not closed', '['],
  ])('refuses %s', (_what, text) => {
    expect(codeOf(text)).toBe('text-not-canonical');
  });

  it('reads a member named like the prototype as a plain member', () => {
    const parsed = parseCanonical('{"__proto__":{"a":1}}', sizeMax);
    const value = parsed.ok ? parsed.value : null;
    expect(Object.keys(value ?? {})).toEqual(['__proto__']);
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
  });

  it('refuses any other spelling of a value', () => {
    fc.assert(
      fc.property(anyJson, fc.nat(), fc.constantFrom(' ', '\n', '\t'), (value, at, space) => {
        const text = canonicalize(value);
        const place = at % (text.length + 1);
        const other = text.slice(0, place) + space + text.slice(place);
        const parsed = parseCanonical(other, sizeMax);
        // A space inside a text is another value, and then it must be read as exactly that.
        if (parsed.ok) expect(canonicalize(parsed.value)).toBe(other);
      }),
      seeded('other spellings', 1_000),
    );
  });

  it('refuses what is nested too deeply before anything is built', () => {
    expect(codeOf('['.repeat(depthMax) + ']'.repeat(depthMax))).toBe('ok');
    expect(codeOf('['.repeat(depthMax + 1) + ']'.repeat(depthMax + 1))).toBe('text-too-deep');
    expect(codeOf('['.repeat(50_000))).toBe('text-too-deep');
    expect(codeOf(`["${'['.repeat(1_000)}\\"${'{'.repeat(1_000)}"]`)).toBe('ok');
  });

  it('refuses what is too large before it looks inside', () => {
    expect(codeOf('"12345678"', 10)).toBe('ok');
    expect(codeOf('"123456789"', 10)).toBe('text-too-large');
  });

  it('never throws, whatever it is given', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.json().map((text) => text.slice(1)),
        ),
        (text) => {
          const parsed = parseCanonical(text, sizeMax);
          if (parsed.ok) expect(canonicalize(parsed.value)).toBe(text);
        },
      ),
      seeded('any text', 1_000),
    );
  });
});

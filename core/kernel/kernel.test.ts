import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seeded } from '../../tests/support/index.ts';
import {
  assert,
  controlDigit,
  equalBytes,
  fromBase64,
  fromHex,
  InvariantError,
  never,
  parseBin,
  parseIin,
  Secret,
  toBase64,
  toHex,
} from './index.ts';

const bytes = fc.uint8Array({ maxLength: 200 });

describe('hexadecimal and base64', () => {
  it('are those of the platform, both ways, for any bytes', () => {
    fc.assert(
      fc.property(bytes, (given) => {
        const plain = Buffer.from(given);
        expect(toHex(given)).toBe(plain.toString('hex'));
        expect(toBase64(given)).toBe(plain.toString('base64'));
        expect(fromHex(toHex(given))).toEqual({ ok: true, value: new Uint8Array(given) });
        expect(fromBase64(toBase64(given))).toEqual({ ok: true, value: new Uint8Array(given) });
      }),
      seeded('bytes and texts', 500),
    );
  });

  it('read one text of one byte string only', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('A', 'Q', 'g', 'w', '+', '/', '=', '\n', ' ', '-', '_', 'a') }),
        (text) => {
          const read = fromBase64(text);
          if (read.ok) expect(toBase64(read.value)).toBe(text);
        },
      ),
      seeded('base64 texts', 1_000),
    );
  });

  it.each(['A', 'AB', 'ABC', 'AB=', 'AB==C', 'AR==', 'AAF=', 'AA AA', 'AA\n', '_-8=', '===='])(
    'refuse %j as base64',
    (text) => {
      expect(fromBase64(text).ok).toBe(false);
    },
  );

  it.each(['a', 'AB', '0x', 'zz', ' 00', '00\n'])('refuse %j as hexadecimal', (text) => {
    expect(fromHex(text).ok).toBe(false);
  });

  it('compare by content and length', () => {
    expect(equalBytes(Uint8Array.of(1, 2), Uint8Array.of(1, 2))).toBe(true);
    expect(equalBytes(Uint8Array.of(1, 2), Uint8Array.of(1, 3))).toBe(false);
    expect(equalBytes(Uint8Array.of(1, 2), Uint8Array.of(1, 2, 0))).toBe(false);
    expect(equalBytes(new Uint8Array(), new Uint8Array())).toBe(true);
  });
});

describe('identification numbers', () => {
  it('have a control digit by the national rule', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[0-9]{11}$/u), (eleven) => {
        expect(controlDigit(eleven)).toBe(hand(eleven));
      }),
      seeded('control digits', 500),
    );
  });

  it('accept the right last digit and no other', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[0-9]{11}$/u), fc.integer({ min: 0, max: 9 }), (eleven, digit) => {
        const isRight = controlDigit(eleven) === digit;
        expect(parseIin(`${eleven}${digit}`).ok).toBe(isRight);
        expect(parseBin(`${eleven}${digit}`).ok).toBe(isRight);
      }),
      seeded('numbers', 500),
    );
  });

  it.each(['', '85010135041', '8501013504111', '85010135041a', ' 850101350411', '٨٥٠١٠١٣٥٠٤١١'])(
    'refuse %j',
    (text) => {
      expect(parseIin(text).ok).toBe(false);
      expect(parseBin(text).ok).toBe(false);
    },
  );
});

/** The rule as the decree words it, written a second time. */
function hand(eleven: string): number | undefined {
  const sum = (shift: number): number => {
    let total = 0;
    for (let i = 0; i < 11; i += 1) total += Number(eleven[i]) * (((i + shift) % 11) + 1);
    return total % 11;
  };
  const first = sum(0);
  const digit = first === 10 ? sum(2) : first;
  return digit === 10 ? undefined : digit;
}

describe('a secret', () => {
  const text = 'marker-7351';
  const secret = (): Secret<'pin'> => new Secret('pin', new Uint8Array(Buffer.from(text)));

  it('is not shown by any way of printing', () => {
    const held = secret();
    const printed = [
      String(held),
      JSON.stringify({ held }),
      inspect(held, { depth: 9, showHidden: true }),
      Object.values(held).join(),
    ];
    for (const each of printed) {
      expect(each).not.toContain(text);
      expect(each).not.toContain([...Buffer.from(text)].join(','));
    }
  });

  it('is lent, and gone once it is wiped, the bytes themselves too', () => {
    const own = new Uint8Array(Buffer.from(text));
    const held = new Secret('pin', own);
    expect(held.use((lent) => Buffer.from(lent).toString())).toBe(text);
    held.wipe();
    expect(held.isWiped).toBe(true);
    expect(own.every((byte) => byte === 0)).toBe(true);
    expect(() => held.use(() => 0)).toThrow('already wiped');
    held.wipe();
  });

  it('is wiped when its block ends', () => {
    const own = Uint8Array.of(1, 2, 3);
    {
      using held = new Secret('key', own);
      expect(held.isWiped).toBe(false);
    }
    expect([...own]).toEqual([0, 0, 0]);
  });

  it('is copied when it is revealed', () => {
    using held = secret();
    held.reveal().fill(0);
    expect(held.use((lent) => Buffer.from(lent).toString())).toBe(text);
  });
});

describe('a broken invariant', () => {
  it('is thrown, never returned', () => {
    expect(() => assert(false, 'the sky is up')).toThrow(InvariantError);
    expect(() => assert(true, 'the sky is up')).not.toThrow();
    expect(() => never('x' as never, 'letter')).toThrow('unreachable letter');
  });
});

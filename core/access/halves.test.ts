import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { halfText, joinHalves, parseHalf, splitSecret } from './index.ts';
import { seeded } from '../../tests/support/index.ts';
import type { Sha256 } from '../kernel/index.ts';

const sha256: Sha256 = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest();
const bytes = fc.uint8Array({ minLength: 32, maxLength: 32 });
const refused = { ok: false, refusal: { code: 'break-glass-half-malformed' } };

test('two sheets in either order give the secret back, however they were typed', () => {
  fc.assert(
    fc.property(bytes, bytes, (secret, random) => {
      const typed = splitSecret(secret, random).map((half) => parseHalf(sha256, halfText(sha256, half)));
      const [one, other] = typed;
      if (one?.ok !== true || other?.ok !== true) throw new Error('a printed half reads');
      expect(joinHalves(one.value, other.value)).toEqual({ ok: true, value: secret });
      expect(joinHalves(other.value, one.value)).toEqual({ ok: true, value: secret });
    }),
    seeded('sheets that are typed', 100),
  );
  const [half] = splitSecret(new Uint8Array(32).fill(0xab), new Uint8Array(32).fill(0xcd));
  const text = halfText(sha256, half);
  expect(text).toMatch(/^1(-[0-9a-f]{4}){18}$/u);
  expect(parseHalf(sha256, ` ${text.toUpperCase().replaceAll('-', ' ')}\n`)).toEqual({ ok: true, value: half });
});

test('one half is what chance gave, and the other differs from the secret by it alone', () => {
  const secret = new Uint8Array(32).fill(0x0f);
  const random = new Uint8Array(32).fill(0xf1);
  const [first, second] = splitSecret(secret, random);
  expect([first.bytes, second.bytes]).toEqual([random, new Uint8Array(32).fill(0xfe)]);
});

test('a slip in any place of a sheet is found, the number of the sheet included', () => {
  fc.assert(
    fc.property(bytes, fc.nat({ max: 72 }), fc.integer({ min: 1, max: 15 }), (random, at, by) => {
      const [half] = splitSecret(new Uint8Array(32), random);
      const digits = [...halfText(sha256, half).replaceAll('-', '')];
      digits[at] = at === 0 ? '2' : (Number.parseInt(digits[at] ?? '', 16) ^ by).toString(16);
      expect(parseHalf(sha256, digits.join(''))).toMatchObject(refused);
    }),
    seeded('slips of the hand', 300),
  );
});

test('one sheet twice, and what is no sheet, opens nothing', () => {
  const [half] = splitSecret(new Uint8Array(32), new Uint8Array(32).fill(7));
  expect(joinHalves(half, half)).toMatchObject(refused);
  const text = halfText(sha256, half);
  for (const typed of ['', '1', text.slice(0, -1), `${text}0`, text.replace('1', '3'), `0${text}`])
    expect(parseHalf(sha256, typed)).toMatchObject(refused);
});

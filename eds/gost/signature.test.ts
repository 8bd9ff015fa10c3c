import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cryptoProA, tc26256A, tc26512A } from './curves.ts';
import { fieldOf } from './field.ts';
import { addMultiple, multiply, tableOf } from './multiply.ts';
import { add, double, hasAbscissa, isOnCurve, negated, pointsOf, type Curve, type Point, type Sum } from './points.ts';
import { digestNumber, isSignatureRight, multiplyGenerator } from './signature.ts';

const seed = Number(process.env['QORGAN_TEST_SEED'] ?? 20261123);

/** RFC 7091 §7.1, which is also the example of RFC 5832 §7.1. */
const small: Curve = {
  field: fieldOf(0x8000000000000000000000000000000000000000000000000000000000000431n),
  a: 7n,
  b: 0x5fbff498aa938ce739b8e022fbafef40563f6e6a3472fc2a514c0ce9dae23b7en,
  order: 0x8000000000000000000000000000000150fe8a1892976154c59cfc193accf5b3n,
  cofactor: 1,
  generator: { x: 2n, y: 0x8e2a8a0e65147d4bd6316030e16d19c85c97f0a9ca267122b96abbcea7e8fc8n },
};

/** GOST R 34.10-2012, appendix A.2: a prime far from any power of two. */
const large: Curve = {
  field:
    fieldOf(
      0x4531acd1fe0023c7550d267b6b2fee80922b14b2ffb90f04d4eb7c09b5d2d15df1d852741af4704a0458047e80e4546d35b8336fac224dd81664bbf528be6373n,
    ),
  a: 7n,
  b: 0x1cff0806a31116da29d8cfa54e57eb748bc5f377e49400fdd788b649eca1ac4361834013b2ad7322480a89ca58e0cf74bc9e540c2add6897fad0a3084f302adcn,
  order:
    0x4531acd1fe0023c7550d267b6b2fee80922b14b2ffb90f04d4eb7c09b5d2d15da82f2d7ecb1dbac719905c5eecc423f1d86e25edbe23c595d644aaf187e6e6dfn,
  cofactor: 1,
  generator: {
    x: 0x24d19cc64572ee30f396bf6ebbfd7a6c5213b3b3d7057cc825f91093a68cd762fd60611262cd838dc6b60aa7eee804e28bc849977fac33b4b530f1b120248a9an,
    y: 0x2bb312a43bd2ce6e0d020613c857acddcfbf061e91e5f2c3f32447c259f39b2c83ab156d77f1496bf7eb3351e1ee4e43dc1a18b91b24640b6dbb92cb1add371en,
  },
};

const examples = [
  {
    it: 'of 256 bits',
    curve: small,
    d: 0x7a929ade789bb9be10ed359dd39a72c11b60961f49397eee1d19ce9891ec3b28n,
    k: 0x77105c9b20bcd3122823c8cf6fcc7b956de33814e95b7fe64fed924594dceab3n,
    e: 0x2dfbc1b372d89a1188c09c52e0eec61fce52032ab1022e8e67ece6672b043ee5n,
    point: {
      x: 0x7f2b49e270db6d90d8595bec458b50c58585ba1d4e9b788f6689dbd8e56fd80bn,
      y: 0x26f1b489d6701dd185c8413a977b3cbbaf64d1c593d26627dffb101a87ff77dan,
    },
    r: 0x41aa28d2f1ab148280cd9ed56feda41974053554a42767b83ad043fd39dc0493n,
    s: 0x1456c64ba4642a1653c235a98a60249bcd6d3f746b631df928014f6c5bf9c40n,
  },
  {
    it: 'of 512 bits',
    curve: large,
    d: 0xba6048aadae241ba40936d47756d7c93091a0e8514669700ee7508e508b102072e8123b2200a0563322dad2827e2714a2636b7bfd18aadfc62967821fa18dd4n,
    k: 0x359e7f4b1410feacc570456c6801496946312120b39d019d455986e364f365886748ed7a44b3e794434006011842286212273a6d14cf70ea3af71bb1ae679f1n,
    e: 0x3754f3cfacc9e0615c4f4a7c4d8dab531b09b6f9c170c533a71d147035b0c5917184ee536593f4414339976c647c5d5a407adedb1d560c4fc6777d2972075b8cn,
    point: {
      x: 0x115dc5bc96760c7b48598d8ab9e740d4c4a85a65be33c1815b5c320c854621dd5a515856d13314af69bc5b924c8b4ddff75c45415c1d9dd9dd33612cd530efe1n,
      y: 0x37c7c90cd40b0f5621dc3ac1b751cfa0e2634fa0503b3d52639f5d7fb72afd61ea199441d943ffe7f0c70a2759a3cdb84c114e1f9339fdf27f35eca93677beecn,
    },
    r: 0x2f86fa60a081091a23dd795e1e3c689ee512a3c82ee0dcc2643c78eea8fcacd35492558486b20f1c9ec197c90699850260c93bcbcd9c5c3317e19344e173ae36n,
    s: 0x1081b394696ffe8e6585e7a9362d26b6325f56778aadbc081c0bfbe933d52ff5823ce288e8c4f362526080df7f70ce406a6eeb1f56919cb92a9853bde73e5b4an,
  },
];

const curves: readonly (readonly [string, Curve])[] = [
  ['CryptoPro-A', cryptoProA],
  ['tc26-256-A', tc26256A],
  ['tc26-512-A', tc26512A],
  ['the example of 256 bits', small],
  ['the example of 512 bits', large],
];

const sumOf = (point: Point): Sum => ({ ...point, z: 1n });
const affine = (curve: Curve, sum: Sum): Point | undefined => pointsOf(curve, [sum])[0];

describe.each(examples)('the published example $it', ({ curve, d, k, e, point, r, s }) => {
  test('gives the public key, the point of the nonce and the signature', () => {
    expect(multiplyGenerator(curve, d)).toEqual(point);
    expect((multiplyGenerator(curve, k)?.x ?? 0n) % curve.order).toBe(r);
    expect((r * d + k * digestNumber(curve, e)) % curve.order).toBe(s);
  });

  test('is verified with and without a table', () => {
    const table = tableOf(curve, point, 4);
    for (const key of [{ point }, { point, table }]) {
      expect(isSignatureRight(curve, key, e, { r, s })).toBe(true);
      expect(isSignatureRight(curve, key, e + 1n, { r, s })).toBe(false);
      expect(isSignatureRight(curve, key, e, { r, s: s + 1n })).toBe(false);
      expect(isSignatureRight(curve, key, e, { r: r + 1n, s })).toBe(false);
      expect(isSignatureRight(curve, key, e, { r: s, s: r })).toBe(false);
    }
  });

  test('is refused where a number is zero, negative or not below the order, though the equation may hold', () => {
    const wrong = [
      { r: 0n, s },
      { r, s: 0n },
      { r: r + curve.order, s },
      { r, s: s + curve.order },
      { r: r - curve.order, s },
      { r, s: s - curve.order },
      { r: curve.order, s },
      { r, s: curve.order },
    ];
    for (const pair of wrong) expect(isSignatureRight(curve, { point }, e, pair)).toBe(false);
  });
});

describe.each(curves)('on %s', (_, curve) => {
  const { generator, order, field } = curve;

  test('the generator lies on the curve and has the order', () => {
    expect(isOnCurve(curve, generator)).toBe(true);
    expect(isOnCurve(curve, { x: generator.x, y: generator.y + 1n })).toBe(false);
    expect(isOnCurve(curve, { x: generator.x + field.modulus, y: generator.y })).toBe(false);
    expect(multiply(curve, generator, order)).toBeUndefined();
    expect(affine(curve, multiply(curve, generator, order - 1n))).toEqual(negated(curve, generator));
  });

  test('addition is exact for equal, opposite and absent points', () => {
    expect(affine(curve, add(curve, sumOf(generator), generator))).toEqual(
      affine(curve, double(curve, sumOf(generator))),
    );
    expect(add(curve, sumOf(generator), negated(curve, generator))).toBeUndefined();
    expect(affine(curve, add(curve, undefined, generator))).toEqual(generator);
    expect(double(curve, undefined)).toBeUndefined();
    expect(hasAbscissa(curve, undefined, 0n)).toBe(false);
  });

  test('tables and windows give the same multiples, at the borders too', () => {
    const scalar = fc.bigInt({ min: 1n, max: order - 1n });
    const table = tableOf(curve, generator, 5);
    const isSame = (k: bigint): boolean => {
      const [a, b] = pointsOf(curve, [multiply(curve, generator, k), addMultiple(curve, undefined, table, k)]);
      return a !== undefined && a.x === b?.x && a.y === b.y && isOnCurve(curve, a);
    };
    for (const k of [1n, 2n, 15n, 16n, 17n, 31n, 32n, 33n, order - 1n, order - 2n, order >> 1n])
      expect(isSame(k)).toBe(true);
    fc.assert(fc.property(scalar, isSame), { seed, numRuns: 20 });
  });

  test('a key chosen so that the two summands are equal or opposite does not confuse the verification', () => {
    // With e = s the first summand is G, and with d = -s/r so is the second: the nonce is two.
    const scalars = fieldOf(order);
    const s = 5n;
    const r = (multiplyGenerator(curve, 2n)?.x ?? 0n) % order;
    const d = scalars.canonical(-s * scalars.invert(r));
    const [point, opposite] = pointsOf(curve, [multiply(curve, generator, d), multiply(curve, generator, order - d)]);
    if (point === undefined || opposite === undefined) throw new Error('these points are finite');
    for (const bits of [undefined, 5]) {
      const keyOf = (of: Point): Parameters<typeof isSignatureRight>[1] => ({
        point: of,
        table: bits === undefined ? undefined : tableOf(curve, of, bits),
      });
      expect(isSignatureRight(curve, keyOf(point), s, { r, s })).toBe(true);
      expect(isSignatureRight(curve, keyOf(opposite), s, { r, s })).toBe(false);
    }
  });

  test('reduction keeps residues, those of negative numbers too', () => {
    const span = 2n ** 1060n;
    fc.assert(
      fc.property(fc.bigInt({ min: -span, max: span }), (value) => {
        const product = value % field.modulus ** 2n;
        const reduced = field.reduce(product);
        return (
          field.canonical(reduced) === field.canonical(product) &&
          reduced > -field.modulus &&
          reduced < 2n * field.modulus &&
          field.isZero(field.reduce((product / field.modulus) * field.modulus))
        );
      }),
      { seed },
    );
    expect(field.canonical(field.invert(7n) * 7n)).toBe(1n);
  });
});

test('a digest that is a multiple of the order counts as one', () => {
  expect([digestNumber(small, 0n), digestNumber(small, small.order), digestNumber(small, small.order + 3n)]).toEqual([
    1n,
    1n,
    3n,
  ]);
});

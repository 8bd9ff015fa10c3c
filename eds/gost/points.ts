import type { Field } from './field.ts';

/** A point with canonical coordinates. */
export type Point = { readonly x: bigint; readonly y: bigint };

/** A short Weierstrass curve y² = x³ + ax + b with a subgroup of prime order. */
export type Curve = {
  readonly field: Field;
  readonly a: bigint;
  readonly b: bigint;
  readonly order: bigint;
  readonly cofactor: number;
  readonly generator: Point;
};

/** Jacobian coordinates (x/z², y/z³), reduced and not canonical; `undefined` is the point at infinity, the neutral element. */
export type Sum = { readonly x: bigint; readonly y: bigint; readonly z: bigint } | undefined;

export function isOnCurve(curve: Curve, { x, y }: Point): boolean {
  const { field, a, b } = curve;
  const isCanonical = x >= 0n && y >= 0n && x < field.modulus && y < field.modulus;
  return isCanonical && field.canonical(y * y - (field.canonical(x * x) + a) * x - b) === 0n;
}

export function double(curve: Curve, point: Sum): Sum {
  if (point === undefined) return undefined;
  const { reduce, isZero, modulus } = curve.field;
  const { x, y, z } = point;
  const z3 = reduce((y << 1n) * z);
  if (isZero(z3)) return undefined;
  const yy = reduce(y * y);
  const xyy = reduce(x * yy) << 2n;
  const zz = reduce(z * z);
  const isMinusThree = curve.a === modulus - 3n;
  const slope = isMinusThree ? reduce((x - zz) * (x + zz) * 3n) : reduce(x * x * 3n + curve.a * reduce(zz * zz));
  const x3 = reduce(slope * slope - (xyy << 1n));
  return { x: x3, y: reduce(slope * (xyy - x3) - ((yy * yy) << 3n)), z: z3 };
}

/** The sum, exact in every case: equal and opposite points included. */
export function add(curve: Curve, sum: Sum, point: Point): Sum {
  if (sum === undefined) return { ...point, z: 1n };
  const { reduce, isZero } = curve.field;
  const { x, y, z } = sum;
  const zz = reduce(z * z);
  const h = reduce(point.x * zz - x);
  const slope = reduce(point.y * reduce(z * zz) - y);
  if (isZero(h)) return isZero(slope) ? double(curve, sum) : undefined;
  const hh = reduce(h * h);
  const hhh = reduce(h * hh);
  const v = reduce(x * hh);
  const x3 = reduce(slope * slope - hhh - (v << 1n));
  return { x: x3, y: reduce(slope * (v - x3) - y * hhh), z: reduce(z * h) };
}

export function negated(curve: Curve, { x, y }: Point): Point {
  return { x, y: curve.field.modulus - y };
}

/** Canonical coordinates of several finite points at the cost of one inversion. */
export function pointsOf(curve: Curve, sums: readonly Sum[]): readonly Point[] {
  const { reduce, canonical, invert } = curve.field;
  const finite = sums.filter((sum) => sum !== undefined);
  const products: bigint[] = [];
  let product = 1n;
  for (const { z } of finite) {
    products.push(product);
    product = reduce(product * z);
  }
  let inverse = finite.length === 0 ? 1n : invert(product);
  return finite
    .toReversed()
    .map(({ x, y, z }, i) => {
      const zInverse = reduce(inverse * (products[finite.length - 1 - i] ?? 1n));
      inverse = reduce(inverse * z);
      const squared = reduce(zInverse * zInverse);
      return { x: canonical(x * squared), y: canonical(y * reduce(squared * zInverse)) };
    })
    .toReversed();
}

/** True where the point lies at infinity or its abscissa is `x` (canonical). */
export function hasAbscissa(curve: Curve, sum: Sum, x: bigint): boolean {
  if (sum === undefined) return false;
  const { reduce, isZero } = curve.field;
  return isZero(reduce(x * reduce(sum.z * sum.z) - sum.x));
}

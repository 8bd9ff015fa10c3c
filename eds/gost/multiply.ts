import { add, double, negated, pointsOf, type Curve, type Point, type Sum } from './points.ts';

const windowBits = 5;

/** `scalar` (not negative) times a point about which nothing is known beforehand: signed windows over one chain of doublings. */
export function multiply(curve: Curve, point: Point, scalar: bigint): Sum {
  const odd = oddMultiples(curve, point);
  const digits = signedOddDigits(scalar);
  let sum: Sum;
  for (let i = digits.length - 1; i >= 0; i -= 1) {
    sum = double(curve, sum);
    const digit = digits[i] ?? 0;
    const multiple = digit === 0 ? undefined : odd[(Math.abs(digit) - 1) >> 1];
    if (multiple !== undefined) sum = add(curve, sum, digit < 0 ? negated(curve, multiple) : multiple);
  }
  return sum;
}

/** The point times 1, 3, 5 … 15. None of them is at infinity: the orders that our curves have are even or a large prime. */
function oddMultiples(curve: Curve, point: Point): readonly Point[] {
  const twice = pointsOf(curve, [double(curve, { ...point, z: 1n })])[0];
  const sums: Sum[] = [{ ...point, z: 1n }];
  // A point of order two: its odd multiples are itself.
  if (twice === undefined) return Array.from({ length: 2 ** (windowBits - 2) }, () => point);
  for (let i = 1; i < 2 ** (windowBits - 2); i += 1) sums.push(add(curve, sums[i - 1], twice));
  return pointsOf(curve, sums);
}

/** Digits of the non-adjacent form of this window: odd ones between -15 and 15, and at least four zeros after each. */
function signedOddDigits(scalar: bigint): readonly number[] {
  const digits: number[] = [];
  for (let rest = scalar; rest > 0n; rest >>= 1n) {
    if ((rest & 1n) === 0n) {
      digits.push(0);
      continue;
    }
    const window = Number(BigInt.asUintN(windowBits, rest));
    const digit = window >= 2 ** (windowBits - 1) ? window - 2 ** windowBits : window;
    digits.push(digit);
    rest -= BigInt(digit);
  }
  return digits;
}

/** Multiples of a point that returns: with them a multiplication is additions only. */
export type Table = { readonly windowBits: number; readonly rows: readonly (readonly Point[])[] };

/**
 * For each window of the scalar the multiples 1 to 2^(bits - 1) of the point at that place. The point must be of the curve's prime order.
 * Costs about as much as `rows × 2^(bits - 1)` additions and twice that in memory of a coordinate.
 */
export function tableOf(curve: Curve, point: Point, bits: number): Table {
  // One bit more than the order has, for the carry out of the highest window.
  const count = Math.ceil((curve.order.toString(2).length + 1) / bits);
  const bases: Sum[] = [];
  let base: Sum = { ...point, z: 1n };
  for (let row = 0; row < count; row += 1) {
    bases.push(base);
    for (let i = 0; i < bits; i += 1) base = double(curve, base);
  }
  const width = 2 ** (bits - 1);
  const sums = pointsOf(curve, bases).flatMap((first) => {
    const row: Sum[] = [{ ...first, z: 1n }];
    for (let i = 1; i < width; i += 1) row.push(add(curve, row[i - 1], first));
    return row;
  });
  const points = pointsOf(curve, sums);
  const rows = Array.from({ length: count }, (_, row) => points.slice(row * width, (row + 1) * width));
  return { windowBits: bits, rows };
}

/** `start` plus `scalar` (not negative, below the order) times the point of the table. */
export function addMultiple(curve: Curve, start: Sum, table: Table, scalar: bigint): Sum {
  const { windowBits: bits, rows } = table;
  const step = BigInt(bits);
  const half = 2 ** (bits - 1);
  let sum = start;
  let rest = scalar;
  let carry = 0;
  for (const row of rows) {
    const window = Number(BigInt.asUintN(bits, rest)) + carry;
    rest >>= step;
    carry = window > half ? 1 : 0;
    const digit = carry === 1 ? window - 2 * half : window;
    const multiple = digit === 0 ? undefined : row[Math.abs(digit) - 1];
    if (multiple !== undefined) sum = add(curve, sum, digit < 0 ? negated(curve, multiple) : multiple);
  }
  return sum;
}

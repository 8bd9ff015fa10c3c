import { fieldOf, type Field } from './field.ts';
import { addMultiple, multiply, tableOf, type Table } from './multiply.ts';
import { hasAbscissa, type Curve, type Point } from './points.ts';

/** The two numbers of a signature. */
export type SignaturePair = { readonly r: bigint; readonly s: bigint };

type Prepared = { readonly scalars: Field; readonly generator: Table };

/** Wider than the windows of keys, since every verification uses it. Making it takes some 20 ms once: another bit would double that and save a tenth of a verification. */
const generatorWindowBits = 6;
const prepared = new WeakMap<Curve, Prepared>();

function preparedOf(curve: Curve): Prepared {
  const known = prepared.get(curve);
  if (known !== undefined) return known;
  const made = { scalars: fieldOf(curve.order), generator: tableOf(curve, curve.generator, generatorWindowBits) };
  prepared.set(curve, made);
  return made;
}

/** The number that stands for a digest in the equations (RFC 7091 §6.1, step 3). */
export function digestNumber(curve: Curve, digest: bigint): bigint {
  const number = digest % curve.order;
  return number === 0n ? 1n : number;
}

/**
 * Verification by RFC 7091 §6.2, the same for all three standards. The key must be a point of the curve's prime order, the digest not negative;
 * the signature may be any two integers.
 */
export function isSignatureRight(
  curve: Curve,
  key: { readonly point: Point; readonly table?: Table | undefined },
  digest: bigint,
  { r, s }: SignaturePair,
): boolean {
  const { order, field } = curve;
  if (r <= 0n || r >= order || s <= 0n || s >= order) return false;
  const { scalars, generator } = preparedOf(curve);
  const v = scalars.invert(digestNumber(curve, digest));
  const ofGenerator = scalars.canonical(s * v);
  const ofKey = scalars.canonical(-r * v);
  const { point, table } = key;
  const partial = table === undefined ? multiply(curve, point, ofKey) : addMultiple(curve, undefined, table, ofKey);
  const sum = addMultiple(curve, partial, generator, ofGenerator);
  // The abscissa modulo the order must be r: the few abscissas that this allows are tried, which spares an inversion.
  for (let x = r; x < field.modulus; x += order) if (hasAbscissa(curve, sum, x)) return true;
  return false;
}

/** `scalar` (from 1 to the order) times the generator. Its time depends on the scalar: for keys of development and tests only. */
export function multiplyGenerator(curve: Curve, scalar: bigint): Point | undefined {
  const sum = addMultiple(curve, undefined, preparedOf(curve).generator, scalar);
  return sum && affineOf(curve, sum);
}

function affineOf(curve: Curve, sum: { readonly x: bigint; readonly y: bigint; readonly z: bigint }): Point {
  const { canonical, invert } = curve.field;
  const inverse = invert(sum.z);
  const squared = canonical(inverse * inverse);
  return { x: canonical(sum.x * squared), y: canonical(sum.y * canonical(squared * inverse)) };
}

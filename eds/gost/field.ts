/** Arithmetic modulo a prime on big integers that need not be canonical between operations. */
export type Field = {
  readonly modulus: bigint;
  /**
   * A congruent number of about the length of the modulus, negative ones included, for any integer of about twice that length.
   * Sums and differences are left to the caller: reducing once after several of them is what makes this fast.
   */
  readonly reduce: (value: bigint) => bigint;
  /** True for a multiple of the modulus. The number must come from `reduce`. */
  readonly isZero: (reduced: bigint) => boolean;
  /** The number from 0 up to the modulus. */
  readonly canonical: (value: bigint) => bigint;
  /** The inverse of a number that is no multiple of the modulus. */
  readonly invert: (value: bigint) => bigint;
};

/** Moduli this near to a power of two are reduced by folding instead of by division. */
const foldMax = 2n ** 16n;

/** The modulus must be a prime. */
export function fieldOf(modulus: bigint): Field {
  const canonical = (value: bigint): bigint => {
    const rest = value % modulus;
    return rest < 0n ? rest + modulus : rest;
  };
  return {
    modulus,
    canonical,
    reduce: reductionOf(modulus),
    // Both reductions end closer to the span from 0 to the modulus than another multiple of it lies.
    isZero: (reduced) => reduced === 0n || reduced === modulus,
    invert: (value) => inverse(canonical(value), modulus),
  };
}

function reductionOf(modulus: bigint): Field['reduce'] {
  const bits = modulus.toString(2).length;
  for (const size of [bits, bits - 1]) {
    const fold = 2n ** BigInt(size) - modulus;
    if (fold < foldMax && fold > -foldMax) return folding(size, fold);
  }
  return (value) => value % modulus;
}

/** 2^size ≡ fold. The first folding leaves about as many bits above `size` as `fold` has, the second next to none. */
function folding(size: number, fold: bigint): Field['reduce'] {
  const shift = BigInt(size);
  return (value) => {
    const once = BigInt.asUintN(size, value) + (value >> shift) * fold;
    return BigInt.asUintN(size, once) + (once >> shift) * fold;
  };
}

/** Extended Euclid; takes at most about 1.5 steps a bit. */
function inverse(value: bigint, modulus: bigint): bigint {
  let [low, high] = [value, modulus];
  let [factor, other] = [1n, 0n];
  while (low > 1n) {
    const quotient = high / low;
    [low, high] = [high - quotient * low, low];
    [factor, other] = [other - quotient * factor, factor];
  }
  return factor < 0n ? factor + modulus : factor;
}

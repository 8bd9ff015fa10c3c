/** The value below which a share of all lies. */
export function percentile(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * share)] ?? Number.NaN;
}

/** Of the standard normal distribution, from below; Abramowitz and Stegun 7.1.26, right to 2·10⁻⁷. */
function normalBelow(z: number): number {
  const x = Math.abs(z) / Math.SQRT2;
  const t = 1 / (1 + 0.3275911 * x);
  const poly = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  const outside = poly * Math.exp(-x * x);
  return z < 0 ? outside / 2 : 1 - outside / 2;
}

/** The standard normal value below which a share lies. */
function normalQuantile(share: number): number {
  let [low, high] = [-8, 8];
  for (let i = 0; i < 60; i += 1) {
    const middle = (low + high) / 2;
    if (normalBelow(middle) < share) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** A standard normal value beyond which, on either side, chance lies once in `1 / alpha`. */
export function criticalZ(alpha: number): number {
  return normalQuantile(1 - alpha / 2);
}

export type RankTest = {
  /** Mann and Whitney's statistic as a standard normal value, ties counted. */
  readonly z: number;
  /** Two-sided, by chance alone. */
  readonly p: number;
  /** Cliff's delta: how much oftener a value of the first is above one of the second than below it, from −1 to 1; 0 tells nothing. */
  readonly delta: number;
  /** By how much the first is above the second (Hodges and Lehmann's estimate), and between which bounds that is with the confidence asked for. */
  readonly shift: number;
  readonly shiftFrom: number;
  readonly shiftTo: number;
};

/** Sum over groups of equal values of t³ − t. */
function ties(values: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts.values()].reduce((sum, t) => sum + (t ** 3 - t), 0);
}

/** Compares two samples by ranks; `confidence` is of the bounds of the shift. */
export function rankTest(one: readonly number[], other: readonly number[], confidence: number): RankTest {
  const [n, m] = [one.length, other.length];
  const differences = new Float64Array(n * m);
  let wins = 0;
  for (const [i, a] of one.entries())
    for (const [j, b] of other.entries()) {
      wins += a > b ? 1 : a === b ? 0.5 : 0;
      differences[i * m + j] = a - b;
    }
  differences.sort();
  const all = n + m;
  const spread = Math.sqrt(((n * m) / 12) * (all + 1 - ties([...one, ...other]) / (all * (all - 1))));
  const z = (wins - (n * m) / 2) / spread;
  const at = (index: number): number => differences[Math.min(n * m - 1, Math.max(0, Math.round(index)))] ?? 0;
  const half = criticalZ(1 - confidence) * spread;
  return {
    ...{ z, p: 2 * normalBelow(-Math.abs(z)), delta: (2 * wins) / (n * m) - 1 },
    ...{ shift: at((n * m) / 2), shiftFrom: at((n * m) / 2 - half), shiftTo: at((n * m) / 2 + half) },
  };
}

/** Probabilities of several tests after Holm: one below `alpha` is by chance in fewer than that share of all runs, whichever test it is of. */
export function holm(ps: readonly number[]): readonly number[] {
  const order = ps.map((p, i) => ({ p, i })).toSorted((a, b) => a.p - b.p);
  const adjusted = ps.map(() => 1);
  let least = 0;
  for (const [rank, { p, i }] of order.entries()) {
    least = Math.max(least, Math.min(1, p * (ps.length - rank)));
    adjusted[i] = least;
  }
  return adjusted;
}

/** The straight line through points, by least squares, and half of the 95 % interval of its slope, as if residues were independent. */
export function slopeOf(points: readonly { readonly x: number; readonly y: number }[]) {
  const n = points.length;
  const [mx, my] = [points.reduce((sum, { x }) => sum + x, 0) / n, points.reduce((sum, { y }) => sum + y, 0) / n];
  const sxx = points.reduce((sum, { x }) => sum + (x - mx) ** 2, 0);
  const slope = points.reduce((sum, { x, y }) => sum + (x - mx) * (y - my), 0) / sxx;
  const residue = points.reduce((sum, { x, y }) => sum + (y - my - slope * (x - mx)) ** 2, 0);
  const freedom = n - 2;
  // Student's quantile from the normal one (Cornish and Fisher).
  const z = criticalZ(0.05);
  const t = z + (z ** 3 + z) / (4 * freedom) + (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * freedom ** 2);
  return { slope, half: t * Math.sqrt(residue / freedom / sxx) };
}

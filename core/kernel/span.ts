export type Span = {
  readonly unit: 'milliseconds' | 'seconds' | 'minutes' | 'hours' | 'days';
  readonly value: number;
};

const units = [
  ['days', 86_400_000],
  ['hours', 3_600_000],
  ['minutes', 60_000],
  ['seconds', 1_000],
] as const;

/** A span of time in the largest unit that says it exactly: two settings that differ never read the same, on screen and in signed texts. */
export function spanOf(spanMs: number): Span {
  const found = units.find(([, sizeMs]) => spanMs !== 0 && spanMs % sizeMs === 0);
  return found === undefined ? { unit: 'milliseconds', value: spanMs } : { unit: found[0], value: spanMs / found[1] };
}

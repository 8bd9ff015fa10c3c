/** ISO 8601 in UTC to the second. */
export const timeText = (atMs: number): string => new Date(atMs).toISOString().replace(/\.\d+Z$/u, 'Z');

const unitMs = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const periodMaxMs = 7 * unitMs.d;

/** Reads a period of `1m` to `7d` in milliseconds: a whole number of minutes, hours or days. */
export function periodOf(text: string): number | undefined {
  const [, count, unit] = /^([1-9][0-9]{0,4})([mhd])$/u.exec(text) ?? [];
  const ms = Number(count) * unitMs[unit as keyof typeof unitMs];
  return count === undefined || ms > periodMaxMs ? undefined : ms;
}

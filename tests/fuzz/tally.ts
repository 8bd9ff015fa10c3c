import type { Verdict } from './fuzzer.ts';

/** What one process of a run does. */
export type Share = {
  readonly world: string;
  readonly seed: number;
  /** The first input, and from each to the next; as many as are to be judged. */
  readonly from: number;
  readonly step: number;
  readonly count: number;
  /** The only kind of inputs, or nothing for all. */
  readonly only: string;
};

export type Failure = {
  readonly seed: number;
  readonly index: number;
  readonly subject: string;
  readonly fault: string;
  /** base64 */
  readonly input: string;
};

export type Told = { readonly tally: Tally } | { readonly failure: Failure };

type Line = { judged: number; explained: number; same: number; slowestMs: number; spentMs: number };

/** Counts for each kind of input. */
export type Tally = Record<string, Line>;

export const emptyTally = (): Tally => ({});

function lineOf(tally: Tally, subject: string): Line {
  return (tally[subject] ??= { judged: 0, explained: 0, same: 0, slowestMs: 0, spentMs: 0 });
}

export function addTo(tally: Tally, { subject, outcome, spentMs }: Verdict): void {
  const line = lineOf(tally, subject);
  if (outcome === 'same') {
    line.same += 1;
    return;
  }
  line.judged += 1;
  if (outcome === 'explained') line.explained += 1;
  line.slowestMs = Math.max(line.slowestMs, spentMs);
  line.spentMs += spentMs;
}

export function mergeInto(tally: Tally, other: Tally): void {
  for (const [subject, more] of Object.entries(other)) {
    const line = lineOf(tally, subject);
    line.judged += more.judged;
    line.explained += more.explained;
    line.same += more.same;
    line.slowestMs = Math.max(line.slowestMs, more.slowestMs);
    line.spentMs += more.spentMs;
  }
}

export function judgedIn(tally: Tally): number {
  return Object.values(tally).reduce((sum, { judged }) => sum + judged, 0);
}

/** One line for each kind, and the sum. */
export function tableOf(tally: Tally): string {
  const rows = Object.entries(tally).sort(([a], [b]) => a.localeCompare(b));
  const lines = rows.map(
    ([subject, { judged, explained, same, slowestMs, spentMs }]) =>
      `${subject}: ${judged} inputs, ${explained} of right parts in another arrangement, ${same} unchanged and skipped, ` +
      `slowest ${slowestMs.toFixed(1)} ms, mean ${((spentMs * 1000) / Math.max(1, judged)).toFixed(0)} us`,
  );
  return [...lines, `${judgedIn(tally)} changed inputs`].join('\n');
}

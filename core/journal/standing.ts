import { explainedAlarm, logAlarms, type EntryBodies, type LogAlarm } from './bodies.ts';
import type { EntryHeader } from './chain.ts';

/** An alarm about the log that no proof has explained. */
export type StandingAlarm = { readonly entry: number; readonly code: LogAlarm; readonly atMs: number };

/** The alarms that stand after one more entry that says something of them. */
export function standingAfter(
  standing: readonly StandingAlarm[],
  body: EntryBodies['alarm'],
  header: EntryHeader,
): readonly StandingAlarm[] {
  const code = logAlarms.find((known) => known === body.code);
  if (code !== undefined) return [...standing, { entry: header.sequence, code, atMs: header.atMs }];
  if (body.code !== explainedAlarm) return standing;
  return standing.filter(({ entry }) => entry !== body.details?.['entry']);
}

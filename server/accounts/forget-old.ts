import { legalMinimum } from '../../core/retention/index.ts';
import type { Platform } from '../platform/index.ts';
import { sweepActivationCodes, sweepSessions } from '../store/index.ts';

const dayMs = 86_400_000;
/** A row of a session says who signed in, by which factors, and why it ended: it stays as long as the rules want of a journal of events. */
export const sessionsKeptMs = (legalMinimum.onlineMonths + legalMinimum.archiveMonths) * 31 * dayMs;
/** A code that ran out opens nothing; a day more is for clocks that differ. */
export const codesKeptMs = dayMs;

/**
 * Deletes sessions and codes that nobody needs any longer. The session in which a person was seen last stays however old it is: what he
 * is judged idle by is never taken from him, nor an older one put in its place.
 */
export async function forgetOld({ database, surroundings }: Platform): Promise<void> {
  const nowMs = surroundings.nowMs();
  await sweepSessions(database, nowMs - sessionsKeptMs);
  await sweepActivationCodes(database, nowMs - codesKeptMs);
}

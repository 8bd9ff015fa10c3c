import { legalMinimum } from '../../core/retention/index.ts';
import type { Platform } from '../platform/index.ts';
import { sweepActivationCodes, sweepEnrolmentCodes, sweepSessions } from '../store/index.ts';

const dayMs = 86_400_000;
/** A row of a session says who signed in, by which factors, and why it ended: it stays as long as the rules want of a journal of events. */
export const sessionsKeptMs = (legalMinimum.onlineMonths + legalMinimum.archiveMonths) * 31 * dayMs;
/** A code that ran out opens nothing, put back or not; a day more is for clocks that differ. Of a password or of a device. */
export const codesKeptMs = dayMs;

/**
 * Deletes sessions and codes that nobody needs any longer. The session in which a person was seen last stays however old it is: what he
 * is judged idle by is never taken from him, nor an older one put in its place.
 */
export async function forgetOld({ database, surroundings }: Platform): Promise<void> {
  const nowMs = surroundings.nowMs();
  await sweepSessions(database, nowMs - sessionsKeptMs);
  await sweepEnrolmentCodes(database, nowMs - codesKeptMs);
  await sweepActivationCodes(database, nowMs - codesKeptMs);
}

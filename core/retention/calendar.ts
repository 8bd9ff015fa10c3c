const dayMs = 86_400_000;

/**
 * The first moment (Unix ms) at which a term of whole calendar months that began at `startMs` has ended at every clock of the
 * world. Counted in UTC from the day after the start, since east of there it may be that day already; where the last month has no such
 * day, on its last one. The day of the end counts whole, and one day more stands for the zones west of there: by the clocks of
 * Asia/Almaty (UTC+5) or any other the term is never shorter than the civil count, whatever a later law makes of the zone.
 */
export function termEndMs(startMs: number, months: number): number {
  const start = new Date(startMs + dayMs);
  const [year, month] = [start.getUTCFullYear(), start.getUTCMonth() + months];
  const lastDay = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  return Date.UTC(year, month, Math.min(start.getUTCDate(), lastDay)) + 2 * dayMs;
}

import type { Failures } from '../../core/access/index.ts';
import type { AttemptKey, Row } from '../store/index.ts';

/** As many people at desks as try within hours; some 10 MB. What was written longest ago is forgotten first. */
const writtenMax = 50_000;

// Of the process, however many platforms it serves: subjects are keyed marks, of one platform each.
const written = new Map<string, Failures>();

const nameOf = ({ scope, subject }: AttemptKey): string => `${scope} ${subject}`;

/** Between these two nobody knows which of both the database holds. */
export function beginsWriting(keys: readonly AttemptKey[]): void {
  for (const key of keys) written.delete(nameOf(key));
}

export function hasWritten(key: AttemptKey, failures: Failures): void {
  for (const oldest of written.keys()) {
    if (written.size < writtenMax) break;
    written.delete(oldest);
  }
  written.set(nameOf(key), failures);
}

/** What is deleted for its age is not missed. */
export function forgetWritten(untilMs: number): void {
  for (const [name, { lastAtMs }] of written) if (lastAtMs <= untilMs) written.delete(name);
}

function isOlder(row: Row<'attempt'> | undefined, { count, lastAtMs }: Failures): boolean {
  if (row === undefined || row.last_at_ms < lastAtMs) return true;
  return row.last_at_ms === lastAtMs && row.failures < count;
}

/**
 * Asked before counters are read. The answer tells of a row that was read whether it is missing, or older than what this process has written
 * there: whoever rules the database took it away or put it back. Newer ones are of other processes.
 */
export function watchWritten(
  keys: readonly AttemptKey[],
): (key: AttemptKey, row: Row<'attempt'> | undefined) => boolean {
  const before = new Map(keys.map((key) => [nameOf(key), written.get(nameOf(key))]));
  return (key, row) => {
    const known = before.get(nameOf(key));
    // Written again while it was read: whichever of both was seen is right.
    return known !== undefined && written.get(nameOf(key)) === known && isOlder(row, known);
  };
}

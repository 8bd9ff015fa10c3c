import { evidenceSubject } from '../../core/evidence/index.ts';
import type { Sha256Hex } from '../../core/kernel/index.ts';
import type { Desk } from '../platform/index.ts';
import { readDestroyed } from '../store/index.ts';

/** Rows whose transaction was open while a later one was read are met again. */
const overlapMs = 60_000;

/**
 * Lets a running server forget keys that another process destroyed: what is held in memory would still open. The answer is to be called
 * again and again.
 */
export function forgetDestroyed({
  database,
  subjectKeys,
}: Pick<Desk, 'database' | 'subjectKeys'>): () => Promise<void> {
  let seenMs = 0;
  return async () => {
    const rows = await readDestroyed(database, seenMs - overlapMs);
    subjectKeys.forget(rows.map(({ sha256 }) => evidenceSubject(sha256 as Sha256Hex)));
    seenMs = Math.max(seenMs, ...rows.map((row) => row.at_ms));
  };
}

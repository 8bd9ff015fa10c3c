import type { Logger } from 'pino';
import { settle, type Registry } from '../accounts/index.ts';
import { describeError } from '../http/index.ts';
import { createFoldRegister, replayLog, type Replay } from '../intake/index.ts';
import type { Platform } from '../platform/index.ts';

/** A server that could not finish its replay takes nothing in, as one that found something. */
const unfinished: () => Replay = () => ({ findings: [], findingCount: 1, acts: 0, register: createFoldRegister() });

/**
 * Brings what waits into the log, folds the log, and says in the server's log which rows are others than it holds. Never
 * throws: whatever is found, readers are still served, and nothing is accepted.
 */
export async function replayAtStart(platform: Platform, registry: Registry, log: Logger): Promise<Replay> {
  // A database behind its log is refused by that name already.
  if (platform.log.gap() !== undefined) return unfinished();
  try {
    if (!(await settle(platform, registry))) return unfinished();
    const startedAtMs = platform.surroundings.nowMs();
    const replay = await replayLog({ platform, registry });
    const { findings, findingCount, acts } = replay;
    const durationMs = platform.surroundings.nowMs() - startedAtMs;
    log.info({ acts, findings: findingCount, durationMs }, 'log replayed');
    if (findingCount > 0)
      log.error({ findings, count: findingCount }, 'rows that are not what the log holds: read-only');
    return replay;
  } catch (error) {
    log.error({ error: describeError(error) }, 'the log could not be replayed: read-only');
    return unfinished();
  }
}

import type { Logger } from 'pino';
import { settle, type Registry } from '../accounts/index.ts';
import { describeError } from '../http/index.ts';
import { createFoldRegister, replayLog, type Replay } from '../intake/index.ts';
import type { Platform } from '../platform/index.ts';
import { isPlatformDocumentLost } from '../store/index.ts';

/** A server that could not finish its replay takes nothing in, as one that found something. */
const unfinished: () => Replay = () => ({
  findings: [],
  findingCount: 1,
  acts: 0,
  register: createFoldRegister(),
  rights: undefined,
});

/** Where the acts since the founding were not all read, nobody knows who is blocked: then nobody reads or signs in. */
export function keepRights(registry: Registry, { rights }: Pick<Replay, 'rights'>): void {
  const founded = registry.founded();
  if (founded !== undefined) registry.keepRights(rights ?? { ...founded.base, people: new Map() });
}

/**
 * Brings what waits into the log, folds the log, and says in the server's log which rows are others than it holds. Never
 * throws: whatever is found, readers are still served, and nothing is accepted.
 */
export async function replayAtStart(platform: Platform, registry: Registry, log: Logger): Promise<Replay> {
  const replay = await replaySafely(platform, registry, log);
  keepRights(registry, replay);
  // Without its founding the records of the platform key would count again, and no block of a card.
  const isLost = registry.founded() === undefined && (await isPlatformDocumentLost(platform.database));
  if (isLost) registry.distrust();
  const unconfirmed = registry.unconfirmed();
  if (unconfirmed.length > 0)
    log.error({ unconfirmed }, 'records of the platform key alone, after the founding: they count for nothing');
  return replay;
}

async function replaySafely(platform: Platform, registry: Registry, log: Logger): Promise<Replay> {
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

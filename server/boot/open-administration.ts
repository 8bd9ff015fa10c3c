import { join } from 'node:path';
import { ok, refuse, type Result } from '../../core/kernel/index.ts';
import { newestRevocationDocument, newestTrustDocument, openRegistry, settle } from '../accounts/index.ts';
import type { ArchivePlace } from '../archive/index.ts';
import type { Identity, Platform } from '../platform/index.ts';
import { countSequenced, isHeld } from '../store/index.ts';
import { createAdministration, trustOfRegistry, type Administration } from './administration.ts';
import { ownEmergencyLog, publishedEmergencyLog, waitForServer } from './emergency.ts';
import { openArchive } from './open-archive.ts';
import { openDesk, type OpenDesk, type OpenRefusal, type PlatformPlace } from './open-desk.ts';
import { openPlatformLog, type LogRefusal } from './open-log.ts';
import { finishRotation } from './rotate-log-key.ts';

/** Administration of a platform from a process of its own, beside a running server or without one. */
export type OpenAdministration = Administration & {
  readonly identity: Identity;
  /** True where a server of this folder is running; it does the sequencing then. */
  readonly isServerRunning: boolean;
  readonly treeSize: () => Promise<number>;
  /** The archive of this platform. */
  readonly archive: () => Promise<Result<ArchivePlace, 'authorities-malformed'>>;
  /** Rewrites the table of keys, so that what was destroyed stands in no file of the database's tables any more. */
  readonly compactKeys: () => Promise<void>;
  readonly close: () => Promise<void>;
};

async function besideServer(directory: string, opened: OpenDesk): Promise<OpenAdministration> {
  const { desk, store } = opened;
  const settle = (): Promise<boolean> => waitForServer(directory, desk);
  return {
    ...createAdministration({
      desk,
      settle,
      emergency: publishedEmergencyLog(directory, desk),
      readTrust: () => newestTrustDocument(desk),
      readRevocation: () => newestRevocationDocument(desk),
    }),
    identity: desk.identity,
    isServerRunning: true,
    treeSize: () => countSequenced(store.database),
    archive: () => openArchive(directory, desk, settle),
    compactKeys: store.compactKeys,
    close: store.close,
  };
}

/**
 * Opens administration of the platform in a folder. `log-behind` where no server runs and the log cannot grow. Close it:
 * an embedded database that it started runs until then.
 */
export async function openAdministration(
  place: PlatformPlace,
): Promise<Result<OpenAdministration, OpenRefusal | LogRefusal>> {
  const isServerRunning = isHeld(join(place.directory, 'server.json'));
  const opened = await openDesk(place, undefined);
  if (!opened.ok) return opened;
  if (isServerRunning) return ok(await besideServer(place.directory, opened.value));
  const current = await finishRotation(place, opened.value);
  if (!current.ok) {
    await opened.value.store.close();
    return current;
  }
  const { desk, store } = current.value;
  const log = await openPlatformLog(place.directory, current.value);
  if (!log.ok || log.value.gap() !== undefined) {
    if (log.ok) await log.value.close();
    await store.close();
    return log.ok ? refuse('log-behind') : log;
  }
  const platform: Platform = { ...desk, log: log.value, witnesses: { threshold: 0, keys: [] } };
  const registry = await openRegistry(platform);
  const settleAll = (): Promise<boolean> => settle(platform, registry);
  return ok({
    ...createAdministration({
      ...{ desk, settle: settleAll, ...trustOfRegistry(registry) },
      emergency: ownEmergencyLog(platform, registry, false),
    }),
    identity: desk.identity,
    isServerRunning: false,
    treeSize: async () => log.value.size(),
    archive: () => openArchive(place.directory, desk, settleAll),
    compactKeys: store.compactKeys,
    close: async () => {
      await log.value.close();
      await store.close();
    },
  });
}

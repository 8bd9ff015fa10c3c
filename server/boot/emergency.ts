import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ok, type Result, type Sha256Hex } from '../../core/kernel/index.ts';
import { openCheckpoint } from '../../core/log/index.ts';
import { emergencyLeaves, openRegistry, type Registry } from '../accounts/index.ts';
import { replayLog } from '../intake/index.ts';
import { verifyEd25519 } from '../keys/index.ts';
import { frozenReader, openFrozenLog, type FrozenLog } from '../log/index.ts';
import type { Desk, Platform, ReadPlatform } from '../platform/index.ts';
import { areDocumentsLogged, countSequenced } from '../store/index.ts';
import { readEmergency, type EmergencyReading } from './emergency-reading.ts';
import { folders } from './open-desk.ts';
import { keepRights } from './replay-at-start.ts';

/** What the emergency account needs of the log: beside a running server, or of the process that writes it. */
export type EmergencyLog = {
  readonly leaves: () => ReadonlyMap<Sha256Hex, number> | undefined;
  readonly read: () => Promise<Result<EmergencyReading, 'log-unpublished' | 'log-files-differ'>>;
};

/** Of the process that holds the log. Where it serves nobody, its registry has the rights of no act yet: `isReplayed` says so. */
export function ownEmergencyLog(platform: Platform, registry: Registry, isReplayed: boolean): EmergencyLog {
  return {
    leaves: () => emergencyLeaves(platform.log),
    read: async () => {
      if (!isReplayed) keepRights(registry, await replayLog({ platform, registry }));
      return ok(await readEmergency({ platform, registry }, platform.log.checkpoint()));
    },
  };
}

function withPublished<T>(
  folder: string,
  desk: Desk,
  read: (log: FrozenLog) => T,
): Result<T, 'log-unpublished' | 'log-files-differ'> {
  const log = openFrozenLog(folder, desk.logKey);
  if (!log.ok) return log;
  try {
    return ok(read(log.value));
  } finally {
    log.value.close();
  }
}

/** Of the published log, beside the server that writes it. */
export function publishedEmergencyLog(directory: string, desk: Desk): EmergencyLog {
  const folder = join(directory, folders.log);
  return {
    leaves: () => {
      const leaves = withPublished(folder, desk, (log) => emergencyLeaves(frozenReader(log)));
      return leaves.ok ? leaves.value : undefined;
    },
    read: async () => {
      const log = openFrozenLog(folder, desk.logKey);
      if (!log.ok) return log;
      try {
        const platform: ReadPlatform = { ...desk, log: frozenReader(log.value) };
        const registry = await openRegistry(platform);
        keepRights(registry, await replayLog({ platform, registry }, true));
        return ok(await readEmergency({ platform, registry }, log.value.note));
      } finally {
        log.value.close();
      }
    },
  };
}

/** A running server sequences at least every second; one that does not within this is not well. */
const settleTimeoutMs = 10_000;
const settlePollMs = 50;

function publishedSize(folder: string, { logKey }: Desk): number {
  const path = join(folder, 'checkpoint');
  const note = existsSync(path) ? readFileSync(path, 'utf8') : '';
  const head = openCheckpoint({ note, logKey, verifyEd25519 });
  return head.ok ? head.value.size : 0;
}

/** Waits until the running server has published a log that holds every document that was recorded. */
export async function waitForServer(directory: string, desk: Desk): Promise<boolean> {
  const folder = join(directory, folders.log);
  for (let waitedMs = 0; waitedMs < settleTimeoutMs; waitedMs += settlePollMs) {
    const isLogged = await areDocumentsLogged(desk.database);
    if (isLogged && publishedSize(folder, desk) >= (await countSequenced(desk.database))) return true;
    await sleep(settlePollMs);
  }
  return false;
}

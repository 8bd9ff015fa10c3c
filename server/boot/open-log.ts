import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ok, refuse, type Result } from '../../core/kernel/index.ts';
import { policyOfKeys, type WitnessPolicy } from '../../core/log/index.ts';
import { openCosignedLog, type CosignedLog } from '../cosigning/index.ts';
import type { TokenKeyRefusal } from '../keys/index.ts';
import { openCentralLog, type CentralLog } from '../log/index.ts';
import { leafTags } from '../platform/index.ts';
import { holdWriter, type Store, type WriterHold } from '../store/index.ts';
import { folders, type OpenDesk } from './open-desk.ts';

/** `server-running`: another process writes into the database, wherever it runs. */
export type LogRefusal = 'log-behind' | 'server-running' | TokenKeyRefusal;

/** Closing it lets the next process write. */
export type PlatformLog = Omit<CosignedLog, 'close'> & { readonly close: () => Promise<void> };

/** A log that grows while its database is held, and says so where it is not. */
function heldLog(log: CentralLog, hold: WriterHold): CentralLog {
  return {
    ...log,
    gap: () => {
      const gap = log.gap();
      if (gap !== undefined || hold.isHeld()) return gap;
      return { reason: 'writer-lost', logSize: log.size(), databaseSize: log.size() };
    },
    sequence: async () => {
      if (!hold.isHeld())
        throw new Error('log: the database is not held, or another process writes into it: read-only');
      return log.sequence();
    },
  };
}

/** Opens the log of a platform as its one writer, and holds the database until it is closed; without a policy no witness is known. */
export async function openPlatformLog(
  directory: string,
  { desk, store, signer }: Pick<OpenDesk, 'desk' | 'signer'> & { readonly store: Pick<Store, 'isAlone'> },
  policy: WitnessPolicy = policyOfKeys([]),
): Promise<Result<PlatformLog, LogRefusal>> {
  const { database, surroundings, logKey } = desk;
  const folder = join(directory, folders.log);
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  const hold = await holdWriter(database, { run: surroundings.uuid(), isAlone: store.isAlone });
  if (hold === undefined) return refuse('server-running');
  const tags = leafTags(desk.keyring);
  const log = await openCentralLog({ folder, database, signer, tags, nowMs: surroundings.nowMs });
  if (!log.ok) {
    await hold.release();
    return log;
  }
  const cosigned = openCosignedLog({ log: heldLog(log.value, hold), folder, key: logKey, policy });
  const close = async (): Promise<void> => {
    cosigned.close();
    await hold.release();
  };
  return ok({ ...cosigned, close });
}

import type { KeyObject } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Result } from '../../core/kernel/index.ts';
import { signText } from '../keys/index.ts';
import { openCentralLog, type CentralLog } from '../log/index.ts';
import type { Desk } from '../platform/index.ts';
import { folders } from './open-desk.ts';

/** Opens the log of a platform as its one writer. */
export async function openPlatformLog(
  directory: string,
  desk: Desk,
  logPrivateKey: KeyObject,
): Promise<Result<CentralLog, 'log-behind'>> {
  const folder = join(directory, folders.log);
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  return openCentralLog({
    folder,
    database: desk.database,
    key: desk.logKey,
    sign: (message) => signText(logPrivateKey, message),
    nowMs: desk.surroundings.nowMs,
  });
}

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ok, type Result } from '../../core/kernel/index.ts';
import { policyOfKeys, type WitnessPolicy } from '../../core/log/index.ts';
import { openCosignedLog, type CosignedLog } from '../cosigning/index.ts';
import type { TokenKeyRefusal } from '../keys/index.ts';
import { openCentralLog, type LogSigner } from '../log/index.ts';
import type { Desk } from '../platform/index.ts';
import { folders } from './open-desk.ts';

/** Opens the log of a platform as its one writer; without a policy no witness is known. */
export async function openPlatformLog(
  directory: string,
  desk: Desk,
  signer: LogSigner,
  policy: WitnessPolicy = policyOfKeys([]),
): Promise<Result<CosignedLog, 'log-behind' | TokenKeyRefusal>> {
  const folder = join(directory, folders.log);
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  const log = await openCentralLog({
    folder,
    database: desk.database,
    signer,
    nowMs: desk.surroundings.nowMs,
  });
  return log.ok ? ok(openCosignedLog({ log: log.value, folder, key: desk.logKey, policy })) : log;
}

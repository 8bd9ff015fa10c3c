import { join } from 'node:path';
import { ok, type Result } from '../../core/kernel/index.ts';
import type { NoteKey } from '../../core/log/index.ts';
import { checkPlatform, readPublishedHeads, type CheckSummary, type Progress, type Report } from '../audit/index.ts';
import { isHeld, onSnapshot, openStoreToRead } from '../store/index.ts';
import { readRecordKeys, type KeyRefusal } from './key-folder.ts';
import { folders, type OpenRefusal, type PlatformPlace } from './open-desk.ts';

export type CheckRefusal = KeyRefusal | OpenRefusal | 'database-other-version';

export type CheckPlaceOptions = Omit<PlatformPlace, 'surroundings' | 'onStatement'> & {
  readonly witnesses: readonly NoteKey[];
  readonly isReplay: boolean;
  readonly report: Report;
  readonly onProgress: Progress;
};

/**
 * Checks the platform of a folder beside its running server or without one, and writes nothing; `undefined` where not even the key of the log
 * is to be had. A refusal says that nothing could be found out.
 */
export async function checkPlace(options: CheckPlaceOptions): Promise<Result<CheckSummary | undefined, CheckRefusal>> {
  const { directory, databaseUrl, passphrase, witnesses, isReplay, report, onProgress } = options;
  const keys = readRecordKeys(join(directory, folders.keys), passphrase);
  if (!keys.ok) return keys;
  const isLive = isHeld(join(directory, 'server.json'));
  const store = await openStoreToRead({ folder: join(directory, folders.database), databaseUrl });
  if (!store.ok) return store;
  const logFolder = join(directory, folders.log);
  try {
    // Read before the tables: what was shown by then is stored by then.
    const heads = readPublishedHeads(logFolder);
    const { keyring, documentKey } = keys.value;
    const summary = await onSnapshot(store.value.database, (session) =>
      checkPlatform({
        evidenceFolder: join(directory, folders.evidence),
        ...{ session, heads, logFolder, keyring, isLive, isReplay, witnesses, report, onProgress },
        documentKey: documentKey.publicKey,
      }),
    );
    return ok(summary);
  } finally {
    await store.value.close();
  }
}

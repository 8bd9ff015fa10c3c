import { join } from 'node:path';
import { refuse, type Result } from '../../core/kernel/index.ts';
import type { PackageManifest } from '../../core/log-package/index.ts';
import { exportLog, type ExportRefusal, type ExportRequest } from '../export/index.ts';
import { openBlobStore } from '../evidence/index.ts';
import { openFrozenLog } from '../log/index.ts';
import { readPlaceAt } from '../store/index.ts';
import { folders, openDesk, type OpenRefusal, type PlatformPlace } from './open-desk.ts';

/** An end of a range: an index of the log, or a moment. */
export type RangeEnd = { readonly index: number } | { readonly atMs: number };

/** As an `ExportRequest`, with ends that may be moments: from the first entry received at `from` to the last received before `to`. */
export type ExportWish = Omit<ExportRequest, 'from' | 'to'> & { readonly from: RangeEnd; readonly to: RangeEnd };

/** Exports a range of the log of a platform, beside a running server or without one; the log itself is only read. */
export async function exportPlatformLog(
  place: PlatformPlace,
  wish: ExportWish,
): Promise<Result<PackageManifest, OpenRefusal | ExportRefusal | 'log-unpublished'>> {
  const opened = await openDesk(place, undefined);
  if (!opened.ok) return opened;
  const { desk, store } = opened.value;
  try {
    const log = openFrozenLog(join(place.directory, folders.log), desk.logKey);
    if (!log.ok) return log;
    try {
      const { from, to } = wish;
      const blobs = openBlobStore(join(place.directory, folders.evidence));
      const first = 'index' in from ? from.index : await readPlaceAt(store.database, 'first-from', from.atMs);
      const last = 'index' in to ? to.index : await readPlaceAt(store.database, 'last-before', to.atMs);
      if (first === undefined || last === undefined) return refuse('log-range-empty', { size: log.value.size });
      return await exportLog(desk, { log: log.value, blobs }, { ...wish, from: first, to: last });
    } finally {
      log.value.close();
    }
  } finally {
    await store.close();
  }
}

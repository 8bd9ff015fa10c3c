import { tileWidth } from '../../core/log/index.ts';
import type { ReadPlatform } from '../platform/index.ts';

/** Records among the leaves of the log: all of them, and those of the emergency account. */
export type RecordCount = { readonly all: number; readonly emergency: number };

/** Counts the records among the leaves of the log, each once; a bundle at a time bounds what is in memory. */
export function createRecordCount({ log }: ReadPlatform): () => RecordCount {
  let read = 0;
  let all = 0;
  let emergency = 0;
  const count = (bundle: string, pattern: RegExp): number => bundle.match(pattern)?.length ?? 0;
  return () => {
    for (let to = read; read < log.size(); read = to) {
      to = Math.min(read + tileWidth, log.size());
      const bundle = Buffer.from(log.readEntries(read, to)).toString('latin1');
      all += count(bundle, /"kind":"(?:device|staff|policy|break-glass)"/gu);
      emergency += count(bundle, /"kind":"break-glass"/gu);
    }
    return { all, emergency };
  };
}

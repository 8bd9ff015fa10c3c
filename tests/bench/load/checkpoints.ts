import { readFileSync, statSync } from 'node:fs';

const lookEveryMs = 5;
/** The sequencer publishes no oftener than each 150 ms: who looks within this time sees every checkpoint. */
const blindMaxMs = 140;

export type Published = { readonly size: number; readonly atMs: number };

/**
 * Watches the published checkpoint of a log and notes when the file of each was written, a flush before the world can see it. Where the
 * looks were so far apart that one may have passed unseen, what is found counts from the look before: never later than it was.
 */
export function watchCheckpoints(file: string): { readonly stop: () => readonly Published[] } {
  const seen: Published[] = [];
  let lookedAtMs = Date.now();
  let writtenAtMs = Number.NaN;
  const look = (): void => {
    const beforeMs = lookedAtMs;
    lookedAtMs = Date.now();
    const { mtimeMs } = statSync(file);
    if (mtimeMs === writtenAtMs) return;
    writtenAtMs = mtimeMs;
    // The size is the second line of a checkpoint (C2SP tlog-checkpoint). A newer one that came between both calls counts as this one.
    const size = Number(readFileSync(file, 'utf8').split('\n')[1]);
    seen.push({ size, atMs: lookedAtMs - beforeMs > blindMaxMs ? Math.min(mtimeMs, beforeMs) : mtimeMs });
  };
  look();
  const timer = setInterval(look, lookEveryMs);
  return {
    stop: () => {
      clearInterval(timer);
      return seen;
    },
  };
}

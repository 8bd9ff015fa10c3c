import type { CentralLog, LogGap } from './central-log.ts';

/** A loop that sequences until it is stopped. */
export type Sequencer = {
  /** Tells that leaves are waiting, so that the next round comes soon. */
  readonly wake: () => void;
  /** Finishes the round under way and ends the loop. */
  readonly stop: () => Promise<void>;
};

/** Acts of this long go into one checkpoint: a receipt is at hand well within a second, and few notes are signed. */
const gatherMs = 150;
/** Leaves of another process are looked for this often. */
const idleMs = 1_000;

/**
 * Starts the loop. A round that fails is told to `onFailure`, and once to `onStandstill` that the log does not grow: it then
 * refuses to until the server starts anew.
 */
export function startSequencer(
  log: CentralLog,
  { onFailure, onStandstill }: { onFailure: (error: unknown) => void; onStandstill: (gap: LogGap) => void },
): Sequencer {
  let isStopped = false;
  let isToldOf = false;
  let wakeUp: (() => void) | undefined;
  let isAwake = false;

  async function pause(): Promise<void> {
    if (!isAwake) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, idleMs);
        wakeUp = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      wakeUp = undefined;
    }
    isAwake = false;
    if (!isStopped) await new Promise((resolve) => setTimeout(resolve, gatherMs));
  }

  async function loop(): Promise<void> {
    while (!isStopped) {
      try {
        while ((await log.sequence()) > 0 && !isStopped) await new Promise((resolve) => setTimeout(resolve, gatherMs));
        tell();
      } catch (error) {
        onFailure(error);
      }
      if (!isStopped) await pause();
    }
  }

  function tell(): void {
    const gap = log.gap();
    if (gap === undefined || isToldOf) return;
    isToldOf = true;
    onStandstill(gap);
  }

  const done = loop();
  return {
    wake: () => {
      isAwake = true;
      wakeUp?.();
    },
    stop: async () => {
      isStopped = true;
      wakeUp?.();
      await done;
    },
  };
}

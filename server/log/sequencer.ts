import type { CentralLog } from './central-log.ts';

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

/** Starts the loop. A round that fails is told to `onFailure`; the log then refuses to grow until the server starts anew. */
export function startSequencer(log: CentralLog, onFailure: (error: unknown) => void): Sequencer {
  let isStopped = false;
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
      } catch (error) {
        onFailure(error);
      }
      if (!isStopped) await pause();
    }
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

import { setTimeout as wait } from 'node:timers/promises';

/** A loop that runs until it is stopped. */
export type Schedule = {
  /** When the next round is due. */
  readonly nextAtMs: () => number;
  readonly stop: () => Promise<void>;
};

export type ScheduleOptions = {
  readonly everyMs: number;
  readonly nowMs: () => number;
  /** Waits, or ends early when the signal says so. Absent: by the clock of the machine. */
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
  /** One round; false where it failed and is to be tried again soon. */
  readonly round: () => Promise<boolean>;
};

/** The clock is looked at this often, so that one that was set, or a machine that slept, delays no round by more. */
const lookMs = 60_000;
/** A failed round is tried again after a minute, then after twice as long each time, at most after an hour. */
const retryMs = 60_000;
const retryMaxMs = 3_600_000;

async function sleepAside(ms: number, signal: AbortSignal): Promise<void> {
  await wait(ms, undefined, { signal }).catch(() => undefined);
}

/** Runs a round at once and then one in every `everyMs` of the clock. */
export function startSchedule({ everyMs, nowMs, sleep = sleepAside, round }: ScheduleOptions): Schedule {
  const stopping = new AbortController();
  const { signal } = stopping;
  let nextAtMs = nowMs();
  let failures = 0;

  async function loop(): Promise<void> {
    while (!signal.aborted) {
      const startedAtMs = nowMs();
      failures = (await round()) ? 0 : failures + 1;
      const retry = Math.min(everyMs, retryMaxMs, retryMs * 2 ** Math.min(failures - 1, 16));
      nextAtMs = startedAtMs + (failures === 0 ? everyMs : retry);
      // A clock that was set back must not put a round off: it is never further away than one period.
      while (!signal.aborted && nowMs() < nextAtMs && nextAtMs - nowMs() <= everyMs)
        await sleep(Math.min(lookMs, nextAtMs - nowMs()), signal);
    }
  }

  const done = loop();
  return {
    nextAtMs: () => nextAtMs,
    stop: async () => {
      stopping.abort();
      await done;
    },
  };
}

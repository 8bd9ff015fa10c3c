import type { HostTimers } from './options.ts';

/** The timers of this process. */
export const realTimers: HostTimers = {
  nowMs: () => performance.now(),
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
};

import { performance } from 'node:perf_hooks';
import type { HostTimers } from '../../main/hosts/index.ts';

export const realTimers: HostTimers = {
  nowMs: () => performance.now(),
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
};

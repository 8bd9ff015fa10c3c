import type { HostLimits } from './options.ts';

/**
 * How long to wait before start number `failures + 1`: doubles from the first delay up to the last, then takes between half
 * and all of it, so that hosts that died together do not start together. `jitter` is in [0, 1).
 */
export function restartDelayMs(failures: number, jitter: number, limits: HostLimits): number {
  const doubled = limits.restartDelayFirstMs * 2 ** Math.min(failures, 20);
  return Math.min(doubled, limits.restartDelayMaxMs) * (0.5 + jitter / 2);
}

/** Callers remembered at once; when there are more, all start anew. */
const callersMax = 10_000;

/** Counts what a caller did wrong in windows of fixed length. */
export type FailureLimit = {
  /** True while the caller may try. */
  readonly mayTry: (caller: string) => boolean;
  readonly count: (caller: string) => void;
};

/** Lets a caller fail `failuresMax` times in a window; who does nothing wrong is never held up. */
export function createFailureLimit(options: {
  readonly failuresMax: number;
  readonly windowMs: number;
  readonly nowMs: () => number;
}): FailureLimit {
  const { failuresMax, windowMs, nowMs } = options;
  const windows = new Map<string, { readonly startedAtMs: number; failures: number }>();
  const current = (caller: string) => {
    const known = windows.get(caller);
    return known !== undefined && nowMs() - known.startedAtMs < windowMs ? known : undefined;
  };
  return {
    mayTry: (caller) => (current(caller)?.failures ?? 0) < failuresMax,
    count: (caller) => {
      const known = current(caller);
      if (known !== undefined) {
        known.failures += 1;
        return;
      }
      if (windows.size >= callersMax) windows.clear();
      windows.set(caller, { startedAtMs: nowMs(), failures: 1 });
    },
  };
}

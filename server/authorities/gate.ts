/** Lets a bounded number of tasks run at once and a bounded number wait their turn. */
export type Gate = {
  /** The task's value, or `undefined` where too many wait already and it was not begun. */
  readonly run: <T>(task: () => Promise<T>) => Promise<T | undefined>;
};

export function createGate(bounds: { readonly runningMax: number; readonly waitingMax: number }): Gate {
  const waiting: (() => void)[] = [];
  let running = 0;
  return {
    run: async (task) => {
      if (running >= bounds.runningMax) {
        if (waiting.length >= bounds.waitingMax) return undefined;
        // Whoever ends hands its place over, so `running` stays as it is.
        await new Promise<void>((resolve) => waiting.push(resolve));
      } else running += 1;
      try {
        return await task();
      } finally {
        const next = waiting.shift();
        if (next === undefined) running -= 1;
        else next();
      }
    },
  };
}

/** Callers remembered at once; when there are more, all start anew. */
const callersMax = 10_000;

/** Counts calls of one caller in a window of fixed length: true while he may go on. */
export function createRateLimit(options: { readonly callsMax: number; readonly windowMs: number; readonly nowMs: () => number }): (caller: string) => boolean {
  const { callsMax, windowMs, nowMs } = options;
  const counts = new Map<string, { startedAtMs: number; calls: number }>();
  return (caller) => {
    const now = nowMs();
    const known = counts.get(caller);
    if (known === undefined || now - known.startedAtMs >= windowMs) {
      if (counts.size >= callersMax) counts.clear();
      counts.set(caller, { startedAtMs: now, calls: 1 });
      return true;
    }
    known.calls += 1;
    return known.calls <= callsMax;
  };
}

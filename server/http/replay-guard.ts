import { refuse, ok, type Result } from '../../core/kernel/index.ts';
import { requestWindowMs } from '../../contracts/http/index.ts';

/** Nonces remembered at once; beyond it requests are refused rather than let through unremembered. */
const noncesMax = 1_000_000;

/** Remembers the nonces of a window, so that a recorded request opens no door twice. */
export type ReplayGuard = {
  readonly admit: (request: {
    readonly device: string;
    readonly nonce: string;
    readonly createdSeconds: number;
  }) => Result<null, 'request-replayed' | 'request-clock-drift' | 'server-busy'>;
};

/**
 * Nonces live in memory: what was signed before this process began is refused, since nobody remembers whether it was
 * used. Two half-windows are kept, and the older is dropped whole, so that forgetting costs nothing.
 */
export function createReplayGuard(nowMs: () => number): ReplayGuard {
  const startedSeconds = Math.floor(nowMs() / 1_000);
  let turnedAtMs = nowMs();
  let current = new Set<string>();
  let before = new Set<string>();
  return {
    admit: ({ device, nonce, createdSeconds }) => {
      const now = nowMs();
      const ageMs = now - createdSeconds * 1_000;
      // Created is in whole seconds; a second of the future is rounding, not drift.
      if (createdSeconds < startedSeconds || ageMs > requestWindowMs || ageMs < -2_000)
        return refuse('request-clock-drift', { serverTimeMs: now });
      if (now - turnedAtMs > requestWindowMs + 2_000) {
        before = current;
        current = new Set();
        turnedAtMs = now;
      }
      const name = `${device} ${nonce}`;
      if (current.has(name) || before.has(name)) return refuse('request-replayed');
      if (current.size >= noncesMax) return refuse('server-busy');
      current.add(name);
      return ok(null);
    },
  };
}

import { refuse, ok, type Result } from '../../core/kernel/index.ts';
import { requestWindowMs } from '../../contracts/http/index.ts';

/** Nonces remembered at once; beyond it requests are refused rather than let through unremembered. */
const noncesMax = 1_000_000;

type Stamp = { readonly device: string; readonly nonce: string; readonly createdSeconds: number };

/** Remembers the nonces of a window, so that a recorded request opens no door twice. */
export type ReplayGuard = {
  /**
   * Whether a request of this time and nonce could still be let in. Remembers nothing, since whoever says so may be anybody; asked
   * before anything costly is done for a request.
   */
  readonly look: (stamp: Stamp) => Result<null, 'request-replayed' | 'request-clock-drift' | 'too-many-requests'>;
  /** Lets a request in whose signature holds, once. */
  readonly admit: (
    stamp: Stamp,
  ) => Result<null, 'request-replayed' | 'request-clock-drift' | 'too-many-requests' | 'server-busy'>;
};

/**
 * Nonces live in memory: what was signed before this process began is refused, since nobody remembers whether it was
 * used. Two half-windows are kept, and the older is dropped whole, so that forgetting costs nothing. What is as old as something that was
 * dropped is refused for good: a clock that is put back lets no recorded request in again.
 */
export function createReplayGuard(nowMs: () => number): ReplayGuard {
  let floorSeconds = Math.floor(nowMs() / 1_000) - 1;
  let turnedAtMs = nowMs();
  let current = new Set<string>();
  let before = new Set<string>();
  /** When the newest request of each set was made. */
  const newest = { current: 0, before: 0 };
  const nameOf = ({ device, nonce }: Stamp): string => `${device} ${nonce}`;

  const look: ReplayGuard['look'] = (stamp) => {
    const now = nowMs();
    const ageMs = now - stamp.createdSeconds * 1_000;
    // Created is in whole seconds; a second of the future is rounding, not drift.
    if (stamp.createdSeconds <= floorSeconds || ageMs > requestWindowMs || ageMs < -2_000)
      return refuse('request-clock-drift', { serverTimeMs: now });
    const name = nameOf(stamp);
    return current.has(name) || before.has(name) ? refuse('request-replayed') : ok(null);
  };

  return {
    look,
    admit: (stamp) => {
      const looked = look(stamp);
      if (!looked.ok) return looked;
      const now = nowMs();
      // What is dropped is too old to be let in by its time.
      if (now - turnedAtMs > requestWindowMs + 2_000) {
        floorSeconds = Math.max(floorSeconds, newest.before);
        Object.assign(newest, { before: newest.current, current: 0 });
        before = current;
        current = new Set();
        turnedAtMs = now;
      }
      if (current.size >= noncesMax) return refuse('server-busy');
      current.add(nameOf(stamp));
      newest.current = Math.max(newest.current, stamp.createdSeconds);
      return ok(null);
    },
  };
}

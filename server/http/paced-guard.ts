import { refuse } from '../../core/kernel/index.ts';
import type { ReplayGuard } from './replay-guard.ts';

/**
 * What one device may ask of the doors. A workstation at its busiest, with a journal of a week to send and pieces of evidence beside
 * it, asks some thirty times a second; a server of two cores answers fifteen hundred.
 */
const perSecond = 100;
const burstMax = 1_000;

type Spent = { readonly left: number; readonly atMs: number };

/**
 * Holds each device to its pace, so that none takes the server from the others: beyond it a request is refused `too-many-requests`
 * before its signature is verified. Only what the device itself signed is counted: nobody spends another's share, and there are no
 * more entries than devices. Shares are of this process; sign-ins are counted for all servers together (`accounts/attempts`).
 */
export function pacedGuard(guard: ReplayGuard, nowMs: () => number): ReplayGuard {
  const spent = new Map<string, Spent>();

  function leftOf(device: string): number {
    const { left, atMs } = spent.get(device) ?? { left: burstMax, atMs: nowMs() };
    return Math.min(burstMax, left + (Math.max(0, nowMs() - atMs) * perSecond) / 1_000);
  }

  return {
    look: (stamp) => {
      const looked = guard.look(stamp);
      if (!looked.ok || leftOf(stamp.device) >= 1) return looked;
      return refuse('too-many-requests', { retryAfterSeconds: 1 });
    },
    admit: (stamp) => {
      const left = leftOf(stamp.device);
      // Requests at once were all looked at before the first of them was counted.
      if (left < 1) return refuse('too-many-requests', { retryAfterSeconds: 1 });
      const admitted = guard.admit(stamp);
      if (admitted.ok) spent.set(stamp.device, { left: left - 1, atMs: nowMs() });
      return admitted;
    },
  };
}

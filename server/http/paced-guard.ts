import { createShares } from '../../core/access/index.ts';
import { refuse } from '../../core/kernel/index.ts';
import type { ReplayGuard } from './replay-guard.ts';

/**
 * What one device may ask of the doors. A workstation at its busiest, with a journal of a week to send and pieces of evidence beside
 * it, asks some thirty times a second; a server of two cores answers fifteen hundred. More devices than any platform has are known at once.
 */
const shareOfDevice = { perSecond: 100, burstMax: 1_000, knownMax: 20_000 };

/**
 * Holds each device to its pace, so that none takes the server from the others: beyond it a request is refused `too-many-requests`
 * before its signature is verified. Only what the device itself signed is counted: nobody spends another's share. One process serves a
 * platform (`store/writer`), so this is its share of all; it begins anew with the server.
 */
export function pacedGuard(guard: ReplayGuard, nowMs: () => number): ReplayGuard {
  const shares = createShares(shareOfDevice, nowMs);
  return {
    look: (stamp) => {
      const looked = guard.look(stamp);
      if (!looked.ok || shares.hasLeft(stamp.device)) return looked;
      return refuse('too-many-requests', { retryAfterSeconds: 1 });
    },
    admit: (stamp) => {
      // Requests at once were all looked at before the first of them was counted.
      if (!shares.hasLeft(stamp.device)) return refuse('too-many-requests', { retryAfterSeconds: 1 });
      const admitted = guard.admit(stamp);
      if (admitted.ok) shares.take(stamp.device);
      return admitted;
    },
  };
}

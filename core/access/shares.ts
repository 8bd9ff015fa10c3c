/** How much each may ask, and of how many it is remembered. */
export type ShareRules = {
  readonly perSecond: number;
  /** What lies there for whoever asked nothing for a while. */
  readonly burstMax: number;
  /** Beyond it the one that asked longest ago is forgotten, and begins with a whole share: memory stays flat however many come. */
  readonly knownMax: number;
};

/**
 * What one address may ask of doors that anybody may knock at. An office of some hundred workstations behind one address asks for a proof a
 * second each while they sign; a mirror that begins takes eight files at once, and waits where it is told to. A whole share is back after
 * ten seconds, so that only those are known who asked just now: 2 MB of them at the most.
 */
export const shareOfAddress: ShareRules = { perSecond: 200, burstMax: 2_000, knownMax: 10_000 };

/** The share of each, by his name. */
export type Shares = {
  readonly hasLeft: (who: string) => boolean;
  /** Takes one of the share; false where nothing is left of it. */
  readonly take: (who: string) => boolean;
  /** Of how many something is remembered. */
  readonly size: () => number;
};

type Spent = { readonly left: number; readonly atMs: number };

/** Gives each his share and fills it up again as time goes. Whose share is whole again takes no memory. */
export function createShares({ perSecond, burstMax, knownMax }: ShareRules, nowMs: () => number): Shares {
  // In the order in which they asked last.
  const spent = new Map<string, Spent>();

  function leftIn({ left, atMs }: Spent): number {
    return Math.min(burstMax, left + (Math.max(0, nowMs() - atMs) * perSecond) / 1_000);
  }

  function leftOf(who: string): number {
    const known = spent.get(who);
    return known === undefined ? burstMax : leftIn(known);
  }

  function forget(): void {
    for (const [who, known] of spent) {
      if (spent.size <= knownMax && leftIn(known) < burstMax) return;
      spent.delete(who);
    }
  }

  return {
    hasLeft: (who) => leftOf(who) >= 1,
    take: (who) => {
      const left = leftOf(who);
      if (left < 1) return false;
      spent.delete(who);
      spent.set(who, { left: left - 1, atMs: nowMs() });
      forget();
      return true;
    },
    size: () => spent.size,
  };
}

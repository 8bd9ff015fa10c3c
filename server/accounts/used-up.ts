/**
 * A sign-in a second, all day long, comes to fewer, and so do used challenges, which are forgotten after minutes; some 10 MB. The oldest
 * are forgotten first.
 */
const rememberedMax = 50_000;

/** What came to its end, until it would have run out by itself. */
export type UsedUp = {
  readonly add: (key: string, untilMs: number, nowMs: number) => void;
  readonly has: (key: string) => boolean;
};

/**
 * Remembers what this process saw used up or ended. A row says so, too, under its mark; but whoever rules the database can put the row back
 * as it was before, and its mark is good. Of the process, however many platforms it serves: keys are random, of one row each.
 */
export function rememberUsedUp(): UsedUp {
  const until = new Map<string, number>();
  return {
    add: (key, untilMs, nowMs) => {
      for (const [known, ends] of until) {
        if (ends > nowMs && until.size < rememberedMax) break;
        until.delete(known);
      }
      until.set(key, untilMs);
    },
    has: (key) => until.has(key),
  };
}

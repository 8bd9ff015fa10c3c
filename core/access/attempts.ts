/**
 * What failures are counted of: a person at one device by one certificate (`pair`), the person anywhere, the device with anybody, the
 * address of the network. A pair is held up by its own failures; by those of others only while it failed itself, and never longer than
 * the longest delay after its own last failure. So nobody who has both factors right is kept out by what strangers do: a whole
 * organisation behind one address signs in while somebody there guesses. Against whoever guesses at the same desk by the same
 * certificate there is a turn: see `admit`.
 */
export type AttemptScope = 'pair' | 'account' | 'device' | 'address';

export type Failures = { readonly count: number; readonly lastAtMs: number };

export const noFailures: Failures = { count: 0, lastAtMs: 0 };

export type AttemptRules = {
  /** Failures that cost nothing, of each scope. */
  readonly free: Readonly<Record<AttemptScope, number>>;
  /** The first delay; each further failure doubles it. */
  readonly delayFirstMs: number;
  /** No delay is longer. */
  readonly delayMaxMs: number;
  /** Failures are forgotten when none was added for so long. */
  readonly forgetAfterMs: number;
};

/** Slips of the hand are free; a guesser at one device has a hundred tries a day. */
export const attemptRulesDefault: AttemptRules = {
  free: { pair: 4, account: 20, device: 20, address: 100 },
  delayFirstMs: 15_000,
  delayMaxMs: 900_000,
  forgetAfterMs: 86_400_000,
};

/** 2^30 delays of a millisecond are twelve days, more than any policy waits. */
const doublingsMax = 30;

function remembered(failures: Failures, rules: AttemptRules, nowMs: number): Failures {
  return nowMs - failures.lastAtMs >= rules.forgetAfterMs ? noFailures : failures;
}

/** The failures after one more. */
export function countFailure(failures: Failures, rules: AttemptRules, nowMs: number): Failures {
  return { count: remembered(failures, rules, nowMs).count + 1, lastAtMs: Math.max(nowMs, failures.lastAtMs) };
}

function delayMs({ count }: Failures, free: number, { delayFirstMs, delayMaxMs }: AttemptRules): number {
  if (count <= free) return 0;
  return Math.min(delayFirstMs * 2 ** Math.min(count - free - 1, doublingsMax), delayMaxMs);
}

/** Until when this attempt is held up; the past where it is not. */
export function heldUntilMs(
  found: Readonly<Record<AttemptScope, Failures>>,
  rules: AttemptRules,
  nowMs: number,
): number {
  const until = (scope: AttemptScope): number => {
    const failures = remembered(found[scope], rules, nowMs);
    const delay = delayMs(failures, rules.free[scope], rules);
    return delay === 0 ? 0 : failures.lastAtMs + delay;
  };
  const own = remembered(found.pair, rules, nowMs);
  if (own.count === 0) return 0;
  const byOthers = Math.max(until('account'), until('device'), until('address'));
  return Math.max(until('pair'), Math.min(byOthers, own.lastAtMs + rules.delayMaxMs));
}

/**
 * Wrong tries of a held pair that are compared at all, in each longest delay: with the longest delay of the default, a guesser who has
 * the card and sits at the desk gets some 800 more a day, and an owner is kept waiting by nothing that a person does by hand.
 */
export const heardMax = 8;

/** What is kept of a pair while it is held up. */
export type HeldTries = {
  /** Wrong tries that were compared; `lastAtMs` is when their count began. */
  readonly heard: Failures;
  /** The first try that was right: `lastAtMs` is its time. */
  readonly right: Failures;
};

/**
 * What becomes of a try. `judged`: it counts, and is let in where it is right. `heard`: held up, and compared: where it is right the
 * owner has his turn, the longest delay after his first right try, however often others failed meanwhile. `unheard`: held up, and let
 * in by nothing; but of a right one the time is kept, so that nobody who fails often moves the turn of the owner away.
 */
export type Admission = 'judged' | 'heard' | 'unheard';

export function admit(
  found: Readonly<Record<AttemptScope, Failures>> & HeldTries,
  rules: AttemptRules,
  nowMs: number,
): Admission {
  if (heldUntilMs(found, rules, nowMs) <= nowMs) return 'judged';
  return countHeard(found.heard, rules, nowMs).count <= heardMax ? 'heard' : 'unheard';
}

/** The heard tries after one more. */
export function countHeard(heard: Failures, { delayMaxMs }: AttemptRules, nowMs: number): Failures {
  const isOver = nowMs - heard.lastAtMs >= delayMaxMs;
  return isOver ? { count: 1, lastAtMs: nowMs } : { ...heard, count: heard.count + 1 };
}

/** The heard tries where the last of them was right after all: it takes no place. */
export function takeBackHeard(heard: Failures): Failures {
  return { ...heard, count: Math.max(0, heard.count - 1) };
}

/** The first right try after this one, and whether the owner's turn has come. */
export function claimTurn(
  { right }: Pick<HeldTries, 'right'>,
  rules: AttemptRules,
  nowMs: number,
): { readonly right: Failures; readonly isTurn: boolean } {
  const first = remembered(right, rules, nowMs);
  if (first.count === 0) return { right: { count: 1, lastAtMs: nowMs }, isTurn: false };
  return { right: first, isTurn: nowMs - first.lastAtMs >= rules.delayMaxMs };
}

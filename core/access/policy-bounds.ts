type Bounds = { readonly min: number; readonly max: number };

const secondMs = 1_000;
const minuteMs = 60_000;
const dayMs = 86_400_000;
/** Beyond it the owner of a password is kept out longer than a guesser is delayed: half a day. */
const delayLongestMs = 43_200_000;
/** A setting that has no upper bound of its own. */
const unbounded = Number.MAX_SAFE_INTEGER;
const from = (min: number): Bounds => ({ min, max: unbounded });
const failures: Bounds = { min: 0, max: 10_000 };
/** Shorter ones would end while a card signs; longer ones would never end. */
const session: Bounds = { min: minuteMs, max: dayMs };

/** Within which each number of a policy may stand, by its path: a form tells it, and a document beyond it is no policy. */
export const policyBounds = {
  'registration.claimTtlMs': from(secondMs),
  'clock.warnDriftMs': from(1),
  // Clocks that are set by a network differ by less; below it nobody's act would be in time.
  'clock.refuseDriftMs': from(secondMs),
  'sync.promiseDeadlineMs': from(100),
  // A queue that is sent over a slow line takes so long.
  'sync.offlineTtlMs': from(minuteMs),
  // No authority publishes its lists more often.
  'signatures.crlAgeMaxMs': from(minuteMs),
  'evidence.antivirusBaseAgeMaxMs': from(secondMs),
  // A policy may ask for more than these, and never for so little that a password counts for nothing.
  'passwords.lengthMin': { min: 8, max: 64 },
  'passwords.historyMax': { min: 1, max: 24 },
  'passwords.ownCharactersMin': { min: 4, max: 32 },
  'attempts.free.pair': { min: 0, max: 10 },
  'attempts.free.account': failures,
  'attempts.free.device': failures,
  'attempts.free.address': failures,
  'attempts.delayFirstMs': { min: secondMs, max: delayLongestMs },
  'attempts.delayMaxMs': { min: secondMs, max: delayLongestMs },
  'attempts.forgetAfterMs': { min: delayLongestMs, max: 366 * dayMs },
  'sessions.idleMs': session,
  'sessions.absoluteMs': session,
  'sessions.lockIdleMs': { min: 10_000, max: dayMs },
  'sessions.stepUpMs': { min: 10_000, max: dayMs },
  // Shorter than a holiday with its weekends, and the officers themselves would be idle together.
  'terms.idleMaxMs': { min: 14 * dayMs, max: 366 * dayMs },
  'terms.reviewEveryMs': { min: dayMs, max: 366 * dayMs },
  'terms.warnAheadMs': { min: 0, max: 366 * dayMs },
  'posture.patchAgeMaxMs': from(minuteMs),
  'posture.antivirusBaseAgeMaxMs': from(minuteMs),
  'posture.clockDriftMaxMs': from(100),
  'posture.reportAgeMaxMs': from(minuteMs),
} as const satisfies Readonly<Record<string, Bounds>>;

export type BoundedField = keyof typeof policyBounds;

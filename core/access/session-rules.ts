import type { ActType } from '../actions/index.ts';

/** How long a sign-in lasts, and which acts want more than an open shift. № 57 gives no numbers. */
export type SessionRules = {
  /** A session that nothing was asked by for this long ends. Acts of the desk and its own sync both count. */
  readonly idleMs: number;
  /** A session ends this long after its start, whatever is done in it. */
  readonly absoluteMs: number;
  /** A desk that nobody touches for this long locks. */
  readonly lockIdleMs: number;
  /** Acts of these types want the password again where it was entered longer ago than `stepUpMs`. */
  readonly stepUp: readonly ActType[];
  readonly stepUpMs: number;
};

const minuteMs = 60_000;

/** What holds under policies older than these rules: one shift, and a desk that does not stay open alone. */
export const sessionRulesDefault: SessionRules = {
  idleMs: 60 * minuteMs,
  absoluteMs: 12 * 60 * minuteMs,
  lockIdleMs: 15 * minuteMs,
  stepUp: [],
  stepUpMs: 15 * minuteMs,
};

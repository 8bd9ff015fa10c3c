import type { Role } from './roles.ts';

/** What a person's record says of when he is one of the staff, and as what. */
export type Standing = {
  readonly validFromMs: number;
  readonly validUntilMs: number;
  readonly roles: readonly Role[];
};

/** True where a person may do anything at all at this moment: a record that ended, has not begun or names no role is a block. */
export function isInForce({ validFromMs, validUntilMs, roles }: Standing, nowMs: number): boolean {
  return nowMs >= validFromMs && nowMs < validUntilMs && roles.length > 0;
}

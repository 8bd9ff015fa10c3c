import type { RegistryState } from './registry.ts';

/** How long rights last without being used or looked at. № 57 gives no numbers. */
export type TermRules = {
  /** Nobody signs in or acts whom the platform has not seen, and two people have not confirmed, for this long. */
  readonly idleMaxMs: number;
  /** Two people look at everybody's rights at least this often. */
  readonly reviewEveryMs: number;
  /** How long before a term ends people are told of it: a contract, or the time for a review. */
  readonly warnAheadMs: number;
};

const dayMs = 86_400_000;

/** What a new platform begins with. */
export const termRulesDefault: TermRules = {
  idleMaxMs: 90 * dayMs,
  reviewEveryMs: 180 * dayMs,
  warnAheadMs: 14 * dayMs,
};

/** True for somebody who was neither seen nor confirmed for as long as the policy allows. A policy without such rules knows no idleness. */
export function isIdle(rules: TermRules | undefined, activeAtMs: number, nowMs: number): boolean {
  return rules !== undefined && nowMs - activeAtMs >= rules.idleMaxMs;
}

/** True for a right that ends soon, and is still running. */
export function endsSoon(
  record: { readonly validUntilMs: number | null },
  rules: TermRules | undefined,
  nowMs: number,
): boolean {
  const leftMs = record.validUntilMs === null ? Number.POSITIVE_INFINITY : record.validUntilMs - nowMs;
  return rules !== undefined && leftMs > 0 && leftMs <= rules.warnAheadMs;
}

/** `unruled`: the policy asks for no reviews, or there is nobody. `dueAtMs`: when the first of the people must have been looked at. */
export type ReviewStanding =
  | { readonly state: 'unruled' }
  | {
      readonly state: 'done' | 'due' | 'overdue';
      readonly dueAtMs: number;
      /** Whose rights are to be looked at soon, by the time that the policy warns ahead. */
      readonly due: number;
      /** Whose rights nobody has looked at for longer than the policy allows. */
      readonly overdue: number;
    };

/**
 * Where the periodic review of rights stands. Two people look at a person when they confirm his record and when they review him; who is
 * blocked, dismissed or past his last day needs no look.
 */
export function reviewStanding(
  { people }: Pick<RegistryState, 'people'>,
  rules: TermRules | undefined,
  nowMs: number,
): ReviewStanding {
  const due = [...people.values()]
    .filter(({ block, record }) => block === null && record.standing === 'active')
    .filter(({ record: { validUntilMs } }) => validUntilMs === null || nowMs < validUntilMs)
    .map((person) => Math.max(person.confirmedAtMs, person.reviewedAtMs ?? 0) + (rules?.reviewEveryMs ?? 0));
  const [first] = due.toSorted((one, other) => one - other);
  if (rules === undefined || first === undefined) return { state: 'unruled' };
  const overdue = due.filter((atMs) => atMs <= nowMs).length;
  const soon = due.filter((atMs) => atMs - nowMs <= rules.warnAheadMs).length - overdue;
  const state = overdue > 0 ? 'overdue' : soon > 0 ? 'due' : 'done';
  return { state, dueAtMs: first, due: soon, overdue };
}

import type { Iin } from '../kernel/index.ts';
import { mayChange } from './judge.ts';
import type { PolicyDocument } from './policy.ts';
import type { RegistryState } from './registry.ts';

/** One proposes, another confirms, and a third whose card is lost or who is blocked can be helped by the two. */
export const keepersMin = 3;

/** Who may propose or confirm what people may do, at this moment. */
export function keepersOf(registry: RegistryState, policy: PolicyDocument, nowMs: number): readonly Iin[] {
  const parts = ['propose', 'confirm'] as const;
  return [...registry.people.values()]
    .filter((person) => parts.some((part) => mayChange(policy, person, { kind: 'staff', part, nowMs })))
    .map(({ record }) => record.iin);
}

/**
 * Whom idleness keeps out. Keepers of rights are let in while fewer than three of them are active: else two who are at work could never
 * replace the card of one of them, and a recovery officer would be none after a quarter of a year.
 */
export function keptOutByIdleness(
  idle: ReadonlySet<Iin>,
  keepers: readonly { readonly iin: Iin; readonly isIdle: boolean }[],
): ReadonlySet<Iin> {
  if (keepers.filter(({ isIdle }) => !isIdle).length >= keepersMin) return idle;
  const needed = new Set(keepers.map(({ iin }) => iin));
  return new Set([...idle].filter((iin) => !needed.has(iin)));
}

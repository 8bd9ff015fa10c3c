import { isIdle } from '../../core/access/index.ts';
import type { Iin } from '../../core/kernel/index.ts';
import { activeTimes, keptOut } from '../accounts/index.ts';
import type { CheckedAct } from '../checks/index.ts';
import type { IntakeContext } from './admission.ts';

/** Who of the signers of these acts was not active for as long as the policy allows. */
export type IdleSigners = (acts: readonly CheckedAct[]) => Promise<ReadonlySet<Iin>>;

/**
 * Remembers when each person of the registry was active, which only grows: the table is asked where what is remembered is too old. Never
 * more entries than people.
 */
export function watchIdleSigners(context: IntakeContext): IdleSigners {
  const known = new Map<Iin, number>();
  return async (acts) => {
    const { platform, registry } = context;
    const { terms } = registry.policy().policy;
    const people = registry.rights()?.people;
    if (terms === undefined || people === undefined) return new Set();
    const nowMs = platform.surroundings.nowMs();
    const signers = acts.flatMap(({ signature }) => (signature?.ok === true ? [signature.value.iin] : []));
    const idle = (iin: Iin): boolean => isIdle(terms, known.get(iin) ?? 0, nowMs);
    const asked = [...new Set(signers)].filter((iin) => people.has(iin) && idle(iin));
    if (asked.length > 0) for (const [iin, atMs] of await activeTimes(context, asked)) known.set(iin, atMs);
    return keptOut(context, new Set(asked.filter(idle)));
  };
}

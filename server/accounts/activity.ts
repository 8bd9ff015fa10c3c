import { isIdle, keepersOf, keptOutByIdleness, type Person } from '../../core/access/index.ts';
import type { Iin } from '../../core/kernel/index.ts';
import { isTagged } from '../platform/index.ts';
import { readLastSessions } from '../store/index.ts';
import { whoIs, type SessionContext } from './sessions.ts';

/** When these people, or all, were seen last by rows that only this platform writes. One who has none, or whose newest was edited, was not seen. */
async function seenTimes(
  { platform }: SessionContext,
  iins: readonly Iin[] | undefined,
): Promise<ReadonlyMap<string, number>> {
  const { database, keyring } = platform;
  const rows = await readLastSessions(
    database,
    iins?.map((iin) => whoIs(keyring, iin)),
  );
  const good = rows.filter((row) => isTagged(keyring, 'session', row));
  return new Map(good.map((row) => [row.who, row.last_seen_ms]));
}

/** When each person was active last: seen at this platform, or confirmed by two people, which alone lets in who became idle. */
export async function activeTimes(context: SessionContext, iins?: readonly Iin[]): Promise<ReadonlyMap<Iin, number>> {
  const people = context.registry.rights()?.people ?? new Map<Iin, Person>();
  const seen = await seenTimes(context, iins);
  const asked = iins ?? [...people.keys()];
  return new Map(
    asked.map((iin) => {
      const seenAtMs = seen.get(whoIs(context.platform.keyring, iin)) ?? 0;
      return [iin, Math.max(seenAtMs, people.get(iin)?.confirmedAtMs ?? 0)];
    }),
  );
}

/** Whom of these idle people that keeps out: not the keepers of rights, while too few of them are active. */
export async function keptOut(context: SessionContext, idle: ReadonlySet<Iin>): Promise<ReadonlySet<Iin>> {
  const { platform, registry } = context;
  const rights = registry.rights();
  if (rights === undefined || idle.size === 0) return idle;
  const { policy } = registry.policy();
  const nowMs = platform.surroundings.nowMs();
  const keepers = keepersOf(rights, policy, nowMs);
  if (!keepers.some((iin) => idle.has(iin))) return idle;
  const active = await activeTimes(context, keepers);
  return keptOutByIdleness(
    idle,
    keepers.map((iin) => ({ iin, isIdle: isIdle(policy.terms, active.get(iin) ?? 0, nowMs) })),
  );
}

/**
 * Who of these people was not active for as long as the policy in force allows. Before the founding nobody is: the platform key alone
 * vouches for everybody then.
 */
export async function idleAmong(context: SessionContext, iins: readonly Iin[]): Promise<ReadonlySet<Iin>> {
  const { platform, registry } = context;
  const { terms } = registry.policy().policy;
  if (terms === undefined || registry.rights() === undefined || iins.length === 0) return new Set();
  const active = await activeTimes(context, iins);
  const nowMs = platform.surroundings.nowMs();
  return keptOut(context, new Set(iins.filter((iin) => isIdle(terms, active.get(iin) ?? 0, nowMs))));
}

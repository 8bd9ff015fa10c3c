import { isIdle, registryOf, reviewStanding, type Person, type RegistryState } from '../../core/access/index.ts';
import type { RegistryView } from '../../contracts/http/index.ts';
import { sha256 } from '../../eds/index.ts';
import { activeTimes, keptOut } from './activity.ts';
import type { SessionContext } from './sessions.ts';
import { leavesOfSources } from './sources.ts';

const nobody: RegistryState = registryOf({ staff: [], devices: [], policies: [] }, { sha256, atMs: 0 });

function plain<T>(value: unknown): T {
  return structuredClone(value) as T;
}

type LeafOf = (made: { readonly source: string }) => number | null;

function alarmsIn(
  { alarms }: RegistryState,
  openings: readonly { readonly leaf: string; readonly leafIndex: number }[],
  leafOf: LeafOf,
): RegistryView['alarms'] {
  const placeOf = new Map(openings.map(({ leaf, leafIndex }) => [leaf, leafIndex]));
  return [...alarms].map(([leaf, { record, end }]) => ({
    ...{ leaf, leafIndex: placeOf.get(leaf) ?? 0, record: plain(record) },
    end: end === null ? null : { by: end.by, atMs: end.atMs, leafIndex: leafOf(end) },
  }));
}

/** Who may do what, as the log has it: what whoever reads access is told. */
export async function viewRegistry(context: SessionContext): Promise<RegistryView> {
  const { platform, registry } = context;
  const rights = registry.rights() ?? nobody;
  const { people, devices, policies } = rights;
  const ends = [...rights.alarms.values()].flatMap(({ end }) => end ?? []);
  const all = [...people.values(), ...devices.values(), ...policies, ...ends];
  const leaves = await leavesOfSources(platform, registry.records(), all);
  const leaf: LeafOf = ({ source }) => leaves.get(source) ?? null;
  const activeAt = await activeTimes(context);
  const { terms } = registry.policy().policy;
  const nowMs = platform.surroundings.nowMs();
  const isIdleNow = ({ record: { iin } }: Person) => isIdle(terms, activeAt.get(iin) ?? 0, nowMs);
  const idle = new Set([...people.values()].filter(isIdleNow).map(({ record }) => record.iin));
  const out = await keptOut(context, idle);
  const activityOf = ({ record: { iin } }: Person) => ({ activeAtMs: activeAt.get(iin) ?? 0, isIdle: out.has(iin) });
  return {
    isFounded: registry.founded() !== undefined,
    people: [...people.values()].map((one) => ({
      ...{ record: plain(one.record), hash: one.hash, leafIndex: leaf(one) },
      ...{ block: plain(one.block), confirmedAtMs: one.confirmedAtMs, reviewedAtMs: one.reviewedAtMs },
      ...activityOf(one),
    })),
    devices: [...devices.values()].map((one) => ({ record: plain(one.record), hash: one.hash, leafIndex: leaf(one) })),
    waiting: registry.waiting().map(({ record, leafIndex }) => ({ record: plain(record), leafIndex })),
    review: reviewStanding(rights, terms, nowMs),
    policies: policies.map((one) => ({ record: plain(one.record), hash: one.hash, leafIndex: leaf(one) })),
    alarms: alarmsIn(rights, registry.openings(), leaf),
    unconfirmed: registry.unconfirmed().map((one) => ({ ...one })),
  };
}

import { ok } from '../../core/kernel/index.ts';
<<<<<<< HEAD
import { endpoints, policiesLimitMax } from '../../contracts/http/index.ts';
import { viewRegistry } from '../accounts/index.ts';
=======
import { endpoints, policiesLimitMax, type RegistryView } from '../../contracts/http/index.ts';
import { sha256 } from '../../eds/index.ts';
import { activeTimes, keptOut, leavesOfSources } from '../accounts/index.ts';
>>>>>>> 5e82c34 (Neither time nor one officer nor two signatures close the organisation: keepers of rights are not idle while too few are active, and no policy shuts out its own signers)
import { blockedActsOf, policyActs } from '../intake/index.ts';
import type { DoorContext } from './context.ts';
import { noteReading } from './reading.ts';
import type { Router } from './router.ts';

/** Opens the door of the policies that two people signed, for every desk: each by the acts that put it there. */
export function openPoliciesDoor({ platform, registry }: DoorContext, router: Router): void {
  router.open(endpoints.policies, async ({ query }) => {
    const later = (registry.rights()?.policies ?? []).filter(({ record }) => record.version > query.after);
    const sources = later.map(({ source }) => source).slice(0, policiesLimitMax);
    return ok({ policies: [...(await policyActs(platform, sources))] });
  });
}

/** Opens the door of what came after a block: it carries what people sent of participants, so who read it is written down. */
export function openBlockedActsDoor(context: DoorContext, router: Router): void {
  router.open(endpoints.blockedActs, async ({ device, reader, query: { iin } }) => {
    const view = await blockedActsOf(context, iin);
    if (view.acts.length > 0)
      await noteReading(context.platform, {
        ...{ device: device.record.device, iin: reader.iin },
        ...{ door: 'blocked-acts', details: JSON.stringify({ acts: view.acts.length }) },
      });
    return ok(view);
  });
}

/** Opens the door of the registry: people, devices and policies with the hash that a change of each must name. */
export function openRegistryDoor(context: DoorContext, router: Router): void {
  router.open(endpoints.registry, async ({ device, reader }) => {
<<<<<<< HEAD
    const view = await viewRegistry(context);
    await noteReading(context.platform, {
=======
    const rights = registry.rights() ?? nobody;
    const { people, devices, policies } = rights;
    const all = [...people.values(), ...devices.values(), ...policies];
    const leafOf = await leavesOfSources(platform, registry.records(), all);
    const leaf = ({ source }: { readonly source: string }): number | null => leafOf.get(source) ?? null;
    const activeAt = await activeTimes({ platform, registry });
    const { terms } = registry.policy().policy;
    const nowMs = platform.surroundings.nowMs();
    const isIdleNow = ({ record: { iin } }: Person) => isIdle(terms, activeAt.get(iin) ?? 0, nowMs);
    const idle = new Set([...people.values()].filter(isIdleNow).map(({ record }) => record.iin));
    const out = await keptOut({ platform, registry }, idle);
    await noteReading(platform, {
>>>>>>> 5e82c34 (Neither time nor one officer nor two signatures close the organisation: keepers of rights are not idle while too few are active, and no policy shuts out its own signers)
      ...{ device: device.record.device, iin: reader.iin },
      ...{ door: 'registry', details: JSON.stringify({ people: view.people.length }) },
    });
<<<<<<< HEAD
=======
    const activityOf = ({ record: { iin } }: Person) => ({ activeAtMs: activeAt.get(iin) ?? 0, isIdle: out.has(iin) });
    const view: RegistryView = {
      isFounded: registry.founded() !== undefined,
      people: [...people.values()].map((one) => ({
        ...{ record: plain(one.record), hash: one.hash, leafIndex: leaf(one) },
        ...{ block: plain(one.block), confirmedAtMs: one.confirmedAtMs, reviewedAtMs: one.reviewedAtMs },
        ...activityOf(one),
      })),
      devices: [...devices.values()].map((one) => ({
        record: plain(one.record),
        hash: one.hash,
        leafIndex: leaf(one),
      })),
      waiting: registry.waiting().map(({ record, leafIndex }) => ({ record: plain(record), leafIndex })),
      review: reviewStanding(rights, terms, nowMs),
      policies: policies.map((one) => ({ record: plain(one.record), hash: one.hash, leafIndex: leaf(one) })),
      unconfirmed: registry.unconfirmed().map((one) => ({ ...one })),
    };
>>>>>>> 5e82c34 (Neither time nor one officer nor two signatures close the organisation: keepers of rights are not idle while too few are active, and no policy shuts out its own signers)
    return ok(view);
  });
}

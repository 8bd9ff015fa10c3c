import { mayChange, reviewStanding } from '../../core/access/index.ts';
import { ok, refuse } from '../../core/kernel/index.ts';
import { endpoints, policiesLimitMax, type AccountView } from '../../contracts/http/index.ts';
import { leavesOfSources, viewRegistry } from '../accounts/index.ts';
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
    const view = await viewRegistry(context);
    await noteReading(context.platform, {
      ...{ device: device.record.device, iin: reader.iin },
      ...{ door: 'registry', details: JSON.stringify({ people: view.people.length }) },
    });
    return ok(view);
  });
}

/** Opens the door at which everybody reads his own record, and nobody that of another. */
export function openAccountDoor({ platform, registry }: DoorContext, router: Router): void {
  router.open(endpoints.account, async ({ reader: { iin } }) => {
    const rights = registry.rights();
    if (rights === undefined) return refuse('platform-not-founded');
    const own = rights.people.get(iin);
    if (own === undefined) return refuse('person-unknown');
    const leafOf = await leavesOfSources(platform, registry.records(), [own]);
    const { policy } = registry.policy();
    const nowMs = platform.surroundings.nowMs();
    const isReviewer = mayChange(policy, own, { kind: 'review', part: 'propose', nowMs });
    // Nobody reviews himself.
    const others = new Map([...rights.people].filter(([one]) => one !== iin));
    return ok({
      ...{
        record: structuredClone(own.record) as AccountView['record'],
        hash: own.hash,
        leafIndex: leafOf.get(own.source) ?? null,
      },
      ...{ confirmedAtMs: own.confirmedAtMs, reviewedAtMs: own.reviewedAtMs },
      review: isReviewer ? reviewStanding({ people: others }, policy.terms, nowMs) : null,
    });
  });
}

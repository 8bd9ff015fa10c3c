import type { DeviceId, Iin, Sha256, Sha256Hex } from '../kernel/index.ts';
import { deviceOf, peopleOf, type AccessChange } from './change.ts';
import { isSameOpening, type EmergencyAlarm } from './emergency.ts';
import { evolveRegistry, type AccessEffect, type RegistryState } from './registry.ts';

/** A record of a registry: of whom or what it is. */
export type RecordName =
  | { readonly kind: 'person'; readonly iin: Iin }
  | { readonly kind: 'device'; readonly device: DeviceId }
  | { readonly kind: 'policy'; readonly version: number }
  | { readonly kind: 'alarm'; readonly leaf: Sha256Hex };

/** What somebody who holds the signed changes himself makes of a registry that he is told. */
export type CheckedRegistry = {
  /** Records that two signatures which he verified put there, word for word. */
  readonly verified: {
    readonly people: ReadonlySet<Iin>;
    readonly devices: ReadonlySet<DeviceId>;
    readonly policies: ReadonlySet<number>;
  };
  /** Records that are told otherwise than the signatures have it. */
  readonly differing: readonly RecordName[];
};

type Touched = {
  readonly people: Set<Iin>;
  readonly staff: Set<Iin>;
  readonly devices: Set<DeviceId>;
  readonly policies: Set<number>;
};

function touchedBy(effects: readonly AccessEffect[]): Touched {
  const touched: Touched = { people: new Set(), staff: new Set(), devices: new Set(), policies: new Set() };
  for (const effect of effects) {
    if (effect.kind === 'block') {
      touched.people.add(effect.iin);
      continue;
    }
    const { change } = effect;
    // An alarm is closed, and nobody's record is another for it.
    if (change.kind === 'alarm') continue;
    for (const iin of peopleOf(change)) touched.people.add(iin);
    if (change.kind === 'staff') touched.staff.add(change.record.iin);
    const device = deviceOf(change);
    if (device !== undefined) touched.devices.add(device);
    if (change.kind === 'policy') touched.policies.add(change.record.version);
  }
  return touched;
}

/** What no effect put there: it stands since the founding, and is taken as it is told, with no block and no review. */
function baseOf(told: RegistryState, touched: Touched): RegistryState {
  const people = [...told.people].filter(([iin]) => !touched.staff.has(iin));
  return {
    people: new Map(people.map(([iin, person]) => [iin, { ...person, block: null, reviewedAtMs: null }])),
    devices: new Map([...told.devices].filter(([device]) => !touched.devices.has(device))),
    policies: told.policies.filter(({ record }) => !touched.policies.has(record.version)),
    releases: new Map(),
    alarms: new Map([...told.alarms].map(([leaf, { record }]) => [leaf, { record, end: null }])),
  };
}

/** Whom and what these changes call new: when each was accepted, there was no such record. */
function newcomersOf(changes: readonly AccessChange[]): ReadonlySet<string> {
  return new Set(
    changes.flatMap((change): readonly string[] => {
      if (change.kind === 'staff' && change.before === null) return [change.record.iin];
      return change.kind === 'device' && change.before === null ? [change.record.record.device] : [];
    }),
  );
}

/** Alarms that are told to be closed, or to stand, otherwise than the signatures have it. */
function differingAlarms(own: RegistryState['alarms'], told: RegistryState['alarms']): readonly Sha256Hex[] {
  const isAlike = (one: EmergencyAlarm | undefined, other: EmergencyAlarm | undefined): boolean =>
    one !== undefined &&
    other !== undefined &&
    isSameOpening(one.record, other.record) &&
    one.end?.by === other.end?.by &&
    one.end?.atMs === other.end?.atMs;
  return [...own.keys()].filter((leaf) => !isAlike(own.get(leaf), told.get(leaf)));
}

/** Signed changes as somebody holds them: those of every state, and what those that count did, in the order of the log. */
export type HeldSignatures = { readonly changes: readonly AccessChange[]; readonly effects: readonly AccessEffect[] };

/**
 * Holds a told registry against the changes that were verified. What no change touched is left as it
 * is: it stands since the founding, which is not known here. Whoever is told to be blocked, or not, without a signature is among the differing, and so is
 * a record that a change called new and no second signature made.
 */
export function checkRegistry(
  told: RegistryState,
  { changes, effects }: HeldSignatures,
  sha256: Sha256,
): CheckedRegistry {
  const newcomers = newcomersOf(changes);
  const touched = touchedBy(effects);
  const own = effects.reduce(
    (registry, effect) => evolveRegistry(registry, effect, { source: '', sha256 }),
    baseOf(told, touched),
  );
  const differs = <Of extends { readonly hash: string }>(one: Of | undefined, other: Of | undefined): boolean =>
    one === undefined || other === undefined || one.hash !== other.hash;
  const people = [...new Set([...touched.people, ...told.people.keys()])].filter((iin) => {
    const [here, there] = [own.people.get(iin), told.people.get(iin)];
    // A block that nobody signed shows in the hash only where the record is known: here it is looked at as such.
    const isBlockedAlike = (here?.block === null) === (there?.block === null);
    if (touched.staff.has(iin) && here?.confirmedAtMs !== there?.confirmedAtMs) return true;
    return touched.people.has(iin)
      ? differs(here, there) || here?.reviewedAtMs !== there?.reviewedAtMs
      : newcomers.has(iin) || !isBlockedAlike || there?.reviewedAtMs !== null;
  });
  const devices = [...new Set([...touched.devices, ...told.devices.keys()])].filter((device) =>
    touched.devices.has(device) ? differs(own.devices.get(device), told.devices.get(device)) : newcomers.has(device),
  );
  const policies = [...touched.policies].filter((version) => {
    const of = (registry: RegistryState) => registry.policies.find(({ record }) => record.version === version);
    return differs(of(own), of(told));
  });
  const without = <One>(all: ReadonlySet<One>, some: readonly One[]): ReadonlySet<One> =>
    new Set([...all].filter((one) => !some.includes(one)));
  return {
    verified: {
      people: without(touched.staff, people),
      devices: without(touched.devices, devices),
      policies: without(touched.policies, policies),
    },
    differing: [
      ...people.map((iin) => ({ kind: 'person', iin }) as const),
      ...devices.map((device) => ({ kind: 'device', device }) as const),
      ...policies.map((version) => ({ kind: 'policy', version }) as const),
      ...differingAlarms(own.alarms, told.alarms).map((leaf) => ({ kind: 'alarm', leaf }) as const),
    ],
  };
}

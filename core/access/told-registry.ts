import type { DeviceId, Iin, Sha256, Sha256Hex } from '../kernel/index.ts';
import { deviceOf, peopleOf, type AccessChange } from './change.ts';
import { isSameOpening, type EmergencyAlarm } from './emergency.ts';
import { evolveRegistryBy, type AccessEffect, type Person, type RegistryState } from './registry.ts';

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
  /** To go on from when more is signed; worth nothing where something differs. */
  readonly folded: FoldedSignatures;
};

type Touched = {
  readonly people: ReadonlySet<Iin>;
  readonly staff: ReadonlySet<Iin>;
  readonly devices: ReadonlySet<DeviceId>;
  readonly policies: ReadonlySet<number>;
};

/** What the first effects made of the records that they are about. */
export type FoldedSignatures = {
  /** How many effects. */
  readonly count: number;
  readonly touched: Touched;
  /** Records that effects are about, and no others. */
  readonly own: RegistryState;
};

const nothingFolded: FoldedSignatures = {
  count: 0,
  touched: { people: new Set(), staff: new Set(), devices: new Set(), policies: new Set() },
  own: { people: new Map(), devices: new Map(), policies: [], releases: new Map(), alarms: new Map() },
};

function touchedBy(before: Touched, effects: readonly AccessEffect[]): Touched {
  const touched = {
    ...{ people: new Set(before.people), staff: new Set(before.staff) },
    ...{ devices: new Set(before.devices), policies: new Set(before.policies) },
  };
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

/** Whom and what these changes call new: when each was accepted, there was no such record. */
function newcomersOf(changes: readonly AccessChange[]): ReadonlySet<string> {
  return new Set(
    changes.flatMap((change): readonly string[] => {
      if (change.kind === 'staff' && change.before === null) return [change.record.iin];
      return change.kind === 'device' && change.before === null ? [change.record.record.device] : [];
    }),
  );
}

/** Signed changes as somebody holds them: those of every state, and what those that count did, in the order of the log. */
export type HeldSignatures = { readonly changes: readonly AccessChange[]; readonly effects: readonly AccessEffect[] };

/** Of whom the changes say that he was there before them, he stood there by the founding: as he is told, with no block and no review. */
function foundersAmong(told: RegistryState, people: readonly Iin[], newcomers: ReadonlySet<string>): readonly Person[] {
  return people.flatMap((iin) => {
    const person = newcomers.has(iin) ? undefined : told.people.get(iin);
    return person === undefined ? [] : [{ ...person, block: null, reviewedAtMs: null }];
  });
}

function foldOn(
  before: FoldedSignatures,
  told: RegistryState,
  { effects, newcomers, sha256 }: Pick<HeldSignatures, 'effects'> & { newcomers: ReadonlySet<string>; sha256: Sha256 },
): FoldedSignatures {
  const added = effects.slice(before.count);
  if (added.length === 0) return before;
  const touched = touchedBy(before.touched, added);
  const met = [...touched.people].filter((iin) => !before.touched.people.has(iin));
  const people = new Map(before.own.people);
  for (const person of foundersAmong(told, met, newcomers)) people.set(person.record.iin, person);
  const own = evolveRegistryBy({ ...before.own, people }, added, { source: '', sha256 });
  return { count: effects.length, touched, own };
}

const differs = <Of extends { readonly hash: string }>(one: Of | undefined, other: Of | undefined): boolean =>
  one === undefined || other === undefined || one.hash !== other.hash;

/** Alarms that are told to be closed, or to stand, otherwise than the signatures have it. */
function differingAlarms(own: RegistryState['alarms'], told: RegistryState['alarms']): readonly Sha256Hex[] {
  const isAlike = (one: EmergencyAlarm, other: EmergencyAlarm | undefined): boolean =>
    other !== undefined &&
    isSameOpening(one.record, other.record) &&
    one.end?.by === other.end?.by &&
    one.end?.atMs === other.end?.atMs;
  const standing = [...told].map(([leaf, { record }]) => [leaf, { record, end: null }] as const);
  return [...new Map<Sha256Hex, EmergencyAlarm>([...standing, ...own])].flatMap(([leaf, alarm]) =>
    isAlike(alarm, told.get(leaf)) ? [] : [leaf],
  );
}

function isPersonTold(here: Person | undefined, there: Person | undefined, isOfStaffChange: boolean): boolean {
  if (isOfStaffChange && here?.confirmedAtMs !== there?.confirmedAtMs) return false;
  return !differs(here, there) && here?.reviewedAtMs === there?.reviewedAtMs;
}

function differingPeople(told: RegistryState, newcomers: ReadonlySet<string>, folded: FoldedSignatures): Iin[] {
  const { touched, own } = folded;
  return [...new Set([...touched.people, ...told.people.keys()])].filter((iin) => {
    const there = told.people.get(iin);
    if (touched.people.has(iin)) return !isPersonTold(own.people.get(iin), there, touched.staff.has(iin));
    // A block or a review that nobody signed, or somebody who is new and whom no second signature made.
    return newcomers.has(iin) || there?.block !== null || there.reviewedAtMs !== null;
  });
}

/**
 * Holds a told registry against the changes that were verified. What no change touched is left as it
 * is: it stands since the founding, which is not known here. Whoever is told to be blocked, or not, without a signature is among the differing, and so is
 * a record that a change called new and no second signature made. `before`: what an earlier check folded of the first of these very effects, so that
 * only what was signed since is folded now.
 */
export function checkRegistry(
  told: RegistryState,
  { changes, effects }: HeldSignatures,
  sha256: Sha256,
  before: FoldedSignatures = nothingFolded,
): CheckedRegistry {
  const newcomers = newcomersOf(changes);
  const folded = foldOn(before, told, { effects, newcomers, sha256 });
  const { touched, own } = folded;
  const people = differingPeople(told, newcomers, folded);
  const devices = [...new Set([...touched.devices, ...told.devices.keys()])].filter((device) =>
    touched.devices.has(device) ? differs(own.devices.get(device), told.devices.get(device)) : newcomers.has(device),
  );
  const policies = [...touched.policies].filter((version) => {
    const of = (registry: RegistryState) => registry.policies.find(({ record }) => record.version === version);
    return differs(of(own), of(told));
  });
  const without = <One>(all: ReadonlySet<One>, some: readonly One[]): ReadonlySet<One> => {
    const left = new Set(all);
    for (const one of some) left.delete(one);
    return left;
  };
  return {
    folded,
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

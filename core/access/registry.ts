import {
  canonicalize,
  toHex,
  type DeviceId,
  type Iin,
  type JournalEpoch,
  type Json,
  type Sha256,
  type Sha256Hex,
} from '../kernel/index.ts';
import type { AccessCase, AccessEvent } from './access-case.ts';
import type { AccessChange, BlockedAct, DeviceGrant, Release, StaffGrant } from './change.ts';
import type { EmergencyAlarm } from './emergency.ts';
import type { PolicyDocument } from './policy.ts';

export type Block = { readonly by: Iin; readonly atMs: number; readonly reason: string };

/** A record with its hash, and with what put it there: the hash of a document of the founding, or the id of an act. */
type Kept<Of> = { readonly record: Of; readonly hash: Sha256Hex; readonly source: string };

export type Person = Kept<StaffGrant> & {
  readonly block: Block | null;
  /** When two people signed this record, or the platform was founded on it. */
  readonly confirmedAtMs: number;
  readonly reviewedAtMs: number | null;
};
export type GrantedDevice = Kept<DeviceGrant>;
export type GrantedPolicy = Kept<PolicyDocument>;

/** Who may do what: the records of the founding and the fold of the accepted access acts in the order of the log. */
export type RegistryState = {
  readonly people: ReadonlyMap<Iin, Person>;
  readonly devices: ReadonlyMap<DeviceId, GrantedDevice>;
  /** In the order in which they came; the last one that is in effect is in force. */
  readonly policies: readonly GrantedPolicy[];
  /** What two people let in of blocked people, by the chain in which it is received again. */
  readonly releases: ReadonlyMap<JournalEpoch, Release>;
  /** Of each opening of the emergency account that the log holds, by the hash of its leaf. */
  readonly alarms: ReadonlyMap<Sha256Hex, EmergencyAlarm>;
};

/** What an accepted act does to the registry. */
export type AccessEffect =
  | { readonly kind: 'change'; readonly change: AccessChange; readonly by: Iin; readonly atMs: number }
  | { readonly kind: 'block'; readonly iin: Iin; readonly by: Iin; readonly atMs: number; readonly reason: string };

/** What an event of a case does to the registry; `undefined` for one that only concerns its case. */
export function effectOf(before: AccessCase, event: AccessEvent): AccessEffect | undefined {
  const { by, atMs } = event;
  if (event.type === 'blocked') return { kind: 'block', iin: event.iin, by, atMs, reason: event.reason };
  return event.type === 'confirmed' && 'change' in before
    ? { kind: 'change', change: before.change, by, atMs }
    : undefined;
}

function hashOf(sha256: Sha256, value: unknown): Sha256Hex {
  return toHex(sha256(canonicalize(value as Json))) as Sha256Hex;
}

/** Hash of a person in the registry. A block is part of it: a change that was read before the block does not lift it. */
export function personHash(sha256: Sha256, record: StaffGrant, block: Block | null): Sha256Hex {
  return hashOf(sha256, { block, record });
}

/** Hash of a device or a policy in the registry. */
export function recordHash(sha256: Sha256, record: DeviceGrant | PolicyDocument): Sha256Hex {
  return hashOf(sha256, record);
}

type Made = { readonly source: string; readonly sha256: Sha256 };

/** A registry that is written to. */
type Draft = {
  readonly people: Map<Iin, Person>;
  readonly devices: Map<DeviceId, GrantedDevice>;
  readonly policies: GrantedPolicy[];
  readonly releases: Map<JournalEpoch, Release>;
  readonly alarms: Map<Sha256Hex, EmergencyAlarm>;
};

function putPerson({ people }: Draft, person: Omit<Person, 'hash'>, sha256: Sha256): void {
  people.set(person.record.iin, { ...person, hash: personHash(sha256, person.record, person.block) });
}

/** A registry of these records alone, as of the moment at which they were confirmed together. */
export function registryOf(
  records: {
    readonly staff: readonly { readonly record: StaffGrant; readonly source: string }[];
    readonly devices: readonly { readonly record: DeviceGrant; readonly source: string }[];
    readonly policies: readonly { readonly record: PolicyDocument; readonly source: string }[];
  },
  { sha256, atMs }: { readonly sha256: Sha256; readonly atMs: number },
): RegistryState {
  const keep = <Of extends DeviceGrant | PolicyDocument>({ record, source }: { record: Of; source: string }) => ({
    ...{ record, source, hash: recordHash(sha256, record) },
  });
  const registry: Draft = {
    people: new Map(),
    devices: new Map(records.devices.map((one) => [one.record.record.device, keep(one)])),
    policies: records.policies.map(keep),
    releases: new Map(),
    alarms: new Map(),
  };
  for (const one of records.staff)
    putPerson(registry, { ...one, block: null, confirmedAtMs: atMs, reviewedAtMs: null }, sha256);
  return registry;
}

function putBlock(registry: Draft, iin: Iin, block: Block, { source, sha256 }: Made): void {
  const person = registry.people.get(iin);
  if (person !== undefined) putPerson(registry, { ...person, block, source }, sha256);
}

function putReview(registry: Draft, { change, by, atMs }: AccessEffect & { kind: 'change' }, made: Made): void {
  if (change.kind !== 'review') return;
  for (const { iin, decision } of change.people) {
    if (decision === 'revoke') putBlock(registry, iin, { by, atMs, reason: 'review' }, made);
    const person = registry.people.get(iin);
    if (person !== undefined) putPerson(registry, { ...person, reviewedAtMs: atMs }, made.sha256);
  }
}

/** A confirmed record of a person lifts his block: nothing else does. */
function put(registry: Draft, effect: AccessEffect, made: Made): void {
  const { source, sha256 } = made;
  if (effect.kind === 'block') {
    const { by, atMs, reason } = effect;
    return putBlock(registry, effect.iin, { by, atMs, reason }, made);
  }
  const { change } = effect;
  switch (change.kind) {
    case 'staff': {
      const { record } = change;
      const reviewedAtMs = registry.people.get(record.iin)?.reviewedAtMs ?? null;
      return putPerson(registry, { record, source, block: null, confirmedAtMs: effect.atMs, reviewedAtMs }, sha256);
    }
    case 'device': {
      const { record } = change;
      registry.devices.set(record.record.device, { record, source, hash: recordHash(sha256, record) });
      return;
    }
    case 'policy': {
      const { record } = change;
      registry.policies.push({ record, source, hash: recordHash(sha256, record) });
      return;
    }
    case 'review':
      return putReview(registry, effect, made);
    case 'release': {
      const { kind: _kind, ...release } = change;
      registry.releases.set(release.epoch, release);
      return;
    }
    case 'alarm': {
      const { leaf, record } = change;
      registry.alarms.set(leaf, { record, end: { by: effect.by, atMs: effect.atMs, source } });
      return;
    }
  }
}

/** The registry after accepted acts, one after the other. */
export function evolveRegistryBy(registry: RegistryState, effects: readonly AccessEffect[], made: Made): RegistryState {
  const { people, devices, policies, releases, alarms } = registry;
  const draft: Draft = {
    ...{ people: new Map(people), devices: new Map(devices) },
    ...{ policies: [...policies], releases: new Map(releases), alarms: new Map(alarms) },
  };
  for (const effect of effects) put(draft, effect, made);
  return draft;
}

/** The registry after one accepted act. */
export function evolveRegistry(registry: RegistryState, effect: AccessEffect, made: Made): RegistryState {
  return evolveRegistryBy(registry, [effect], made);
}

/** The place of an act that is received again, and what it is. */
export type ReleasedPlace = Pick<BlockedAct, 'device' | 'id' | 'hash'> & {
  readonly iin: Iin;
  /** Of its leaf: not that of the journal which it was written in. */
  readonly epoch: JournalEpoch;
};

/** The act that two people let in under this chain, where it is this very one. */
export function releasedAct(
  registry: RegistryState | undefined,
  { epoch, iin, device, id, hash }: ReleasedPlace,
): BlockedAct | undefined {
  const release = registry?.releases.get(epoch);
  return release?.iin === iin
    ? release.acts.find((act) => act.device === device && act.id === id && act.hash === hash)
    : undefined;
}

/** `actor-unknown`: nobody has a record for him, or it has not begun, or it names no role. */
export type OutOfForce = 'actor-unknown' | 'actor-blocked' | 'actor-dismissed' | 'actor-ended';

/**
 * Why a person may do nothing at this moment; `undefined` for one who is in force. The reason is told, and no replay asks for it: what was refused under
 * another name in former times stays as the log has it.
 */
export function outOfForce(person: Person | undefined, nowMs: number): OutOfForce | undefined {
  if (person === undefined) return 'actor-unknown';
  const { record, block } = person;
  if (record.standing === 'dismissed') return 'actor-dismissed';
  if (block !== null) return 'actor-blocked';
  if (record.validUntilMs !== null && record.validUntilMs <= nowMs) return 'actor-ended';
  return record.validFromMs <= nowMs && record.roles.length > 0 ? undefined : 'actor-unknown';
}

/** A person as he would stand without the block that a release lifts for the acts which it names: his dates, roles and certificates count as ever. */
export function withoutBlock(person: Person | undefined): Person | undefined {
  return person === undefined
    ? undefined
    : { ...person, block: null, record: { ...person.record, standing: 'active' as const } };
}

/** The policy in force at a moment. */
export function policyInForce(registry: RegistryState, nowMs: number): GrantedPolicy | undefined {
  return registry.policies.findLast(({ record }) => record.effectiveFromMs <= nowMs);
}

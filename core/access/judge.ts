import { canonicalize, never, type Iin, type Json, type PlatformId, type Sha256 } from '../kernel/index.ts';
import type { AccessCase, AccessEvent } from './access-case.ts';
import type { AccessChange, AccessCommand, Before, ChangeKind, ReviewItem, StaffGrant } from './change.ts';
import { isSameOpening } from './emergency.ts';
import type { ChangeRule, PolicyDocument } from './policy.ts';
import { effectOf, evolveRegistry, outOfForce, policyInForce, type Person, type RegistryState } from './registry.ts';
import { mayAct, mayRead } from './roles.ts';

/** What the other records forbid. */
export type RegistryRefusal =
  | 'change-not-allowed'
  | 'change-author-not-in-force'
  | 'change-other-platform'
  | 'record-changed'
  | 'certificate-of-other'
  | 'employee-number-taken'
  | 'device-key-taken'
  | 'device-not-in-force'
  | 'policy-version-wrong'
  | 'alarm-unknown'
  | 'alarm-closed-already'
  | 'person-unknown'
  | 'person-blocked-already'
  | 'nobody-left-to-confirm';

type Part = 'propose' | 'confirm';

/**
 * Who may propose and confirm a kind under a policy; a kind that it does not name is nobody's. Alone an alarm that it does not name is for those who
 * change the policy: they could name themselves, and an alarm that nobody can close is one that nobody reads.
 */
export function changeRuleOf({ changes }: PolicyDocument, kind: ChangeKind): ChangeRule | undefined {
  return changes?.[kind] ?? (kind === 'alarm' ? changes?.policy : undefined);
}

/** True where this person, in force now, may take this part in this kind of change. A kind that the policy does not name is nobody's. */
export function mayChange(
  policy: PolicyDocument,
  person: Person | undefined,
  asked: { readonly kind: ChangeKind; readonly part: Part; readonly nowMs: number },
): boolean {
  const { kind, part, nowMs } = asked;
  if (person === undefined || outOfForce(person, nowMs) !== undefined) return false;
  const { roles } = person.record;
  const type = part === 'propose' ? 'access.propose' : 'access.confirm';
  return (
    mayAct(policy.access, roles, type) &&
    (changeRuleOf(policy, kind)?.[part] ?? []).some((role) => roles.includes(role))
  );
}

/** Kinds without which no right could ever be changed again. */
const vitalKinds = ['staff', 'policy'] as const satisfies readonly ChangeKind[];
type VitalKind = (typeof vitalKinds)[number];

type Rule = { readonly policy: PolicyDocument; readonly kind: VitalKind; readonly nowMs: number };

/** True where two different people could make such a change: one proposes, another confirms. */
function hasPair(people: readonly Person[], { policy, kind, nowMs }: Rule): boolean {
  // Whoever cannot read what waits cannot be its second person.
  const may = (part: Part): readonly Iin[] =>
    people
      .filter((person) => mayChange(policy, person, { kind, part, nowMs }))
      .filter(({ record }) => mayRead(policy.access, record.roles, 'access'))
      .map(({ record }) => record.iin);
  const [proposers, confirmers] = [may('propose'), may('confirm')];
  return proposers.length > 0 && confirmers.length > 0 && new Set([...proposers, ...confirmers]).size > 1;
}

/** The vital kinds that two people can still change, under the policy in force and under every one that will come. */
export function changeableKinds(registry: RegistryState, nowMs: number): readonly VitalKind[] {
  const people = [...registry.people.values()].filter(({ record }) => record.certificates.length > 0);
  const current = policyInForce(registry, nowMs);
  const ahead = registry.policies.slice(current === undefined ? 0 : registry.policies.indexOf(current));
  return vitalKinds.filter((kind) => ahead.every(({ record: policy }) => hasPair(people, { policy, kind, nowMs })));
}

/** Long enough for two people to see that a right ends, and to renew it. */
const aheadMs = 14 * 86_400_000;

const hasDevice = ({ devices }: RegistryState): boolean =>
  [...devices.values()].some(({ record }) => record.standing === 'active');

/** What could be changed before, now and in two weeks, can be changed after, and there is a device to do it at. */
function leavesSomebody(before: RegistryState, after: RegistryState, nowMs: number): boolean {
  const isLeft = [nowMs, nowMs + aheadMs].every((atMs) => {
    const left = changeableKinds(after, atMs);
    return changeableKinds(before, atMs).every((kind) => left.includes(kind));
  });
  return isLeft && (hasDevice(after) || !hasDevice(before));
}

function isCurrent<Of>(before: Before<Of> | null, kept: { record: Of; hash: string } | undefined): boolean {
  if (before === null || kept === undefined) return before === null && kept === undefined;
  const text = (record: Of): string => canonicalize(record as unknown as Json);
  return before.hash === kept.hash && text(before.record) === text(kept.record);
}

function judgeStaff(registry: RegistryState, record: StaffGrant): RegistryRefusal | undefined {
  for (const { record: other } of registry.people.values()) {
    if (other.iin === record.iin) continue;
    if (other.certificates.some((one) => record.certificates.includes(one))) return 'certificate-of-other';
    if (other.employeeNumber !== null && other.employeeNumber === record.employeeNumber) return 'employee-number-taken';
  }
  return undefined;
}

export type AccessContext = {
  readonly registry: RegistryState;
  /** The one that the act names. */
  readonly policy: PolicyDocument;
  readonly platform: { readonly platform: PlatformId; readonly profile: string };
  readonly actor: { readonly iin: Iin };
  readonly nowMs: number;
  readonly sha256: Sha256;
};

function isOfPlatform(
  { platform }: AccessContext,
  of: { readonly platform: string; readonly profile: string },
): boolean {
  return of.platform === platform.platform && of.profile === platform.profile;
}

/** True where what the signers read of a person is what his record says. */
function isAsKept({ hash, name, roles }: ReviewItem, person: Person | undefined): boolean {
  const record = person?.record;
  return person?.hash === hash && record?.name === name && record.roles.join() === roles.join();
}

/** What the present records have against a change. */
function judgeRecord(context: AccessContext, change: AccessChange): RegistryRefusal | undefined {
  const { registry } = context;
  switch (change.kind) {
    case 'staff':
      if (!isCurrent(change.before, registry.people.get(change.record.iin))) return 'record-changed';
      return judgeStaff(registry, change.record);
    case 'device': {
      const { record } = change.record;
      if (!isOfPlatform(context, record)) return 'change-other-platform';
      if (!isCurrent(change.before, registry.devices.get(record.device))) return 'record-changed';
      if (!registry.people.has(change.record.custodian)) return 'person-unknown';
      const others = [...registry.devices.values()].filter((one) => one.record.record.device !== record.device);
      return others.some((one) => one.record.record.publicKey === record.publicKey) ? 'device-key-taken' : undefined;
    }
    case 'policy': {
      const { record, before } = change;
      if (!isOfPlatform(context, record)) return 'change-other-platform';
      const newest = registry.policies.at(-1);
      if (!isCurrent(before, newest)) return 'record-changed';
      return record.version === (newest?.record.version ?? 0) + 1 ? undefined : 'policy-version-wrong';
    }
    case 'review':
      if (change.people.some(({ iin }) => !registry.people.has(iin))) return 'person-unknown';
      return change.people.every((item) => isAsKept(item, registry.people.get(item.iin)))
        ? undefined
        : 'record-changed';
    case 'release': {
      const isTaken =
        registry.releases.has(change.epoch) ||
        [...registry.devices.values()].some(({ record }) => record.record.epoch === change.epoch);
      if (isTaken) return 'record-changed';
      if (!registry.people.has(change.iin)) return 'person-unknown';
      if (registry.people.get(change.iin)?.record.name !== change.name) return 'record-changed';
      // What a device sent that is none any more is not received again.
      const isInForce = change.acts.every(({ device, epoch }) => {
        const grant = registry.devices.get(device)?.record;
        return grant?.standing === 'active' && grant.record.epoch === epoch;
      });
      return isInForce ? undefined : 'device-not-in-force';
    }
    case 'alarm': {
      const known = registry.alarms.get(change.leaf);
      if (known === undefined || !isSameOpening(known.record, change.record)) return 'alarm-unknown';
      return known.end === null ? undefined : 'alarm-closed-already';
    }
    default:
      return never(change, 'change');
  }
}

function judgeEffect(context: AccessContext, before: AccessCase, event: AccessEvent): RegistryRefusal | undefined {
  const { registry, nowMs, sha256 } = context;
  // A proposal is judged as if it were confirmed at once: nobody waits for a second person over what cannot be.
  const { by, atMs } = event;
  const effect =
    event.type === 'proposed' ? ({ kind: 'change', change: event.change, by, atMs } as const) : effectOf(before, event);
  if (effect === undefined) return undefined;
  const after = evolveRegistry(registry, effect, { source: '', sha256 });
  return leavesSomebody(registry, after, nowMs) ? undefined : 'nobody-left-to-confirm';
}

function judgeBlock(
  { registry }: AccessContext,
  { iin, name }: { readonly iin: Iin; readonly name: string },
): RegistryRefusal | undefined {
  const person = registry.people.get(iin);
  if (person === undefined) return 'person-unknown';
  if (person.record.name !== name) return 'record-changed';
  return person.block === null ? undefined : 'person-blocked-already';
}

function judgeRight(context: AccessContext, state: AccessCase, command: AccessCommand): RegistryRefusal | undefined {
  const { registry, policy, actor, nowMs } = context;
  const may = (iin: Iin, kind: ChangeKind, part: Part): boolean =>
    mayChange(policy, registry.people.get(iin), { kind, part, nowMs });
  if (command.type === 'access.propose')
    return may(actor.iin, command.payload.change.kind, 'propose') ? undefined : 'change-not-allowed';
  if (command.type === 'access.withdraw' || command.type === 'access.block' || !('change' in state)) return undefined;
  if (!may(actor.iin, state.change.kind, 'confirm')) return 'change-not-allowed';
  // Two people answer for a change when it comes into force: the first must still be able to.
  const isAuthorInForce = command.type === 'access.decline' || may(state.author, state.change.kind, 'propose');
  return isAuthorInForce ? undefined : 'change-author-not-in-force';
}

/**
 * What the other records have against an act that its case allows (`event`, decided on `before`): the right of the person at this moment, the
 * record that it replaces, and whether two people would be left who can change rights at all.
 */
export function judgeAccess(
  context: AccessContext,
  {
    before,
    command,
    event,
  }: { readonly before: AccessCase; readonly command: AccessCommand; readonly event: AccessEvent },
): RegistryRefusal | undefined {
  const right = judgeRight(context, before, command);
  if (right !== undefined) return right;
  if (command.type === 'access.block') {
    return judgeBlock(context, command.payload) ?? judgeEffect(context, before, event);
  }
  const change = event.type === 'proposed' ? event.change : 'change' in before ? before.change : undefined;
  const isJudged = event.type === 'proposed' || event.type === 'confirmed';
  if (!isJudged || change === undefined) return undefined;
  return judgeRecord(context, change) ?? judgeEffect(context, before, event);
}

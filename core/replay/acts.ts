import {
  effectOf,
  judgeAccess,
  mayAct,
  outOfForce,
  releasedAct,
  withoutBlock,
  type AccessEffect,
  type BlockedAct,
  type OutOfForce,
  type PolicyDocument,
  type RegistryRefusal,
  type RegistryState,
  type Release,
} from '../access/index.ts';
import {
  decideCase,
  evolveCase,
  isAccessCommand,
  isAccessEvent,
  isRegistration,
  type CaseEvent,
  type CaseRefusal,
  type CaseState,
} from '../actions/index.ts';
import { ok, refuse, type Result, type Sha256, type Sha256Hex } from '../kernel/index.ts';
import type { Leaf } from '../log/index.ts';
import { caseHashStart, commandOf, nextCaseHash, type ActEnvelope } from '../signing/index.ts';

/** A case as the fold of its accepted acts. */
export type CaseFold = { readonly revision: number; readonly hash: Sha256Hex; readonly state: CaseState };

export const caseStart: CaseFold = { revision: 0, hash: caseHashStart, state: { status: 'absent' } };

/** By what an act is decided beside its case. */
export type DecisionRules = {
  readonly policy: PolicyDocument;
  /** Rights as the acts before this one left them; absent before the platform was founded. */
  readonly rights: RegistryState | undefined;
};

/** Why a person may not do an act by the rights at its place of the log. */
export type RightRefusal = OutOfForce | 'certificate-unknown' | 'role-missing';

type Judged = {
  readonly policy: PolicyDocument;
  readonly rights: RegistryState;
  readonly nowMs: number;
  /** True for an act that two people let in: the block of its signer does not count. */
  readonly isReleased?: boolean;
};

/** Why the signer may not act by the rights as they are after the act before this one. */
export function refusedByRights(
  envelope: ActEnvelope,
  { policy, rights, nowMs, isReleased = false }: Judged,
): RightRefusal | undefined {
  const { iin, certificate } = envelope.actor;
  const held = rights.people.get(iin);
  const person = isReleased ? withoutBlock(held) : held;
  const out = outOfForce(person, nowMs);
  if (out !== undefined) return out;
  if (person?.record.certificates.includes(certificate) !== true) return 'certificate-unknown';
  return mayAct(policy.access, person.record.roles, envelope.type) ? undefined : 'role-missing';
}

/** Why an accepted act had no right at its place of the log: its policy, its device or its signer. */
export function faultOfRight(
  envelope: ActEnvelope,
  { rights, nowMs, isReleased }: Omit<Judged, 'policy'>,
): RightRefusal | 'policy-unknown' | 'device-unknown' | 'device-retired' | undefined {
  const policy = rights.policies.find(({ record }) => record.version === envelope.policy)?.record;
  const device = rights.devices.get(envelope.device)?.record;
  if (policy === undefined) return 'policy-unknown';
  if (device?.record.epoch !== envelope.epoch) return 'device-unknown';
  if (device.standing !== 'active') return 'device-retired';
  return refusedByRights(envelope, { policy, rights, nowMs, isReleased: isReleased === true });
}

type Decided = { readonly event: CaseEvent; readonly effect: AccessEffect | undefined };
type RuleRefusal = CaseRefusal | RegistryRefusal | RightRefusal | 'platform-not-founded';

/**
 * Decides an act by the rule of its case and, where it changes rights, by the rights that everybody has at that point of the log. The same at
 * the intake and at every replay.
 */
export function decideByRules(
  state: CaseState,
  envelope: ActEnvelope,
  { policy, rights, nowMs, sha256 }: DecisionRules & { readonly nowMs: number; readonly sha256: Sha256 },
): Result<Decided, RuleRefusal> {
  const command = commandOf(envelope);
  const { iin } = envelope.actor;
  const { claimTtlMs } = policy.registration;
  const event = decideCase(state, command, { actor: { iin, roles: [] }, nowMs, claimTtlMs });
  if (!event.ok) return event;
  if (!isAccessCommand(command) || !isAccessEvent(event.value) || isRegistration(state))
    return ok({ event: event.value, effect: undefined });
  if (rights === undefined) return refuse('platform-not-founded');
  const out = refusedByRights(envelope, { policy, rights, nowMs });
  if (out !== undefined) return refuse(out);
  const { platform, profile } = envelope;
  const context = { registry: rights, policy, platform: { platform, profile }, actor: { iin }, nowMs, sha256 };
  const code = judgeAccess(context, { before: state, command, event: event.value });
  return code === undefined ? ok({ event: event.value, effect: effectOf(state, event.value) }) : refuse(code);
}

/** True where the envelope says what two people read of it before they let it in. */
export function isAsRead({ iin }: Pick<Release, 'iin'>, act: BlockedAct, envelope: ActEnvelope): boolean {
  const { id, device, epoch, sequence, type, claimedAtMs, actor } = envelope;
  const isAtPlace = id === act.id && device === act.device && epoch === act.epoch && sequence === act.sequence;
  return isAtPlace && actor.iin === iin && type === act.type && claimedAtMs === act.claimedAtMs;
}

/**
 * True where the leaf is that of an act which two people let in, and which is what they read of it (`hash` of the envelope). In the chain of
 * a release acts stand in its order, each once: none comes later than as many as were named up to it.
 */
export function isReleased(
  { epoch, sequence }: Pick<Leaf, 'epoch' | 'sequence'>,
  envelope: ActEnvelope,
  { hash, rights }: { readonly hash: Sha256Hex; readonly rights: RegistryState | undefined },
): boolean {
  const { id, device, actor } = envelope;
  const act = epoch === null ? undefined : releasedAct(rights, { epoch, iin: actor.iin, device, id, hash });
  if (epoch === null || act === undefined || !isAsRead(actor, act, envelope)) return false;
  const named = rights?.releases.get(epoch)?.acts.filter((one) => one.device === device) ?? [];
  return sequence <= named.indexOf(act) + 1;
}

/** What an accepted act came to. */
export type FoldedAct = {
  readonly fold: CaseFold;
  /** What it did to the rights of people, devices and policies. */
  readonly effect: AccessEffect | undefined;
};

/**
 * The case after an accepted act (`hash` of its envelope), by the rule, the policy and the rights that it was decided by; `record-changed` where it was
 * decided on another state of it.
 */
export function foldAct(
  options: DecisionRules & {
    readonly fold: CaseFold;
    readonly envelope: ActEnvelope;
    readonly hash: Sha256Hex;
    readonly receivedAtMs: number;
    readonly sha256: Sha256;
  },
): Result<FoldedAct, RuleRefusal | 'record-changed'> {
  const { fold, envelope, receivedAtMs: nowMs, policy, rights, sha256 } = options;
  const { subject } = envelope;
  if (subject.revision !== fold.revision || subject.hash !== fold.hash) return refuse('record-changed');
  const decided = decideByRules(fold.state, envelope, { policy, rights, nowMs, sha256 });
  if (!decided.ok) return decided;
  const { event, effect } = decided.value;
  const hash = nextCaseHash(sha256, fold.hash, options.hash);
  return ok({ fold: { revision: fold.revision + 1, hash, state: evolveCase(fold.state, event) }, effect });
}

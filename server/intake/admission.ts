import { mayAct, sessionRulesDefault } from '../../core/access/index.ts';
import { assert, refuse, ok, type Iin, type Result, type Sha256Hex } from '../../core/kernel/index.ts';
import type { ActEnvelope } from '../../core/signing/index.ts';
import type { ActItem } from '../../contracts/http/index.ts';
import type { ActRefusalCode } from './refusal-code.ts';
import { checkLive, staffInForce, type RegisteredDevice, type Registry } from '../accounts/index.ts';
import type { CheckedAct } from '../checks/index.ts';
import type { Platform } from '../platform/index.ts';

export type IntakeContext = { readonly platform: Platform; readonly registry: Registry };

/** An act that passed every check that needs no state of its case. */
export type Authorised = {
  readonly envelope: ActEnvelope;
  readonly actor: { readonly iin: Iin; readonly name: string };
  readonly validation: string;
};

/** One item as received: its place and hashes stand, whatever became of the checks. */
export type Admission = {
  readonly device: RegisteredDevice;
  readonly item: ActItem;
  readonly envelopeHash: Sha256Hex;
  readonly cmsHash: Sha256Hex;
  readonly receivedAtMs: number;
  /** The envelope wherever it could be read, for the link of the chain. */
  readonly envelope: ActEnvelope | undefined;
  readonly verdict: Result<Authorised, ActRefusalCode>;
  /** True for an act that two people let in: `item` names its place in the chain of the release, and the block of its signer does not count. */
  readonly isReleased: boolean;
};

type Received = {
  readonly device: RegisteredDevice;
  readonly act: CheckedAct;
  readonly receivedAtMs: number;
  /** Who was not active for too long, of the signers of this request. */
  readonly idle: ReadonlySet<Iin>;
};
type Checks = Received & { readonly context: IntakeContext };

/** The envelope must say what the cover and the platform say: no act of another device, place or platform gets any further. */
function checkCover({ context, device, act: { item } }: Checks, envelope: ActEnvelope): ActRefusalCode | undefined {
  const { identity } = context.platform;
  if (envelope.profile !== identity.profile) return 'act-other-profile';
  if (envelope.platform !== identity.platform || envelope.log !== identity.logOrigin) return 'act-other-platform';
  const isCovered =
    envelope.id === item.actionId &&
    envelope.epoch === item.epoch &&
    envelope.sequence === item.sequence &&
    envelope.device === device.record.device;
  return isCovered ? undefined : 'act-cover-differs';
}

/** Clock, policy and tree head, as they are at receipt. */
function checkMoment({ context, receivedAtMs: nowMs }: Checks, envelope: ActEnvelope): ActRefusalCode | undefined {
  const { policy } = context.registry.policy();
  if (envelope.claimedAtMs > nowMs + policy.clock.refuseDriftMs) return 'act-clock-ahead';
  if (envelope.claimedAtMs < nowMs - policy.sync.offlineTtlMs) return 'act-too-late';
  if (envelope.policy !== policy.version) return 'policy-not-in-force';
  const { tree } = context.platform.log;
  const { size, root } = envelope.treeHead;
  // The head that the signer saw must be one of ours: else he was shown another log.
  return size <= tree.size() && tree.rootAt(size) === root ? undefined : 'act-tree-head-foreign';
}

function authorise(
  { context, idle, receivedAtMs: nowMs }: Checks,
  envelope: ActEnvelope,
  checked: NonNullable<CheckedAct['signature']>,
): Result<Authorised, ActRefusalCode> {
  const { registry } = context;
  if (!checked.ok) return checked;
  const { iin, certificate } = checked.value;
  if (iin !== envelope.actor.iin || certificate !== envelope.actor.certificate) return refuse('signer-differs');
  const staff = staffInForce(registry, { iin, certificate, nowMs });
  if (!staff.ok) return staff;
  if (idle.has(iin)) return refuse('account-idle');
  // By the answers of this moment, which the thread that checked the signature does not have.
  const live = checkLive(registry.trust(), checked.value, nowMs);
  if (!live.ok) return live;
  const { record } = staff.value;
  if (!mayAct(registry.policy().policy.access, record.roles, envelope.type)) return refuse('role-missing');
  return ok({ envelope, actor: { iin, name: record.name }, validation: live.value });
}

function judge(checks: Checks): Result<Authorised, ActRefusalCode> {
  const { envelope, signature } = checks.act;
  if (!envelope.ok) return envelope;
  const code = checkCover(checks, envelope.value) ?? checkMoment(checks, envelope.value);
  if (code !== undefined) return refuse(code);
  assert(signature !== undefined, 'intake: the signature over an envelope that was read is checked');
  return authorise(checks, envelope.value, signature);
}

/**
 * The first half of the intake (DESIGN §4.6), after the act was checked by itself: device, moment, signer, authorisation. Never
 * throws on input; a refusal here is still logged, since the act has its place in the device's chain.
 */
export function admit(context: IntakeContext, received: Received): Result<Admission, 'epoch-unknown'> {
  const { device, act, receivedAtMs } = received;
  const { item, envelopeHash, cmsHash, envelope } = act;
  if (item.epoch !== device.record.epoch) return refuse('epoch-unknown');
  return ok({
    device,
    item,
    envelopeHash,
    cmsHash,
    receivedAtMs,
    envelope: envelope.ok ? envelope.value : undefined,
    verdict: judge({ context, ...received }),
    isReleased: false,
  });
}

/** No act that wants a fresh password of its person is let in without him. */
function judgeReleased({ registry }: IntakeContext, { signature }: CheckedAct, envelope: ActEnvelope, nowMs: number) {
  const { stepUp } = registry.policy().policy.sessions ?? sessionRulesDefault;
  if (stepUp.includes(envelope.type)) return refuse('step-up-missing');
  assert(signature !== undefined, 'intake: the signature over an envelope that was read is checked');
  if (!signature.ok) return signature;
  const { iin, certificate } = signature.value;
  if (iin !== envelope.actor.iin || certificate !== envelope.actor.certificate) return refuse('signer-differs');
  const live = checkLive(registry.trust(), signature.value, nowMs);
  const name = registry.rights()?.people.get(iin)?.record.name ?? iin;
  return live.ok ? ok({ envelope, actor: { iin, name }, validation: live.value }) : live;
}

/**
 * Admits an act that two people let in, as if it came now: the signature is judged at this moment. `item` names its place in the chain of the
 * release; what its signer may do without his block is decided with the rest.
 */
export function admitReleased(
  context: IntakeContext,
  received: Omit<Received, 'idle'> & { readonly envelope: ActEnvelope },
): Admission {
  const { device, act, envelope, receivedAtMs } = received;
  const { item, envelopeHash, cmsHash } = act;
  const verdict = judgeReleased(context, act, envelope, receivedAtMs);
  return { device, item, envelopeHash, cmsHash, receivedAtMs, envelope, verdict, isReleased: true };
}

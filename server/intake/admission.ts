import { mayAct } from '../../core/access/index.ts';
import { refuse, ok, type Iin, type Result, type Sha256Hex } from '../../core/kernel/index.ts';
import type { ActEnvelope } from '../../core/signing/index.ts';
import { parseActEnvelope } from '../../contracts/documents/index.ts';
import type { ActItem } from '../../contracts/http/index.ts';
import type { ActRefusalCode } from './refusal-code.ts';
import { checkSignature, staffInForce, type RegisteredDevice, type Registry } from '../accounts/index.ts';
import { sha256Hex } from '../../eds/index.ts';
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
};

type Checks = {
  readonly context: IntakeContext;
  readonly device: RegisteredDevice;
  readonly item: ActItem;
  readonly nowMs: number;
};

type Signed = { readonly cms: Uint8Array; readonly content: Uint8Array };

/** The envelope must say what the cover and the platform say: no act of another device, place or platform gets any further. */
function checkCover({ context, device, item }: Checks, envelope: ActEnvelope): ActRefusalCode | undefined {
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
function checkMoment({ context, nowMs }: Checks, envelope: ActEnvelope): ActRefusalCode | undefined {
  const { policy } = context.registry.policy();
  if (envelope.claimedAtMs > nowMs + policy.clock.refuseDriftMs) return 'act-clock-ahead';
  if (envelope.claimedAtMs < nowMs - policy.sync.offlineTtlMs) return 'act-too-late';
  if (envelope.policy !== policy.version) return 'policy-not-in-force';
  const { tree } = context.platform.log;
  const { size, root } = envelope.treeHead;
  // The head that the signer saw must be one of ours: else he was shown another log.
  return size <= tree.size() && tree.rootAt(size) === root ? undefined : 'act-tree-head-foreign';
}

function authorise(checks: Checks, envelope: ActEnvelope, signed: Signed): Result<Authorised, ActRefusalCode> {
  const { context, nowMs } = checks;
  const { registry } = context;
  const checked = checkSignature(registry.trust(), { ...signed, atMs: nowMs });
  if (!checked.ok) return checked;
  const { iin, certificate, validation } = checked.value;
  if (iin !== envelope.actor.iin || certificate !== envelope.actor.certificate) return refuse('signer-differs');
  const staff = staffInForce(registry, { iin, certificate, nowMs });
  if (!staff.ok) return staff;
  const { record } = staff.value;
  if (!mayAct(registry.policy().policy.access, record.roles, envelope.type)) return refuse('role-missing');
  return ok({ envelope, actor: { iin, name: record.name }, validation });
}

function judge(
  checks: Checks,
  envelope: Result<ActEnvelope, ActRefusalCode>,
  signed: Signed,
): Result<Authorised, ActRefusalCode> {
  if (!envelope.ok) return envelope;
  const code = checkCover(checks, envelope.value) ?? checkMoment(checks, envelope.value);
  return code === undefined ? authorise(checks, envelope.value, signed) : refuse(code);
}

/**
 * The first half of the intake (DESIGN §4.6): parse, device, moment, signature, authorisation. Never throws on input; a
 * refusal here is still logged, since the act has its place in the device's chain.
 */
export function admit(
  context: IntakeContext,
  device: RegisteredDevice,
  item: ActItem,
): Result<Admission, 'epoch-unknown'> {
  if (item.epoch !== device.record.epoch) return refuse('epoch-unknown');
  const nowMs = context.platform.surroundings.nowMs();
  const parsed = parseActEnvelope(item.envelope);
  // The door has seen that it is base64.
  const signed = { cms: Buffer.from(item.cms, 'base64'), content: Buffer.from(item.envelope) };
  return ok({
    device,
    item,
    envelopeHash: sha256Hex(signed.content),
    cmsHash: sha256Hex(signed.cms),
    receivedAtMs: nowMs,
    envelope: parsed.ok ? parsed.value : undefined,
    verdict: judge({ context, device, item, nowMs }, parsed, signed),
  });
}

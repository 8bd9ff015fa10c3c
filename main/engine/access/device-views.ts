import { isOlder, type PolicyDocument, type PostureFinding } from '../../../core/access/index.ts';
import { ok, type DeviceId, type Result } from '../../../core/kernel/index.ts';
import { deviceFingerprint, type DeviceRecord } from '../../../core/signing/index.ts';
import { sha256 } from '../../../eds/index.ts';
import type { DevicesView } from '../../../contracts/http/index.ts';
import type { DeviceView, PostureView } from '../../../contracts/ipc/index.ts';
import type { Engine, Shift } from '../context.ts';
import { named } from './change-views.ts';
import { readRegistry, type HeldRegistry } from './registry.ts';

type Told = DevicesView['devices'][number];
type Finding = PostureView['findings'][number];

/** What could not be found out is one thing to read, whatever it is. */
const shownAs: Readonly<Record<PostureFinding, Finding['id']>> = {
  'system-unknown': 'unknown',
  'system-unpatched': 'patches-old',
  'antivirus-unknown': 'unknown',
  'antivirus-absent': 'antivirus-absent',
  'antivirus-old': 'antivirus-base-old',
  'disk-unknown': 'unknown',
  'disk-plain': 'disk-not-encrypted',
  'clock-unknown': 'unknown',
  'clock-drift': 'clock-wrong',
  'remote-control-unknown': 'unknown',
  'remote-control': 'remote-control',
  'posture-absent': 'unknown',
};
const effects = { warn: 'warn', 'read-only': 'restrict', refuse: 'refuse' } as const;
const gravity: readonly Finding['effect'][] = ['warn', 'restrict', 'refuse'];

/** What the policy takes offence at; of several that read alike the gravest. */
function findingsOf({ kind, posture, findings }: Told, policy: PolicyDocument, nowMs: number): Finding[] {
  const rules = policy.posture;
  if (rules === undefined) return [];
  const shown = new Map<Finding['id'], Finding['effect']>();
  const note = (id: Finding['id'], effect: Finding['effect']): void => {
    const known = shown.get(id);
    if (known === undefined || gravity.indexOf(known) < gravity.indexOf(effect)) shown.set(id, effect);
  };
  const wanted = rules.versions[kind];
  if (wanted !== undefined && (posture === null || isOlder(posture.version, wanted.min)))
    note('version-old', nowMs >= wanted.graceUntilMs ? 'refuse' : 'warn');
  for (const finding of findings) {
    const measure = rules.measures[finding];
    if (measure !== undefined) note(shownAs[finding], effects[measure]);
  }
  return [...shown].map(([id, effect]) => ({ id, effect }));
}

function postureOf(told: Told | undefined, policy: PolicyDocument, nowMs: number): PostureView | null {
  if (told === undefined || told.posture === null || told.reportedAtMs === null) return null;
  const { version, patchedAtMs, antivirus, isDiskEncrypted, clockDriftMs, remoteControl } = told.posture;
  const isKnown = antivirus !== null && antivirus !== 'none';
  return {
    ...{ atMs: told.reportedAtMs, version, patchedAtMs, isDiskEncrypted, clockDriftMs },
    antivirus: isKnown ? { name: antivirus.engine, baseAtMs: antivirus.baseAtMs } : null,
    remoteControl: remoteControl ?? [],
    findings: findingsOf(told, policy, nowMs),
  };
}

type Beside = {
  readonly registry: HeldRegistry;
  /** What devices said of themselves, for whoever may read it. */
  readonly told: ReadonlyMap<DeviceId, Told>;
  readonly policy: PolicyDocument;
  readonly nowMs: number;
  readonly own: string;
};

function viewOf(record: DeviceRecord, { registry, told, policy, nowMs, own }: Beside): DeviceView {
  const kept = registry.state.devices.get(record.device);
  const isWaiting = registry.view.waiting.some((one) => one.record.device === record.device);
  const said = told.get(record.device);
  return {
    ...{ id: record.device, name: record.name, kind: record.kind, isThis: record.device === own },
    standing: isWaiting || kept === undefined ? 'requested' : kept.record.standing,
    location: kept?.record.location ?? '',
    custodian: kept === undefined ? null : named(registry, kept.record.custodian),
    fingerprint: deviceFingerprint(sha256, record),
    hash: kept?.hash ?? null,
    isVerified: registry.verified.devices.has(record.device),
    enrolledAtMs: record.enrolledAtMs,
    lastContactMs: said?.reportedAtMs ?? null,
    posture: postureOf(said, policy, nowMs),
  };
}

/**
 * Every device of the platform: those that ask to be let in first, each by the very record that it asked with. What a device says of itself is
 * for whoever reads operations; others see the records alone.
 */
export async function listDevices(engine: Engine, shift: Shift): Promise<Result<{ items: DeviceView[] }>> {
  const registry = await readRegistry(engine, shift);
  if (!registry.ok) return registry;
  const said = await shift.client.call('devices', {});
  if (!said.ok && said.refusal.code !== 'read-not-allowed') return said;
  const { policy, device: own } = shift.enrolment;
  const told = new Map(said.ok ? said.value.devices.map((one) => [one.id, one]) : []);
  const beside = { registry: registry.value, told, policy, nowMs: engine.serverClock.serverNowMs(), own };
  const { state, view } = registry.value;
  const waiting = view.waiting.map(({ record }) => record);
  const isAsking = ({ device }: DeviceRecord): boolean => waiting.some((one) => one.device === device);
  const held = [...state.devices.values()].map(({ record }) => record.record).filter((record) => !isAsking(record));
  return ok({ items: [...waiting, ...held].map((record) => viewOf(record, beside)) });
}

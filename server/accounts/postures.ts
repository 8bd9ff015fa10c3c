import { findingsOf, serviceOf, type Posture, type PostureFinding, type Service } from '../../core/access/index.ts';
import { ok, refuse, type DeviceId, type Result } from '../../core/kernel/index.ts';
import { posture as postureSchema } from '../../contracts/documents/index.ts';
import type { DevicesView } from '../../contracts/http/index.ts';
import { isTagged, tagRow } from '../platform/index.ts';
import { keepPosture, readPosture } from '../store/index.ts';
import type { RegisteredDevice } from './rights.ts';
import type { SessionContext } from './sessions.ts';

/** What a device said of its state last, and what the policy in force makes of it. */
export type JudgedPosture = {
  readonly posture: Posture | undefined;
  readonly reportedAtMs: number | null;
  readonly findings: readonly PostureFinding[];
  readonly service: Service;
};

/** When each device reported last to this process, one entry a device: a row that is older was put back. */
const reportedLast = new Map<DeviceId, number>();

/** Keeps a report by the time of its receipt; what the device says of the time counts as its word alone. Durable on return. */
export async function keepReport(
  { platform }: SessionContext,
  device: RegisteredDevice,
  posture: Posture,
): Promise<void> {
  const { database, keyring, surroundings } = platform;
  const row = { device: device.record.device, report: JSON.stringify(posture), at_ms: surroundings.nowMs() };
  reportedLast.set(row.device, row.at_ms);
  await keepPosture(database, tagRow(keyring, 'device_posture', row));
}

async function lastReport(
  { platform }: SessionContext,
  device: DeviceId,
): Promise<{ readonly posture: Posture; readonly atMs: number } | undefined> {
  const row = await readPosture(platform.database, device);
  // A row that was edited or put back says nothing: the device says it anew within the hour.
  if (row === undefined || !isTagged(platform.keyring, 'device_posture', row)) return undefined;
  if (row.at_ms < (reportedLast.get(device) ?? 0)) return undefined;
  const parsed = postureSchema.safeParse(JSON.parse(row.report));
  return parsed.success ? { posture: parsed.data, atMs: row.at_ms } : undefined;
}

export async function judgePosture(context: SessionContext, { record }: RegisteredDevice): Promise<JudgedPosture> {
  const nowMs = context.platform.surroundings.nowMs();
  const rules = context.registry.policy().policy.posture;
  const last = await lastReport(context, record.device);
  const reportedAtMs = last?.atMs ?? 0;
  const findings = rules === undefined ? [] : findingsOf(last?.posture, rules, { reportedAtMs, nowMs });
  const service = serviceOf({ kind: record.kind, posture: last?.posture, reportedAtMs }, rules, nowMs);
  return { posture: last?.posture, reportedAtMs: last?.atMs ?? null, findings, service };
}

/** Devices that count, with what each said of its state last. */
export async function viewDevices(context: SessionContext): Promise<DevicesView['devices']> {
  return Promise.all(
    context.registry.devices().map(async (device) => {
      const { posture, reportedAtMs, findings, service } = await judgePosture(context, device);
      const { device: id, name, kind, enrolledAtMs } = device.record;
      const remoteControl = posture?.remoteControl ?? null;
      const said =
        posture === undefined
          ? null
          : { ...posture, remoteControl: remoteControl === null ? null : [...remoteControl] };
      return {
        ...{ id, name, kind, enrolledAtMs, posture: said, reportedAtMs },
        ...{ service: service.measure, findings: [...findings] },
      };
    }),
  );
}

export type PostureRefusal = 'client-too-old' | 'posture-refused' | 'posture-restricted';

/** Whether a device is served for this use in its present state. Without rules in force no table is asked. */
export async function checkPosture(
  context: SessionContext,
  device: RegisteredDevice,
  use: 'read' | 'act',
): Promise<Result<null, PostureRefusal>> {
  if (context.registry.policy().policy.posture === undefined) return ok(null);
  const { service } = await judgePosture(context, device);
  const isClosed = service.measure === 'refuse' || (service.measure === 'read-only' && use === 'act');
  return isClosed ? refuse(service.code, service.details) : ok(null);
}

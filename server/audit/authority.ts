import { isInForce, mayAct, type PolicyDocument } from '../../core/access/index.ts';
import type { ActEnvelope, DeviceRecord, StaffRecord } from '../../core/signing/index.ts';
import { parseDeviceRecord, parsePolicyDocument, parseStaffRecord } from '../../contracts/documents/index.ts';
import type { CheckedDocument } from './document-rows.ts';

/** A record reaches the running server a moment after it is in the log; acts that it let in by the one before are let in here, too. */
const settlingMs = 60_000;

type Recorded<T> = { readonly record: T; readonly atMs: number };

/** Who might do what, at each place of the log. */
export type Authority = {
  readonly learn: (documents: readonly CheckedDocument[]) => void;
  /** True where the log says that this person, by this device, might do this act when it came. */
  readonly allows: (envelope: ActEnvelope, receivedAtMs: number) => boolean;
  readonly policyOf: (version: number) => PolicyDocument | undefined;
};

function isNamed({ certificates }: StaffRecord, { actor }: ActEnvelope): boolean {
  return certificates.some((certificate) => certificate === actor.certificate);
}

/** Folds roles, devices and policies as they come. */
export function foldAuthority(): Authority {
  const staff = new Map<string, Recorded<StaffRecord>[]>();
  const devices = new Map<string, DeviceRecord>();
  const policies = new Map<number, PolicyDocument>();

  function learn({ kind, text, atMs }: CheckedDocument): void {
    const policy = kind === 'policy' ? parsePolicyDocument(text) : undefined;
    if (policy?.ok === true) policies.set(policy.value.version, policy.value);
    const device = kind === 'device' ? parseDeviceRecord(text) : undefined;
    if (device?.ok === true) devices.set(device.value.device, device.value);
    const person = kind === 'staff' ? parseStaffRecord(text) : undefined;
    if (person?.ok !== true) return;
    const { iin } = person.value;
    staff.set(iin, [...(staff.get(iin) ?? []).slice(-1), { record: person.value, atMs }]);
  }

  return {
    policyOf: (version) => policies.get(version),
    learn: (documents) => {
      for (const document of documents) learn(document);
    },
    allows: (envelope, receivedAtMs) => {
      const policy = policies.get(envelope.policy);
      const device = devices.get(envelope.device);
      const isDevice = device?.epoch === envelope.epoch && device.enrolledAtMs <= receivedAtMs;
      if (policy === undefined || policy.effectiveFromMs > receivedAtMs || !isDevice) return false;
      const records = staff.get(envelope.actor.iin) ?? [];
      const newest = records.at(-1);
      const isSettling = newest !== undefined && newest.atMs >= receivedAtMs - settlingMs;
      return (isSettling ? records : records.slice(-1)).some(
        ({ record }) =>
          isNamed(record, envelope) &&
          isInForce(record, receivedAtMs) &&
          mayAct(policy.access, record.roles, envelope.type),
      );
    },
  };
}

import type { AccessDraft, DeviceView } from '../../../../contracts/ipc/index.ts';
import { whyFaults, whyOf, type Steps, type WhyFault, type WhyFields } from './steps.ts';

/** What can be done with a device: let one in that asks, give it another place or custodian, take it out of use. */
export type DeviceKind = 'admit' | 'move' | 'retire';

export type DeviceFields = WhyFields & {
  readonly location: string;
  /** IIN; empty for nobody yet. */
  readonly custodian: string;
  /** The key was compared with what the device itself shows. */
  readonly isCompared: boolean;
};

export type DeviceDraft = Steps<DeviceFields> & { readonly of: 'device'; readonly kind: DeviceKind };

export type DeviceFault =
  | WhyFault
  | {
      readonly field: 'location' | 'custodian' | 'isCompared' | null;
      readonly id: 'location-missing' | 'custodian-missing' | 'key-not-compared' | 'nothing-changed';
    };

/** What is open for a device that stands like this. */
export function kindsOf({ standing }: Pick<DeviceView, 'standing'>): readonly DeviceKind[] {
  if (standing === 'requested') return ['admit'];
  return standing === 'active' ? ['move', 'retire'] : [];
}

export function startDevice(kind: DeviceKind, device: DeviceView): DeviceDraft {
  const fields = {
    location: device.location,
    custodian: device.custodian?.iin ?? '',
    isCompared: false,
    reason: '',
    basis: '',
  };
  return { of: 'device', kind, fields, past: [], last: null };
}

function isSame({ fields }: DeviceDraft, device: DeviceView): boolean {
  return fields.location.trim() === device.location && fields.custodian === (device.custodian?.iin ?? '');
}

/** Everything that keeps the change from being signed, in the order of the form. */
export function deviceFaults(draft: DeviceDraft, device: DeviceView): readonly DeviceFault[] {
  const { kind, fields } = draft;
  const checks: readonly (DeviceFault | false)[] = [
    kind === 'admit' && !fields.isCompared && { field: 'isCompared', id: 'key-not-compared' },
    fields.location.trim() === '' && { field: 'location', id: 'location-missing' },
    fields.custodian === '' && { field: 'custodian', id: 'custodian-missing' },
    kind === 'move' && isSame(draft, device) && { field: null, id: 'nothing-changed' },
  ];
  return [...checks.filter((fault) => fault !== false), ...whyFaults(fields)];
}

/** Location, custodian and standing as the change would leave them. */
export function deviceAfter({ kind, fields }: DeviceDraft) {
  const standing = kind === 'retire' ? ('retired' as const) : ('active' as const);
  return { location: fields.location.trim(), custodian: fields.custodian, standing };
}

/** The act that the form comes to, or `null` while something is missing. */
export function deviceAct(draft: DeviceDraft, device: DeviceView): AccessDraft | null {
  if (deviceFaults(draft, device).length > 0) return null;
  const change = { kind: 'device' as const, id: device.id, before: device.hash, ...deviceAfter(draft) };
  return { type: 'access.propose', change, ...whyOf(draft.fields) };
}

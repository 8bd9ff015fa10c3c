import type { PolicyDocument, RegistryState } from '../../core/access/index.ts';
import type { Sha256Hex } from '../../core/kernel/index.ts';
import type { Opening } from '../../core/log/index.ts';
import {
  canonicalize,
  type DeviceRecord,
  type Json,
  type SignedDocument,
  type StaffRecord,
} from '../../core/signing/index.ts';
import { endlessMs } from '../../core/replay/index.ts';
import { sha256Hex } from '../../eds/index.ts';
import { signDocument, type Desk, type Identity } from '../platform/index.ts';
import { grantKinds, judgeFounding, type Founded, type GrantKind, type LoggedRecord } from './founding.ts';
import type { LoggedDocument } from './documents.ts';

export type RegisteredDevice = {
  readonly record: DeviceRecord;
  readonly publicKey: Uint8Array;
  readonly signed: SignedDocument;
  readonly hash: Sha256Hex;
  readonly leafIndex: number;
  readonly opening: Opening;
};
export type RegisteredStaff = { readonly record: StaffRecord; readonly hash: Sha256Hex };
export type PolicyInForce = { readonly policy: PolicyDocument; readonly signed: SignedDocument };

/** Who may do what, as the parts of the server ask for it. */
export type RegistryView = {
  /** The record that counts of each device. */
  readonly devices: ReadonlyMap<string, RegisteredDevice>;
  readonly staff: ReadonlyMap<string, RegisteredStaff>;
  readonly policies: readonly PolicyInForce[];
};

/** A record that the platform key signed after the founding: it counts for nothing. */
export type UnconfirmedRecord = {
  readonly kind: Exclude<GrantKind, 'device'> | 'founding';
  readonly leafIndex: number;
};

/** Records of these documents, in the order of the log. */
export function recordsOf(documents: Readonly<Record<GrantKind, readonly LoggedDocument[]>>): readonly LoggedRecord[] {
  return grantKinds
    .flatMap((kind) =>
      documents[kind].map(({ signed, hash, leafIndex }) => ({ kind, text: signed.document, hash, leafIndex })),
    )
    .toSorted((one, other) => one.leafIndex - other.leafIndex);
}

/** The first founding of the log that holds; any other counts for nothing. */
export function foundedBy(
  foundings: readonly LoggedDocument[],
  records: readonly LoggedRecord[],
  platform: Identity,
): Founded | undefined {
  for (const { signed, leafIndex } of foundings) {
    const judged = judgeFounding({ text: signed.document, leafIndex }, records, platform);
    if (judged.ok) return judged.value;
  }
  return undefined;
}

/** A person as his record and his block have it: whoever is blocked or dismissed has no role. */
function staffOf(rights: RegistryState, identity: Identity): ReadonlyMap<string, RegisteredStaff> {
  const { platform, profile } = identity;
  return new Map(
    [...rights.people.values()].map(({ record, block, hash }) => {
      const { iin, name, certificates, validFromMs, validUntilMs, standing } = record;
      const roles = block === null && standing === 'active' ? record.roles : [];
      const staff: StaffRecord = {
        form: 'qorgan.staff/1',
        ...{ platform, profile, iin, name, roles, certificates, validFromMs, basis: '—' },
        validUntilMs: validUntilMs ?? endlessMs,
      };
      return [iin, { record: staff, hash }];
    }),
  );
}

/**
 * The view of a founded platform. A device counts where a confirmed change, or the founding, names the very text of its document; a policy is signed anew by
 * the platform key for those who pinned it, and counts by the cards alone.
 */
export function viewOfRights(
  { identity, documentKey }: Desk,
  rights: RegistryState,
  documents: { readonly devices: readonly RegisteredDevice[]; readonly policies: readonly PolicyInForce[] },
): RegistryView {
  const byHash = new Map(documents.devices.map((device) => [device.hash, device]));
  const signedPolicies = new Map(documents.policies.map(({ signed }) => [sha256Hex(signed.document), signed]));
  const devices = [...rights.devices.values()].flatMap(({ record: { record, standing } }) => {
    const device = byHash.get(sha256Hex(canonicalize(record)));
    return device === undefined || standing === 'retired' ? [] : [[record.device as string, device] as const];
  });
  const policies = rights.policies.map(({ record: policy, hash }) => {
    const text = canonicalize(policy as unknown as Json);
    return { policy, signed: signedPolicies.get(hash) ?? signDocument(documentKey, text) };
  });
  return { devices: new Map(devices), staff: staffOf(rights, identity), policies };
}

/** Records that stand in the log and count for nothing, because no card stands behind them. A device is none: it waits for two people. */
export function unconfirmedOf(
  founded: Founded,
  { records, foundings }: { readonly records: readonly LoggedRecord[]; readonly foundings: readonly LoggedDocument[] },
): readonly UnconfirmedRecord[] {
  const named = new Set<string>(founded.statement.records);
  const others = records.flatMap(({ kind, hash, leafIndex }) => {
    const isOfFounding = leafIndex < founded.leafIndex && named.has(hash);
    return kind === 'device' || isOfFounding ? [] : [{ kind, leafIndex }];
  });
  const repeated = foundings
    .filter(({ leafIndex }) => leafIndex !== founded.leafIndex)
    .map(({ leafIndex }) => ({ kind: 'founding' as const, leafIndex }));
  return [...others, ...repeated];
}

/** Devices that asked to be enrolled after the founding, and that two people have not confirmed. */
export function waitingDevices(
  rights: RegistryState,
  devices: readonly RegisteredDevice[],
): readonly RegisteredDevice[] {
  return devices.filter(({ record }) => !rights.devices.has(record.device));
}

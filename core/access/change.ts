import type { ActionId, DeviceId, Iin, JournalEpoch, Sha256Hex } from '../kernel/index.ts';
import type { DeviceRecord } from '../signing/index.ts';
import type { EmergencyOpening } from './emergency.ts';
import type { PolicyDocument } from './policy.ts';
import type { Role } from './roles.ts';

/** Contract of a person or firm that is not of the operator's staff (57-19.p2). */
export type Contract = { readonly number: string; readonly scope: string; readonly party: string };

/** All that one natural person may be and do. One account is one person: the IIN names it, and there are no others. */
export type StaffGrant = {
  readonly iin: Iin;
  readonly name: string;
  /** `null` for a contractor, who has a contract instead. */
  readonly employeeNumber: string | null;
  readonly roles: readonly Role[];
  /** SHA-256 of the certificates that act for him. */
  readonly certificates: readonly Sha256Hex[];
  readonly validFromMs: number;
  /** The right ends by itself then; `null` for none, which a contractor cannot have. */
  readonly validUntilMs: number | null;
  readonly standing: 'active' | 'dismissed';
  readonly contract: Contract | null;
};

/** A device with where it stands and who answers for it. */
export type DeviceGrant = {
  readonly record: DeviceRecord;
  readonly location: string;
  readonly custodian: Iin;
  readonly standing: 'active' | 'retired';
};

/** What a change replaces: the record as it was read, and its hash in the registry, which a block changes too. */
export type Before<Of> = { readonly record: Of; readonly hash: Sha256Hex };

export type ReviewItem = {
  readonly iin: Iin;
  readonly name: string;
  readonly roles: readonly Role[];
  readonly hash: Sha256Hex;
  readonly decision: 'keep' | 'revoke';
};

/** An act that was received after its signer was blocked, as its refusal stands in the log; `hash` is that of its envelope. */
export type BlockedAct = {
  readonly device: DeviceId;
  readonly epoch: JournalEpoch;
  readonly sequence: number;
  readonly id: ActionId;
  readonly type: string;
  readonly claimedAtMs: number;
  readonly hash: Sha256Hex;
};

/** What two people let in of a blocked person. His block stands, and whatever else he sent stays refused. */
export type Release = {
  readonly iin: Iin;
  readonly name: string;
  /** Names the chain in which the acts are received again: each of its leaves says that this release let it in. */
  readonly epoch: JournalEpoch;
  /** In the order in which they are received again. */
  readonly acts: readonly BlockedAct[];
};

/** One change of who may do what. `before` is `null` for a record that is new. */
export type AccessChange =
  | { readonly kind: 'staff'; readonly before: Before<StaffGrant> | null; readonly record: StaffGrant }
  | { readonly kind: 'device'; readonly before: Before<DeviceGrant> | null; readonly record: DeviceGrant }
  | { readonly kind: 'policy'; readonly before: Before<PolicyDocument>; readonly record: PolicyDocument }
  | { readonly kind: 'review'; readonly people: readonly ReviewItem[] }
  | ({ readonly kind: 'release' } & Release)
  /** Closes the alarm of an opened emergency account: both signers read who opened it and why. */
  | { readonly kind: 'alarm'; readonly leaf: Sha256Hex; readonly record: EmergencyOpening };

export type ChangeKind = AccessChange['kind'];

export const changeKinds = [
  'staff',
  'device',
  'policy',
  'review',
  'release',
  'alarm',
] as const satisfies readonly ChangeKind[];

/** What each type of access act carries. */
export type AccessPayloads = {
  readonly 'access.propose': { readonly change: AccessChange; readonly reason: string; readonly basis: string };
  readonly 'access.confirm': Readonly<Record<string, never>>;
  readonly 'access.decline': { readonly note: string };
  readonly 'access.withdraw': { readonly note: string };
  readonly 'access.block': {
    readonly iin: Iin;
    readonly name: string;
    readonly reason: string;
    readonly basis: string;
  };
};

export type AccessActType = keyof AccessPayloads;

export type AccessCommand = {
  readonly [Type in AccessActType]: { readonly type: Type; readonly payload: AccessPayloads[Type] };
}[AccessActType];

/** The people in whose own matter a change is: whose rights it is about, or who opened the emergency account. */
export function peopleOf(change: AccessChange): readonly Iin[] {
  if (change.kind === 'staff' || change.kind === 'alarm') return [change.record.iin];
  if (change.kind === 'release') return [change.iin];
  return change.kind === 'review' ? change.people.map(({ iin }) => iin) : [];
}

/** The device that a change is about. */
export function deviceOf(change: AccessChange): DeviceId | undefined {
  return change.kind === 'device' ? change.record.record.device : undefined;
}

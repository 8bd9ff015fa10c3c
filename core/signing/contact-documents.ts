import type { DeviceId, JournalEpoch, PlatformId, Sha256Hex } from '../kernel/index.ts';
import type { Profile } from './envelope.ts';

/** Last sequence of a chain and the hash there; sequence 0 with the hash of the device record where it is empty. */
type Link = { readonly sequence: number; readonly hash: Sha256Hex };

/** By which key a workstation cosigns tree heads; the device key signs it, so that no server can invent a workstation. */
export type CosignerRecord = {
  readonly form: 'qorgan.cosigner/1';
  readonly platform: PlatformId;
  readonly profile: Profile;
  readonly device: DeviceId;
  readonly epoch: JournalEpoch;
  /** C2SP vkey text of a cosignature key. */
  readonly key: string;
};

/** What the server holds of the two chains of a workstation; the platform key signs it at each contact. */
export type HeadStatement = {
  readonly form: 'qorgan.journal-heads/1';
  readonly platform: PlatformId;
  readonly profile: Profile;
  readonly device: DeviceId;
  readonly epoch: JournalEpoch;
  /** Acts that the server has. */
  readonly acts: Link;
  /** The furthest head of the journal that the device has stated, with this contact and before it. */
  readonly entries: Link;
  readonly entriesBefore: Link;
  readonly atMs: number;
};

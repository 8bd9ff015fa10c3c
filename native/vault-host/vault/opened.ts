import { assert, ok, refuse, type JournalEpoch, type Result } from '../../../core/kernel/index.ts';
import type { EntryBodies } from '../../../core/journal/index.ts';
import type { Profile } from '../../../core/signing/index.ts';
import type { Cases } from '../cases/index.ts';
import type { Durability, VaultFiles } from '../disk.ts';
import type { EvidenceDrafts } from '../evidence/index.ts';
import type { Journal } from '../journal/journal.ts';
import type { Store } from '../journal/store.ts';
import {
  formatSlots,
  sealSlots,
  type GenerationKey,
  type Slot,
  type SlotsFile,
  type SlotTools,
} from '../slots/index.ts';
import { replaceFile } from '../disk.ts';
import type { DeviceKey } from './device-key.ts';
import type { Enrolment } from './enrolment.ts';

/** What a vault needs from outside; the real ones are made in `boot.ts`. */
export type VaultContext = { readonly files: VaultFiles; readonly durability: Durability; readonly tools: SlotTools };

export type Bound = {
  readonly enrolment: Enrolment;
  readonly journal: Journal;
  readonly cases: Cases;
  /** Evidence that is being taken in; gone with the process. */
  readonly drafts: EvidenceDrafts;
};

/** An open vault. `store`, `key` and `slots` change together when the data key is rotated. */
export type Opened = {
  store: Store;
  key: GenerationKey;
  slots: SlotsFile;
  readonly profile: Profile;
  readonly epoch: JournalEpoch;
  readonly device: DeviceKey;
  /** Cosigns tree heads; not the device key, since one key says one thing (C2SP tlog-cosignature). */
  readonly cosigner: DeviceKey;
  bound: Bound | undefined;
};

/** Names of what stands in the table `meta`. */
export const metaNames = {
  profile: 'profile',
  epoch: 'epoch',
  deviceKey: 'device-key',
  cosignerKey: 'cosigner-key',
  /** Note of the head that was cosigned last. */
  cosignedHead: 'cosigned-head',
  slotsVersion: 'slots-version',
} as const;

/** Writes `journal.slots` anew; durable when it returns. */
export function writeSlots(
  context: VaultContext,
  content: { readonly version: number; readonly slots: readonly Slot[]; readonly keys: readonly GenerationKey[] },
): SlotsFile {
  const file = sealSlots({ ...content, random: context.tools.random });
  const { files, durability } = context;
  replaceFile({ file: files.slots, beside: files.slotsNext, content: formatSlots(file), durability });
  return file;
}

/** Notes in the journal that the slots changed; from then on an older file of slots is refused. */
export function noteSlots(opened: Opened, change: Omit<EntryBodies['slot-changed'], 'version'>, nowMs: number): void {
  const { version } = opened.slots.body;
  const setVersion = (): void => opened.store.setMeta(metaNames.slotsVersion, String(version));
  if (opened.bound === undefined) opened.store.write(setVersion);
  else
    opened.bound.journal.append([{ entry: { kind: 'slot-changed', body: { ...change, version } } }], nowMs, setVersion);
}

/** A value that the vault itself put there when it was made. */
export function requireMeta(store: Store, name: string): string {
  const value = store.meta(name);
  assert(value !== undefined, 'vault: made with all its marks');
  return value;
}

export function requireBound(opened: Opened): Result<Bound, 'vault-not-bound'> {
  return opened.bound === undefined ? refuse('vault-not-bound') : ok(opened.bound);
}

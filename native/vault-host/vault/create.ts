import { existsSync } from 'node:fs';
import { ok, refuse, Secret, type JournalEpoch, type Result } from '../../../core/kernel/index.ts';
import type { NewSlot } from '../../../contracts/vault-host/index.ts';
import type { Profile } from '../../../core/signing/index.ts';
import { makeFolder, moveIntoPlace, removeLeftover } from '../disk.ts';
import { openStore } from '../journal/store.ts';
import { makeSlot, type GenerationKey, type Slot } from '../slots/index.ts';
import { cosignerKeyOf } from './cosigner.ts';
import { deviceKeyText, newDeviceKey } from './device-key.ts';
import { metaNames, writeSlots, type Opened, type VaultContext } from './opened.ts';

const dataKeySizeBytes = 32;

export type CreateFault = 'vault-exists' | 'slot-key-unsupported' | 'vault-disk-failed';

/** A key for a new generation of the journal. */
export function newDataKey(context: VaultContext, generation: number): GenerationKey {
  return { generation, dataKey: new Secret('data-key', context.tools.random(dataKeySizeBytes)) };
}

function makeSlots(context: VaultContext, wishes: readonly NewSlot[]): Result<readonly Slot[], 'slot-key-unsupported'> {
  const slots: Slot[] = [];
  for (const wish of wishes) {
    const slot = makeSlot(wish, context.tools);
    if (!slot.ok) return slot;
    slots.push(slot.value);
  }
  return ok(slots);
}

/**
 * Makes a vault and leaves it open. The journal is built beside its name and comes into place last: before that there is
 * no vault, afterwards there is a whole one with its slots.
 */
export function createVault(
  context: VaultContext,
  input: { readonly profile: Profile; readonly slots: readonly NewSlot[] },
): Result<Opened, CreateFault> {
  const { files, durability, tools } = context;
  if (existsSync(files.journal)) return refuse('vault-exists');
  makeFolder(files.directory, durability);
  removeLeftover(files.journalNext);
  removeLeftover(files.journal);
  const slots = makeSlots(context, input.slots);
  if (!slots.ok) return slots;
  const key = newDataKey(context, 1);
  const epoch = tools.newId() as JournalEpoch;
  const device = newDeviceKey();
  const built = openStore({ file: files.journalNext, key: key.dataKey, durability, mustExist: false });
  if (!built.ok) return refuse('vault-disk-failed');
  built.value.write(() => {
    built.value.setMeta(metaNames.profile, input.profile);
    built.value.setMeta(metaNames.epoch, epoch);
    built.value.setMeta(metaNames.deviceKey, deviceKeyText(device));
    built.value.setMeta(metaNames.slotsVersion, '1');
  });
  built.value.close();
  const file = writeSlots(context, { version: 1, slots: slots.value, keys: [key] });
  moveIntoPlace({ from: files.journalNext, to: files.journal, durability });
  const store = openStore({ file: files.journal, key: key.dataKey, durability, mustExist: true });
  if (!store.ok) return refuse('vault-disk-failed');
  const cosigner = cosignerKeyOf(store.value);
  return ok({
    store: store.value,
    key,
    slots: file,
    profile: input.profile,
    epoch,
    device,
    cosigner,
    bound: undefined,
  });
}

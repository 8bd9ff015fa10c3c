import { ok, refuse, type Result } from '../../../core/kernel/index.ts';
import type { SlotKey } from '../../../contracts/vault-host/index.ts';
import type { Slot, SlotsBody, SlotsFile } from './format.ts';
import { isMacOf, macSlots, sealDataKey, unsealDataKey, type DataKey } from './seal.ts';
import { openSlot, type SlotTools } from './slot.ts';

export type GenerationKey = { readonly generation: number; readonly dataKey: DataKey };

/** The file that lets each of the slots open each of the data keys. */
export function sealSlots(options: {
  readonly version: number;
  readonly slots: readonly Slot[];
  /** Oldest first; two only while the data key changes. */
  readonly keys: readonly GenerationKey[];
  readonly random: SlotTools['random'];
}): SlotsFile {
  const { version, slots, keys, random } = options;
  const generations = keys.map(({ generation, dataKey }) => ({
    generation,
    sealed: slots.map((slot) => sealDataKey({ dataKey, slot, generation, random })),
  }));
  const body: SlotsBody = { form: 'qorgan.slots/1', version, slots, generations };
  return { body, macs: keys.map(({ dataKey }) => macSlots(dataKey, body)) };
}

/**
 * The data keys that one slot opens, after each of them authenticated the whole file. `slot-key-wrong` says that the
 * secrets do not fit; `slots-tampered` that they did and the file is not what this vault wrote.
 */
export function unlockSlots(
  file: SlotsFile,
  key: SlotKey,
): Result<readonly GenerationKey[], 'slot-absent' | 'slot-kind-differs' | 'slot-key-wrong' | 'slots-tampered'> {
  const { slots, generations } = file.body;
  const at = slots.findIndex(({ id }) => id === key.slotId);
  const slot = slots[at];
  if (slot === undefined) return refuse('slot-absent');
  const privateKey = openSlot(slot, key);
  if (!privateKey.ok) return privateKey;
  const keys: GenerationKey[] = [];
  for (const [i, { generation, sealed }] of generations.entries()) {
    const dataKey = unsealDataKey({ privateKey: privateKey.value, slot, generation, sealed: sealed[at] ?? '' });
    if (dataKey !== undefined) keys.push({ generation, dataKey });
    if (dataKey === undefined || !isMacOf(dataKey, file.body, file.macs[i] ?? '')) {
      for (const each of keys) each.dataKey.wipe();
      return refuse('slots-tampered');
    }
  }
  return ok(keys);
}

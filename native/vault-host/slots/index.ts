export { formatSlots, parseSlots, slotsMax, type KdfParameters, type Slot, type SlotsFile } from './format.ts';
export { sealSlots, unlockSlots, type GenerationKey } from './keyring.ts';
export type { DataKey } from './seal.ts';
export { makeSlot, openSlot, rewrapSlot, type SlotFactors, type SlotTools } from './slot.ts';

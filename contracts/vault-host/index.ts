export { newEntrySchema, type ActDetail, type ActView, type EntryView, type NewEntry } from './entries.ts';
export { caseChangeSchema, type CaseChange, type CaseHistoryItem, type CaseSummary, type Head, type Heads } from './shapes.ts';
export { newSlotSchema, slotKeySchema, type NewSlot, type SlotChallenge, type SlotKey, type SlotRewrap, type SlotSummary } from './slots.ts';
export {
  vaultHost,
  vaultVerbs,
  type Quarantine,
  type VaultHandlers,
  type VaultHost,
  type VaultInput,
  type VaultOutput,
  type VaultVerb,
} from './verbs.ts';

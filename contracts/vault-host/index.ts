export { accessPageMax, type HeldAct, type HeldChange, type PolicyActs } from './access-verbs.ts';
export type { ChangeFault } from './case-verbs.ts';
export { newEntrySchema, type ActDetail, type ActView, type EntryView, type NewEntry } from './entries.ts';
export { evidencePartMaxBytes, type EvidenceView } from './evidence-verbs.ts';
export { parsePromise } from './promise.ts';
export type { Attestation, CaseHistoryItem, CaseSummary, Heads, ToldChange } from './shapes.ts';
export {
  newSlotSchema,
  slotKeySchema,
  type NewSlot,
  type SlotChallenge,
  type SlotKey,
  type SlotRewrap,
  type SlotSummary,
} from './slots.ts';
export {
  vaultHost,
  vaultVerbs,
  type Quarantine,
  type VaultHandlers,
  type VaultHost,
  type VaultInput,
  type VaultOutput,
  type VaultRequest,
  type VaultVerb,
} from './verbs.ts';

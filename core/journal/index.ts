export {
  acknowledgedAlarm,
  overdueAlarm,
  quarantineReasons,
  type EntryBodies,
  type EntryOf,
  type QuarantineReason,
} from './bodies.ts';
export { evidenceOf, type JournalEvidence } from './evidence.ts';
export { entryHash, entryKinds, entryText, type EntryHeader, type EntryKind } from './chain.ts';
export {
  actOf,
  advanceJournal,
  foldJournal,
  journalStart,
  movesAct,
  moveOutbox,
  type ActMove,
  type ChainHead,
  type JournalAct,
  type JournalFault,
  type JournalFold,
  type JournalIdentity,
  type JournalState,
} from './fold.ts';

export {
  acknowledgedAlarm,
  explainedAlarm,
  logAlarms,
  overdueAlarm,
  quarantineReasons,
  type AlarmHeads,
  type ChainHead,
  type EntryBodies,
  type EntryOf,
  type LogAlarm,
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
  type JournalAct,
  type JournalFault,
  type JournalFold,
  type JournalIdentity,
  type JournalState,
} from './fold.ts';
export type { StandingAlarm } from './standing.ts';
export type { JournalTreeHead } from './tree-head.ts';

export { useChanges, useWaitingForMe, usePeople, usePersonActs, type OffsetRows } from './access.ts';
export { callSafely, useAnswer, useCommand, type Answer, type Command } from './calls.ts';
export { BridgeProvider, useBridge, useClock, useForgetting, useNow, type Clock } from './context.tsx';
export { pagesOf, useCases, type CaseFilter, type CaseList } from './cases.ts';
export { useEvidence, type EvidenceRows } from './evidence.ts';
export { useLog, type LogRows } from './log.ts';
export { useJournal, type JournalRows } from './journal.ts';

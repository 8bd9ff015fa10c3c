export {
  accessVerbs,
  peopleQuestSchema,
  type AccessDraft,
  type PeopleQuest,
  type ScreenInput,
  type ScreenOutput,
  type ScreenVerb,
} from './access.ts';
export type {
  ChangeSummary,
  AlarmView,
  ChangeView,
  DeviceView,
  OpeningView,
  PersonAct,
  PersonStanding,
  PersonSummary,
  PersonView,
  PolicySummary,
  PolicyView,
  PostureView,
  StaffRecordView,
} from './access-views.ts';
export type { OperatorBridge, PromptBridge, ScreenBridge } from './bridge.ts';
export type { OpenSessionView as SessionView, RetentionView } from '../http/index.ts';
export { refusalSchema, type IpcVerb } from './common.ts';
export type { EvidenceItem, ScreenshotView } from './evidence-views.ts';
export {
  actDraftSchema,
  operatorEvents,
  operatorVerbs,
  type ActDraft,
  type OperatorEvent,
  type OperatorInput,
  type OperatorOutput,
  type OperatorVerb,
  type OperatorVerbs,
} from './operator.ts';
export { rightsDraftSchema, type RightsDraft } from './rights-draft.ts';
export type { LogEntryView, LogFilter, LogItem, LogPage } from './log-views.ts';
export { namesAgree, operatorVerbPhases, type Phase } from './phases.ts';
export {
  promptEvents,
  promptVerbs,
  type PromptEvent,
  type PromptInput,
  type PromptOutput,
  type PromptVerb,
  type PromptVerbs,
  type PromptView,
} from './prompt.ts';
export type {
  AppView,
  Attestation,
  CaseSummary,
  CaseView,
  CertificateView,
  CheckView,
  HistoryItem,
  JournalEntryView,
  JournalItem,
  SignatureView,
  StatusView,
} from './views.ts';

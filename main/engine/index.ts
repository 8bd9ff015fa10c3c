export type { Proposal, Recorded } from './acts.ts';
export { signText } from './card-use.ts';
export { readCards, type CardSigner } from './cards.ts';
export type { EnrolRequest } from './enrol.ts';
export type { Capture, RecordedEvidence } from './evidence/record.ts';
export { caseIdOf, importCases, parseCasesFile, type ImportStep } from './import.ts';
export type { ActExport } from './journal-views.ts';
export { permissionsCsv } from './policies.ts';
export { thisMachine } from './machine.ts';
export type {
  Clock,
  EngineEvent,
  EngineLogEntry,
  Preferences,
  PromptAnswer,
  PromptPort,
  PromptQuestion,
  WorkstationOptions,
} from './ports.ts';
export { createWorkstation, type Workstation } from './workstation.ts';

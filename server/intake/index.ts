export { changesAfter, scopesOf } from './changes.ts';
export type { IntakeContext } from './admission.ts';
export { createFoldRegister } from './fold-register.ts';
export { busyRetryAfterSeconds, openIntake, type Intake, type IntakeOptions } from './intake.ts';
export { receiptsOf } from './receipts.ts';
export { replayLog, type Replay, type ReplayFinding } from './replay.ts';
export type { ActRefusalCode } from './refusal-code.ts';

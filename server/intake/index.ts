export { changesAfter, scopesOf } from './changes.ts';
export type { IntakeContext } from './admission.ts';
export { busyRetryAfterSeconds, openIntake, type Intake } from './intake.ts';
export { receiptsOf } from './receipts.ts';
export type { ActRefusalCode } from './refusal-code.ts';

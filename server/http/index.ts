export { createApp, type TlsIdentity } from './app.ts';
export type { DoorContext } from './context.ts';
export { createServerLog, describeError } from './log-format.ts';

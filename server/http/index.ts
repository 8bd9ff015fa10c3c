export { createApp, createLostApp, type TlsIdentity } from './app.ts';
export type { DoorContext, NamedMirrors } from './context.ts';
export { noProxies, parseTrustedProxies, type TrustedProxies } from './client-address.ts';
export { createServerLog, describeError } from './log-format.ts';
export { createReplayGuard, type ReplayGuard } from './replay-guard.ts';

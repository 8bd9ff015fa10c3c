export { superviseCardHost, type CardHostOptions } from './card-host.ts';
export { cardModules } from './card-modules.ts';
export { hostEnvironment } from './environment.ts';
export {
  defaultHostLimits,
  type HostLimits,
  type HostLogEntry,
  type HostTimers,
  type SuperviseOptions,
} from './options.ts';
export { superviseHost, type SupervisedHost } from './supervise.ts';
export type { HostState } from './supervisor.ts';
export { realTimers } from './timers.ts';

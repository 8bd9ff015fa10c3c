export type { Administration, AdministrationRefusal, NewStaff } from './administration.ts';
export { firstPolicy } from './first-policy.ts';
export { initPlatform, type InitOptions, type InitRefusal, type InitReport } from './init-platform.ts';
export { openAdministration, type OpenAdministration } from './open-administration.ts';
export type { OpenRefusal, PlatformPlace } from './open-desk.ts';
export { startServer, type RunningServer, type StartOptions, type StartRefusal } from './start-server.ts';
export { realSurroundings } from './surroundings.ts';
export { createServerLog } from '../http/index.ts';
export { serverVersion } from './version.ts';

export { contentSecurityPolicy } from './csp.ts';
export { lockDownApp, lockDownDefaultSession, lockedSession } from './lock-down.ts';
export { appOrigin, fileOf, registerAppScheme, serveApp, type ChoosePage, type DrawnPage } from './scheme.ts';

export { openCosignedLog, type CosignedLog } from './cosigned-log.ts';
export { readServerPolicy, type AskedPolicy } from './asked-policy.ts';
export { startCosigning, type Cosigning } from './start-cosigning.ts';
export { readMirrors, type NamedMirror } from './named-mirrors.ts';
export { watchMirrors, type MirrorHealth, type MirrorTrouble } from './watch-mirrors.ts';

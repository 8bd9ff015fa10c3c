export { mirrorCheck } from './check.ts';
export { mirrorInit } from './init.ts';
export { mirrorRestore } from './restore.ts';
export { mirrorStart } from './start.ts';

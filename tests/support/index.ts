export { flipBit, sha256, testKey, testMlDsa44Key, verifyEd25519, type TestKey } from './crypto.ts';
export { servedLog, type ServedLog } from './served-log.ts';
export { testLog, type TestLog } from './log.ts';
export { startWitnessProcess, type WitnessProcess } from './witness-process.ts';
export { seeded } from './seed.ts';

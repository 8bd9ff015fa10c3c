export { flipBit, sha256, testKey, testMlDsa44Key, verifyEd25519, type TestKey } from './crypto.ts';
export { testLog, type TestLog } from './log.ts';
export { seeded } from './seed.ts';

export { flipBit, sha256, testKey, verifyEd25519, type TestKey } from './crypto.ts';
export { seeded } from './seed.ts';

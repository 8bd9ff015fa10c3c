export { witnessInit } from './init.ts';
export { witnessStart } from './start.ts';

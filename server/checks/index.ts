export { startActChecker, type ActChecker, type ActCheckerOptions, type CheckedActs } from './checker.ts';
export { checkAct, parseJson, type CheckedAct, type RequestProof } from './read-acts.ts';

export { Cases, checkCases } from './cases.ts';

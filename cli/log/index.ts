export { logCheck } from './check.ts';

export { journalCheck } from './check.ts';

export { Cases } from './cases.ts';
export { checkCases } from './rows.ts';
export type { FeedRule } from './told.ts';

export { Cases } from './cases.ts';
export { checkCases } from './rows.ts';
export type { FeedName, FeedRule } from './told.ts';

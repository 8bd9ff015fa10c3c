export { Cases } from './cases.ts';
export { actsOfPerson, lastActs } from './people.ts';
export { checkCases } from './rows.ts';
export type { FeedName, FeedRule } from './told.ts';

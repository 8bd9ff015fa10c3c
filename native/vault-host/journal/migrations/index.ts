import { start } from './0001-start.ts';
import { toldSignatures } from './0002-told-signatures.ts';
import { evidence } from './0003-evidence.ts';
import { receiptLevel } from './0004-receipt-level.ts';
import { twoFeeds } from './0005-two-feeds.ts';
import { actsOfPeople } from './0006-acts-of-people.ts';
import { laterPolicies } from './0007-policies.ts';

/** In order; `user_version` counts those that were applied. A file here is never changed once it was shipped. */
export const migrations: readonly string[] = [
  start,
  toldSignatures,
  evidence,
  receiptLevel,
  twoFeeds,
  actsOfPeople,
  laterPolicies,
];

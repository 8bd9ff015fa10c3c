import * as z from 'zod';
import { count } from '../documents/index.ts';

/** One event of the stream: there is something newer than this position. It carries nothing else. */
export const changesSignal = z.strictObject({
  latest: count,
  /** Of the feed of changed rights; a server of the version before has none. */
  latestAccess: count.optional(),
  /** Of the newest policy, in effect or not; as above. */
  policyVersion: count.optional(),
  treeSize: count,
});

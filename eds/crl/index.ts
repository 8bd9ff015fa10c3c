export {
  readEntryExtensions,
  revocationReasonOf,
  revokedSinceMs,
  type RevocationEntry,
  type RevocationReason,
} from './entry.ts';
export { parseRevocationList, type RevocationList } from './revocation-list.ts';
export { isWithinScope, type ListScope } from './scope.ts';

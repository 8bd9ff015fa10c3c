export type { RevocationEntry, RevocationReason } from './entry-index.ts';
export { parseRevocationList, type RevocationList } from './revocation-list.ts';
export { createRevocationListStore, type RevocationListStore } from './store.ts';

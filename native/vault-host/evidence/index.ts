export { EvidenceDrafts, type EvidenceDraft } from './drafts.ts';
export { isWhole, readRecords, RecordFile, type StoredFile } from './record-file.ts';

export {
  buildSegment,
  type BuiltSegment,
  type BuildRefusal,
  type SegmentBlob,
  type SegmentPlan,
} from './build-segment.ts';
export { proveRange, type ReadEntries } from './log-range.ts';
export { blobName, names, segmentName, type Manifest } from './manifest.ts';
export { readMemberAt } from './segment-reader.ts';
export { openTimeStamps, stampVerifier, type Stamped, type TimeStampRefusal, type TimeStamps } from './time-stamp.ts';
export { verifySegment, type SegmentRefusal, type SegmentReport, type VerifyOptions } from './verify-segment.ts';
export { withArchive } from './archived-blobs.ts';
export { destroyDue, type DestroyRefusal, type DestroyRequest } from './destroy.ts';
export { extractEvidence, type ExtractRefusal } from './extract.ts';
export { forgetDestroyed } from './forget.ts';
export { moveDue, type MoveRefusal, type MoveReport } from './move.ts';
export { retentionOverview } from './overview.ts';
export { archiveFolder, type ArchivePlace } from './place.ts';
export { holdEvidence, recordSchedule, releaseHoldOf, type RecordRefusal } from './records.ts';
export { logKeysOf, readRules, retainedEvidence, type RetainedEvidence } from './rules.ts';

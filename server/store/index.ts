export {
  advanceContact,
  areDocumentsLogged,
  insertChallenge,
  insertDocument,
  insertEnrolmentCode,
  insertSession,
  readChallenge,
  readContact,
  readEnrolmentCode,
  readLoggedDocuments,
  readLastSessions,
  readOpenSessions,
  readRegistryStamp,
  readSession,
  sweepEnrolmentCodes,
  readSessionsAt,
  sweepSessions,
  useChallenge,
  useEnrolmentCode,
  writeSession,
  type DocumentRow,
} from './accounts.ts';
export {
  countRows,
  insertActs,
  insertCaseNumbers,
  insertChanges,
  readActHead,
  readActs,
  readActsOf,
  readBlockedActs,
  readCaseNumbers,
  readCases,
  readChanges,
  readChangesOf,
  readChangesOfCases,
  readKnownActs,
  readLatestPosition,
  type Feed,
  writeCases,
  type CaseRevision,
  type ChainPlace,
  type CountedTable,
} from './acts.ts';
export {
  destroyEvidenceKey,
  destructionAnswers,
  insertHold,
  insertSegment,
  insertTerms,
  isPlatformDocumentLost,
  readArchiveChecks,
  readArchiveItem,
  readBlobsOf,
  readDestroyed,
  readRetained,
  readSegments,
  writeArchiveCheck,
  type DestructionAnswer,
  type RetainedRow,
} from './archive.ts';
export type { Statement } from './bulk.ts';
export { keepCosignature, readCosignatures } from './cosignatures.ts';
export { keepPosture, readPosture } from './postures.ts';
export { inTransaction, isConflict, onSnapshot, writeTogether, type Database, type Session } from './database.ts';
export {
  readCheckpointAt,
  readAccessPlaces,
  readDocumentPlaces,
  readDocumentsOf,
  readPlaceAt,
  readPlacedLeaves,
  type PlacedLeaf,
} from './export.ts';
export {
  deleteUpload,
  insertBlob,
  insertUpload,
  moveUpload,
  readBlob,
  readBlobNames,
  readDocumentOf,
  readUpload,
  scanUploads,
  type UploadKey,
  type UploadQuota,
} from './evidence.ts';
export {
  assignPositions,
  countSequenced,
  insertLeaves,
  leafStatements,
  placeLeaf,
  readCheckpoint,
  readCheckpointOf,
  readLeaves,
  readPositions,
  readSequencedLeaves,
  readTreeHead,
  swapCheckpoint,
  type LeafTags,
  type NewLeaf,
  type SequencedLeaf,
  type TreeHeadRow,
} from './leaves.ts';
export {
  openStore,
  openStoreToRead,
  type OpenStore,
  type OpenStoreOptions,
  type Store,
  type StoreProfile,
} from './open.ts';
export {
  insertAlarm,
  insertPlatform,
  insertReading,
  insertRevocationList,
  insertTrustCertificates,
  readPlatform,
  readRevocationLists,
  readTrustCertificates,
} from './platform.ts';
export {
  deleteAttempts,
  readActivationCode,
  readAttempts,
  readPassword,
  replaceAttempt,
  replacePassword,
  sweepActivationCodes,
  sweepAttempts,
  useActivationCode,
  writeActivationCode,
  type AttemptKey,
} from './passwords.ts';
export { breakSeal, readSeal, writeSeal } from './break-glass.ts';
export { advanceTotp, readTotp, writeTotp } from './totp.ts';
export type { Row, TaggedTable } from './schema.ts';
export { hold, isHeld, releaseHold } from './postgres/hold.ts';
export { openSubjectKeys, type KeyDraft, type SubjectKeys } from './subject-keys.ts';
export {
  countTable,
  primaryKeys,
  readActsAt,
  readChangeRows,
  readCheckpoints,
  readLogRows,
  readNewestChanges,
  readPendingRows,
  readRowsBy,
  scanTable,
  type LogRow,
  type TableName,
} from './scan.ts';
export { migrations } from './migrate.ts';
export { holdWriter, type WriterHold } from './writer.ts';

export { accessChange, accessEvent, blockedAct, deviceGrant, releasedMax, reviewedMax, staffGrant } from './access.ts';
export { actEnvelope, evidenceMax, parseActEnvelope } from './act.ts';
export { evidenceDescriptor, evidenceDocument, parseEvidenceDescriptor, parseEvidenceDocument } from './evidence.ts';
export { breakGlassDocument, breakGlassSealDocument } from './break-glass.ts';
export {
  foundingDocument,
  foundingStatement,
  parseFoundingDocument,
  parseFoundingStatement,
  readFoundingRecord,
} from './founding.ts';
export {
  chainHead,
  deviceRecord,
  documentSizeMax,
  enrolmentBundle,
  keyRotation,
  parseCosignerRecord,
  parseDeviceRecord,
  parseEnrolmentBundle,
  parseHeadStatement,
  parsePolicyDocument,
  parseSignInChallenge,
  parseStaffRecord,
  policyDocument,
  signedDocument,
  wireDocument,
  signInChallenge,
  staffRecord,
} from './platform-documents.ts';
export { posture } from './posture.ts';
export {
  actionId,
  base64,
  base64Exact,
  bin,
  caseId,
  count,
  deviceId,
  iin,
  journalEpoch,
  line,
  locale,
  platformId,
  profile,
  sha256Hex,
  timeMs,
} from './primitives.ts';
export { registrationEvent } from './registration-event.ts';
export { registrationForm } from './registration-form.ts';
export {
  archiveSegment,
  destroyedItemsMax,
  destruction,
  legalHold,
  parseArchiveSegment,
  parseDestruction,
  parseLegalHold,
  parseRetentionSchedule,
  retentionSchedule,
  type ArchiveSegmentDocument,
  type DestructionDocument,
} from './retention.ts';

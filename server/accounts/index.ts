export { activeTimes, keptOut } from './activity.ts';
export { contact, type ContactAnswer, type HeldHeads } from './contacts.ts';
export { exchangeCosignatures } from './cosignatures.ts';
export {
  documentKinds,
  judgeDocument,
  readDocuments,
  readProvenDocument,
  recordDocument,
  type DocumentFault,
  type DocumentKind,
  type LoggedDocument,
  type NewDocument,
} from './documents.ts';
export { emergencyLeaves, leafName, standingAlarms, withAlarms } from './openings.ts';
export { viewRegistry } from './registry-view.ts';
export { leavesOfSources } from './sources.ts';
export { readRotations } from './log-keys.ts';
export { enrolDevice, makeEnrolmentCode, settle, type EnrolmentRequest, type ServerPin } from './enrolment.ts';
export { openRegistry, type Registry } from './registry.ts';
export { checkPosture, judgePosture, keepReport, viewDevices, type PostureRefusal } from './postures.ts';
export { endSessionOf, listSessions, refusalAt, type OpenSession } from './session-list.ts';
export { personOf } from './sessions.ts';
export {
  openSession,
  readerOf,
  readerOfSession,
  signOut,
  standingOf,
  type OpenedSession,
  type Reader,
  type SessionGrounds,
  type SessionKey,
  type SessionPerson,
  type SessionRefusal,
} from './sessions.ts';
export { makeChallenge, signIn, staffInForce, type SignInRefusal, type StaffRefusal } from './sign-in.ts';
export { setPassword, type PasswordProof, type SetPasswordRefusal } from './set-password.ts';
export { lacksPassword, renewPassword } from './step-up.ts';
export type { FactorClaim, FactorPort, FactorPorts } from './factor-ports.ts';
export { proveTotp, provisionTotp } from './totp.ts';
export { sealBreakGlass, type EmergencyDesk, type SealedSheets, type SealRefusal } from './break-glass-seal.ts';
export { openBreakGlass, type BreakGlassRefusal, type BreakGlassRequest, type SeenSession } from './break-glass.ts';
export { makeActivationCode } from './activation.ts';
export { codesKeptMs, forgetOld, sessionsKeptMs } from './forget-old.ts';
export { beginAttempt, forgetAttempts, type Attempt } from './attempts.ts';
export { addressWaitSeconds, countWrongCode } from './code-attempts.ts';
export {
  checkCertificate,
  checkLive,
  checkSignature,
  type CheckedSignature,
  type SignatureRefusal,
} from './signature-check.ts';
export { isListOfAny, revocationDocument, withList, type RevocationDocument } from './revocation.ts';
export {
  admitCertificate,
  buildTrust,
  trustDocument,
  trustedAuthorities,
  type Trust,
  type TrustDocument,
  type TrustSource,
} from './trust.ts';
export {
  newestRevocationDocument,
  newestTrustDocument,
  readNewestSigned,
  readSignedDocuments,
} from './signed-documents.ts';
export {
  foundingDocumentText,
  foundingStatementText,
  foundingWords,
  grantKinds,
  isSignedBy,
  judgeFounding,
  judgeStatement,
  type Founded,
  type FoundingPeople,
  type LoggedRecord,
} from './founding.ts';
export type { PolicyInForce, RegisteredDevice, RegisteredStaff, UnconfirmedRecord } from './rights.ts';
export { readActsOfSources, sourceOfAct } from './sources.ts';

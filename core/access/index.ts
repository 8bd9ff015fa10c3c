export { networkOf } from './addresses.ts';
export {
  decideAccessCase,
  evolveAccessCase,
  type AccessCase,
  type AccessCaseRefusal,
  type AccessEvent,
  type AccessMoment,
} from './access-case.ts';
export {
  changeKinds,
  deviceOf,
  peopleOf,
  type AccessActType,
  type AccessChange,
  type AccessCommand,
  type AccessPayloads,
  type Before,
  type BlockedAct,
  type ChangeKind,
  type Contract,
  type DeviceGrant,
  type Release,
  type ReviewItem,
  type StaffGrant,
} from './change.ts';
export { alarmsOf, type EmergencyAlarm, type EmergencyOpening, type LoggedOpening } from './emergency.ts';
export {
  changeableKinds,
  changeRuleOf,
  judgeAccess,
  mayChange,
  type AccessContext,
  type RegistryRefusal,
} from './judge.ts';
export { keepersMin, keepersOf, keptOutByIdleness } from './keepers.ts';
export { antivirusBaseAgeDefaultMs, type ChangeRule, type PolicyDocument } from './policy.ts';
export { policyBounds, type BoundedField } from './policy-bounds.ts';
export {
  effectOf,
  evolveRegistry,
  evolveRegistryBy,
  outOfForce,
  personHash,
  policyInForce,
  recordHash,
  registryOf,
  releasedAct,
  type AccessEffect,
  type Block,
  type GrantedDevice,
  type GrantedPolicy,
  type OutOfForce,
  type Person,
  withoutBlock,
  type RegistryState,
  type ReleasedPlace,
} from './registry.ts';
export {
  firstRoles,
  laterRoles,
  mayAct,
  mayRead,
  readScopes,
  roles,
  type AccessRules,
  type ReadScope,
  type Role,
} from './roles.ts';
export {
  factorMatrix,
  factorPurposes,
  type FactorPurpose,
  type FactorRow,
  type FactorStanding,
} from './factor-matrix.ts';
export {
  factorMethods,
  kindOfFactor,
  type FactorEvidence,
  type FactorKind,
  type FactorMethod,
  type Realm,
} from './factor-methods.ts';
export { isInForce, type Standing } from './in-force.ts';
export {
  isSwitchable,
  judgeByRows,
  judgeFactors,
  type FactorQuestion,
  type FactorRules,
  type FactorSwitch,
  type ShownFactors,
} from './factors.ts';
export {
  checkPassword,
  passwordFaults,
  passwordRulesDefault,
  passwordLengthMax,
  type PasswordOwner,
  type PasswordRefusal,
  type PasswordRules,
  type PasswordTexts,
} from './passwords.ts';
export {
  admit,
  attemptRulesDefault,
  claimTurn,
  countFailure,
  countHeard,
  heardMax,
  heldUntilMs,
  noFailures,
  takeBackHeard,
  type Admission,
  type AttemptRules,
  type AttemptScope,
  type Failures,
  type HeldTries,
} from './attempts.ts';
export { endsSoon, isIdle, reviewStanding, termRulesDefault, type ReviewStanding, type TermRules } from './terms.ts';
export { sessionRulesDefault, type SessionRules } from './session-rules.ts';
export { findPeople, standingOf, type DirectoryQuest, type ListedPerson, type RecordStanding } from './directory.ts';
export {
  accessMatrix,
  csvOf,
  rightsOf,
  type AccessMatrix,
  type HeldRight,
  type MatrixRight,
  type MatrixRow,
} from './matrix.ts';
export { diffRecords, fieldsOf, type Field, type FieldChange, type FieldPath, type FieldValue } from './record-diff.ts';
export {
  clientKinds,
  findingsOf,
  isOlder,
  postureFindings,
  postureMeasures,
  serviceOf,
  type ClientKind,
  type Posture,
  type PostureFinding,
  type PostureMeasure,
  type PostureRules,
  type Service,
} from './posture.ts';
export {
  checkRegistry,
  type CheckedRegistry,
  type FoldedSignatures,
  type HeldSignatures,
  type RecordName,
} from './told-registry.ts';
export { base32, hotp, judgeTotp, otpauthUri, totpSecretSizeBytes, totpShape, totpStep, type Hmac } from './totp.ts';
export {
  halfText,
  joinHalves,
  parseHalf,
  sealedSecretSizeBytes,
  splitSecret,
  type Half,
  type SheetNumber,
} from './halves.ts';
export { createShares, shareOfAddress, type ShareRules, type Shares } from './shares.ts';

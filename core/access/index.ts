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
  passwordRulesDefault,
  passwordLengthMax,
  type PasswordOwner,
  type PasswordRefusal,
  type PasswordRules,
  type PasswordTexts,
} from './passwords.ts';
export {
  attemptRulesDefault,
  countFailure,
  heldUntilMs,
  noFailures,
  type AttemptRules,
  type AttemptScope,
  type Failures,
} from './attempts.ts';
export { antivirusBaseAgeDefaultMs, type PolicyDocument } from './policy.ts';
export { mayAct, mayRead, roles, type AccessRules, type ReadScope, type Role } from './roles.ts';
export { sessionRulesDefault, type SessionRules } from './session-rules.ts';

export {
  factorMethods,
  kindOfFactor,
  type FactorEvidence,
  type FactorKind,
  type FactorMethod,
  type Realm,
} from './factor-methods.ts';
export { isInForce, type Standing } from './in-force.ts';
export { antivirusBaseAgeDefaultMs, type PolicyDocument } from './policy.ts';
export { mayAct, mayRead, roles, type AccessRules, type ReadScope, type Role } from './roles.ts';

export { antivirusBaseAgeDefaultMs, type PolicyDocument } from './policy.ts';
export { mayAct, mayRead, roles, type AccessRules, type ReadScope, type Role } from './roles.ts';

import type { ActType } from '../actions/index.ts';
import type { AccessActType } from './change.ts';

/** Jobs of the operator's staff (docs glossary). One person may hold several. */
export type Role = 'registrar' | 'reviewer' | 'security-officer' | 'manager' | 'auditor';

/** Roles that every policy names. */
export const firstRoles = ['registrar', 'reviewer', 'security-officer'] as const satisfies readonly Role[];

/** Roles that the first policies did not know. */
export const laterRoles = ['manager', 'auditor'] as const satisfies readonly Role[];
type LaterRole = (typeof laterRoles)[number];

export const roles = [...firstRoles, ...laterRoles] as const satisfies readonly Role[];

/** Streams that a role may read. */
export type ReadScope = 'registration' | 'operations' | 'access';

export const readScopes = ['registration', 'operations', 'access'] as const satisfies readonly ReadScope[];

/** An older policy names neither the access acts nor the later roles: what it does not name is nobody's. */
export type AccessRules = {
  readonly acts: Readonly<Record<Exclude<ActType, AccessActType>, readonly Role[]>> &
    Readonly<Partial<Record<AccessActType, readonly Role[]>>>;
  readonly reads: Readonly<Record<Exclude<Role, LaterRole>, readonly ReadScope[]>> &
    Readonly<Partial<Record<LaterRole, readonly ReadScope[]>>>;
};

/** True where one of the held roles may propose this type of act under these rules. */
export function mayAct(rules: AccessRules, held: readonly Role[], type: ActType): boolean {
  return (rules.acts[type] ?? []).some((role) => held.includes(role));
}

/** True where one of the held roles may read this scope under these rules. */
export function mayRead(rules: AccessRules, held: readonly Role[], scope: ReadScope): boolean {
  return held.some((role) => rules.reads[role]?.includes(scope) ?? false);
}

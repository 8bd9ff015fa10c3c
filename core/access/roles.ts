import type { ActType } from '../actions/index.ts';

/** Jobs of the operator's staff (docs glossary). One person may hold several. */
export type Role = 'registrar' | 'reviewer' | 'security-officer';

export const roles = ['registrar', 'reviewer', 'security-officer'] as const satisfies readonly Role[];

/** Streams that a role may read. */
export type ReadScope = 'registration' | 'operations';

export type AccessRules = {
  readonly acts: Readonly<Record<ActType, readonly Role[]>>;
  readonly reads: Readonly<Record<Role, readonly ReadScope[]>>;
};

/** True where one of the held roles may propose this type of act under these rules. */
export function mayAct(rules: AccessRules, held: readonly Role[], type: ActType): boolean {
  return rules.acts[type].some((role) => held.includes(role));
}

/** True where one of the held roles may read this scope under these rules. */
export function mayRead(rules: AccessRules, held: readonly Role[], scope: ReadScope): boolean {
  return held.some((role) => rules.reads[role].includes(scope));
}

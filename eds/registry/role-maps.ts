import { btsDigitalRoles, nationalRoles, type RoleMap } from '../x509/index.ts';

/** Roles of the authority of Transtelecom (arc 1.2.398.3.8.4 of the national register). */
const transtelecomRoles: RoleMap = {
  '1.2.398.3.8.4.1': 'head',
  '1.2.398.3.8.4.2': 'signing-right',
  '1.2.398.3.8.4.3': 'financial-signing-right',
  '1.2.398.3.8.4.4': 'human-resources',
  '1.2.398.3.8.4.5': 'employee',
};

/** Roles of the authority of MyCar (arc 1.2.398.3.32.1). */
const myCarRoles: RoleMap = {
  '1.2.398.3.32.1.1': 'individual',
  '1.2.398.3.32.1.2': 'legal-entity',
  '1.2.398.3.32.1.2.1': 'head',
  '1.2.398.3.32.1.2.2': 'signing-right',
};

/**
 * The role maps that a registry can name, from the national register of object identifiers. `none` is for authorities that certify other authorities, and
 * for those whose roles the register does not list.
 */
export const roleMaps = {
  none: {},
  national: nationalRoles,
  'bts-digital': btsDigitalRoles,
  transtelecom: transtelecomRoles,
  'my-car': myCarRoles,
} as const satisfies Readonly<Record<string, RoleMap>>;

export type RoleMapId = keyof typeof roleMaps;

export function isRoleMapId(text: string): text is RoleMapId {
  return Object.hasOwn(roleMaps, text);
}

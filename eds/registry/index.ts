export { parseAuthorityRegistry, type AuthorityRegistry, type RegisteredAuthority } from './authority-registry.ts';
export { defaultAuthorityRegistry } from './default-registry.ts';
export { roleMappingsFor, trustFromRegistry, type RegisteredTrust } from './registered-trust.ts';
export { isRoleMapId, roleMaps, type RoleMapId } from './role-maps.ts';

export { certificatesInFile } from './certificate-file.ts';
export { parseCertificate, type Certificate } from './certificate.ts';
export {
  keyUsageBits,
  parseValue,
  readAddress,
  readAuthorityKey,
  readExtension,
  type Extensions,
  type KeyUsage,
} from './extensions.ts';
export { isSameName, readName, type Name, type NameAttribute, type Subject } from './name.ts';
export {
  btsDigitalRoles,
  cardsNamed,
  carrierOf,
  carrierOid,
  hardwareCarriers,
  nationalRoles,
  rolesOf,
  type KeyCarrier,
  type RoleMap,
  type SignerRole,
} from './roles.ts';

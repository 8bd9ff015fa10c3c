export { makeExtractableEd25519, privateKeyOf } from './ed25519.ts';
export { guardTokens, mendTokens } from './mend.ts';
export type { KeyKind, KeyPurpose, KeyRequest } from './keys.ts';
export {
  importCertificates,
  makeTokens,
  type IssuedCertificate,
  type MadeKey,
  type TokenRequest,
} from './provision.ts';
export { openSoftHsmStore, softHsmModuleFile, type SoftHsmStore } from './token-store.ts';

export {
  ed25519PublicKey,
  rawPublicKey,
  signText,
  signTextAside,
  verifyEd25519,
  verifyEd25519Aside,
} from './ed25519.ts';
export { readKeyFile, replaceFile, syncFolder, writeKeyFile } from './key-files.ts';
export { createKeyring, type DataKey, type Keyring } from './sealing.ts';
export { signingKey, SigningRefused, type SigningKey, type TokenKeyRefusal } from './signing-key.ts';
export {
  openTokenKeys,
  tokenKeyPlace,
  type DeviceHost,
  type StartDeviceHost,
  type TokenKeyPlace,
  type TokenKeys,
} from './token-keys.ts';

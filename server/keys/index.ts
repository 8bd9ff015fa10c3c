export {
  ed25519PublicKey,
  rawPublicKey,
  sha256,
  sha256Hex,
  signText,
  signTextAside,
  verifyEd25519,
  verifyEd25519Aside,
} from './hash.ts';
export { readKeyFile, syncFolder, writeKeyFile } from './key-files.ts';
export { createKeyring, type DataKey, type Keyring } from './sealing.ts';

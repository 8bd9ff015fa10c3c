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
export { signingKey, type SigningKey } from './signing-key.ts';

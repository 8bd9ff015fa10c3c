import { createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import { toHex, type VerifyEd25519 } from '../../core/kernel/index.ts';

/** DER of SubjectPublicKeyInfo before the 32 bytes of an Ed25519 key (RFC 8410). */
const ed25519Prefix = Buffer.from('302a300506032b6570032100', 'hex');
/** A platform has some hundreds of devices; importing a key costs more than verifying with it. */
const importedKeysMax = 4_096;
const importedKeys = new Map<string, KeyObject>();

/** The key object of 32 raw bytes. */
export function ed25519PublicKey(publicKey: Uint8Array): KeyObject {
  const name = toHex(publicKey);
  const known = importedKeys.get(name);
  if (known !== undefined) return known;
  const key = createPublicKey({ key: Buffer.concat([ed25519Prefix, publicKey]), format: 'der', type: 'spki' });
  if (importedKeys.size >= importedKeysMax) importedKeys.clear();
  importedKeys.set(name, key);
  return key;
}

/** Ed25519 by OpenSSL; bytes of a wrong length are a signature that does not hold. */
export const verifyEd25519: VerifyEd25519 = (publicKey, message, signature) => {
  if (publicKey.length !== 32 || signature.length !== 64) return false;
  return verify(
    null,
    typeof message === 'string' ? Buffer.from(message) : message,
    ed25519PublicKey(publicKey),
    signature,
  );
};

/** The 32 raw bytes of an Ed25519 public key. */
export function rawPublicKey(key: KeyObject): Uint8Array {
  const spki = (key.type === 'private' ? createPublicKey(key) : key).export({ format: 'der', type: 'spki' });
  return Uint8Array.from(spki.subarray(ed25519Prefix.length));
}

/** Ed25519 signature over the UTF-8 bytes of a text. */
export function signText(privateKey: KeyObject, text: string): Uint8Array {
  return sign(null, Buffer.from(text), privateKey);
}

/** As `verifyEd25519`, on a thread of the pool: for the busy doors, where a signature comes with every request. */
export function verifyEd25519Aside(publicKey: Uint8Array, message: string, signature: Uint8Array): Promise<boolean> {
  if (publicKey.length !== 32 || signature.length !== 64) return Promise.resolve(false);
  return new Promise((resolve, reject) => {
    verify(null, Buffer.from(message), ed25519PublicKey(publicKey), signature, (error, isRight) =>
      error === null ? resolve(isRight) : reject(error),
    );
  });
}

/** As `signText`, on a thread of the pool. */
export function signTextAside(privateKey: KeyObject, text: string): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    sign(null, Buffer.from(text), privateKey, (error, signature) =>
      error === null ? resolve(signature) : reject(error),
    );
  });
}

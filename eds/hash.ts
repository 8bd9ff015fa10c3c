import { createHash, createPublicKey, hash, verify } from 'node:crypto';
import { toHex, type Sha256, type Sha256Hex, type VerifyEd25519, type VerifyMlDsa44 } from '../core/kernel/index.ts';

/** Prefix and two hashes: a node of a hash tree. Joined, it is hashed by one call, in half the time of four. */
const node = Buffer.alloc(65);

function joinNode([prefix, left, right, ...rest]: readonly (Uint8Array | string)[]): boolean {
  if (typeof prefix !== 'object' || typeof left !== 'object' || typeof right !== 'object') return false;
  if (prefix.length !== 1 || left.length !== 32 || right.length !== 32 || rest.length > 0) return false;
  node.set(prefix);
  node.set(left, 1);
  node.set(right, 33);
  return true;
}

/** SHA-256 by OpenSSL, in the shape that `core` asks for. */
export const sha256: Sha256 = (...parts) => {
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return hash('sha256', only, 'buffer');
  if (joinNode(parts)) return hash('sha256', node, 'buffer');
  const digest = createHash('sha256');
  for (const part of parts) digest.update(part);
  return digest.digest();
};

/** SHA-256 over the parts in hexadecimal. */
export function sha256Hex(...parts: readonly (Uint8Array | string)[]): Sha256Hex {
  return toHex(sha256(...parts)) as Sha256Hex;
}

/** DER of a SubjectPublicKeyInfo for Ed25519 up to the key itself (RFC 8410 §4). */
const ed25519Prefix = Buffer.from('302a300506032b6570032100', 'hex');

/** Ed25519 by OpenSSL, in the shape that `core` asks for; bytes of a wrong length are a signature that does not hold. */
export const verifyEd25519: VerifyEd25519 = (publicKey, message, signature) => {
  if (publicKey.length !== 32 || signature.length !== 64) return false;
  const key = createPublicKey({ key: Buffer.concat([ed25519Prefix, publicKey]), format: 'der', type: 'spki' });
  return verify(null, typeof message === 'string' ? Buffer.from(message, 'utf8') : message, key, signature);
};

/** DER of a SubjectPublicKeyInfo for ML-DSA-44 up to the key itself (RFC 9881 §4). */
const mlDsa44Prefix = Buffer.from('30820532300b06096086480165030403110382052100', 'hex');

/** ML-DSA-44 by OpenSSL (Node 24; not in Electron), in the shape that `core` asks for; bytes of a wrong length are a signature that does not hold. */
export const verifyMlDsa44: VerifyMlDsa44 = (publicKey, message, signature) => {
  if (publicKey.length !== 1_312 || signature.length !== 2_420) return false;
  const key = createPublicKey({ key: Buffer.concat([mlDsa44Prefix, publicKey]), format: 'der', type: 'spki' });
  return verify(null, message, key, signature);
};

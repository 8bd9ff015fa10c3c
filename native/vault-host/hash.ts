import { createPublicKey, hash, verify } from 'node:crypto';
import type { Sha256, Sha256Hex, VerifyEd25519, VerifyMlDsa44 } from '../../core/kernel/index.ts';

/** SHA-256 of Node for the pure code of `core`. */
export const sha256: Sha256 = (...parts) => {
  if (parts.length === 1 && parts[0] !== undefined) return hash('sha256', parts[0], 'buffer');
  return hash(
    'sha256',
    Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'utf8') : part))),
    'buffer',
  );
};

/** Hexadecimal SHA-256 of a text. */
export function sha256Hex(text: string | Uint8Array): Sha256Hex {
  return hash('sha256', text, 'hex') as Sha256Hex;
}

/** DER prefix of an Ed25519 SubjectPublicKeyInfo (RFC 8410). */
const spkiPrefix = Buffer.from('302a300506032b6570032100', 'hex');

export const verifyEd25519: VerifyEd25519 = (publicKey, message, signature) => {
  if (publicKey.length !== 32) return false;
  const key = createPublicKey({ key: Buffer.concat([spkiPrefix, publicKey]), format: 'der', type: 'spki' });
  return verify(null, typeof message === 'string' ? Buffer.from(message, 'utf8') : message, key, signature);
};

/** DER prefix of an ML-DSA-44 SubjectPublicKeyInfo (RFC 9881). */
const mlDsa44Prefix = Buffer.from('30820532300b06096086480165030403110382052100', 'hex');

/** For the lines of witnesses; Node 24 has it, Electron has not. */
export const verifyMlDsa44: VerifyMlDsa44 = (publicKey, message, signature) => {
  if (publicKey.length !== 1_312 || signature.length !== 2_420) return false;
  const key = createPublicKey({ key: Buffer.concat([mlDsa44Prefix, publicKey]), format: 'der', type: 'spki' });
  return verify(null, message, key, signature);
};

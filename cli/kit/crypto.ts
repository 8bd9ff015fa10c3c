import { createHash, createPublicKey, verify } from 'node:crypto';
import type { Sha256, VerifyEd25519 } from '../../core/kernel/index.ts';

const spkiPrefix = Buffer.from('302a300506032b6570032100', 'hex');

/** SHA-256 of the platform. */
export const sha256: Sha256 = (...parts) => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return new Uint8Array(hash.digest());
};

/** Ed25519 of the platform; a key that is none verifies nothing. */
export const verifyEd25519: VerifyEd25519 = (publicKey, message, signature) => {
  try {
    const key = createPublicKey({ key: Buffer.concat([spkiPrefix, publicKey]), format: 'der', type: 'spki' });
    return verify(null, Buffer.from(message), key, signature);
  } catch {
    return false;
  }
};

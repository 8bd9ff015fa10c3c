import { createHash, createPublicKey, verify, X509Certificate } from 'node:crypto';
import { toHex, type Sha256, type Sha256Hex, type VerifyEd25519 } from '../../core/kernel/index.ts';

export const sha256: Sha256 = (...parts) => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return new Uint8Array(hash.digest());
};

export function sha256Hex(...parts: readonly (Uint8Array | string)[]): Sha256Hex {
  return toHex(sha256(...parts)) as Sha256Hex;
}

/** DER of a SubjectPublicKeyInfo for Ed25519 up to the key itself (RFC 8410 §4). */
const ed25519Prefix = Buffer.from('302a300506032b6570032100', 'hex');

export const verifyEd25519: VerifyEd25519 = (publicKey, message, signature) => {
  if (publicKey.length !== 32 || signature.length !== 64) return false;
  const key = createPublicKey({ key: Buffer.concat([ed25519Prefix, publicKey]), format: 'der', type: 'spki' });
  return verify(null, typeof message === 'string' ? Buffer.from(message, 'utf8') : message, key, signature);
};

/** SHA-256 of the SubjectPublicKeyInfo of a certificate: what an invitation and a bundle pin. */
export function certificateKeyHash(certificateDer: Uint8Array): Sha256Hex {
  const key = new X509Certificate(certificateDer).publicKey.export({ type: 'spki', format: 'der' });
  return sha256Hex(key);
}

/** UUIDv7 (RFC 9562): milliseconds first, so that ids sort by the time that was claimed. */
export function uuidV7(nowMs: number, random: (sizeBytes: number) => Uint8Array): string {
  const bytes = random(16);
  for (let i = 0; i < 6; i += 1) bytes[i] = Math.floor(nowMs / 2 ** (8 * (5 - i))) % 256;
  bytes[6] = 0x70 | ((bytes[6] ?? 0) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  const hex = toHex(bytes);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** UUIDv4. */
export function uuidV4(random: (sizeBytes: number) => Uint8Array): string {
  const bytes = random(16);
  bytes[6] = 0x40 | ((bytes[6] ?? 0) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  const hex = toHex(bytes);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

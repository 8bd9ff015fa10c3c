import { X509Certificate } from 'node:crypto';
import { toHex, type Sha256Hex } from '../../core/kernel/index.ts';
import { sha256Hex } from '../../eds/index.ts';

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

import { createHash } from 'node:crypto';

export type OaepHash = 'sha1' | 'sha256';

function mgf1(hash: OaepHash, seed: Uint8Array, length: number): Uint8Array {
  const mask = new Uint8Array(length);
  for (let counter = 0, at = 0; at < length; counter += 1) {
    const block = createHash(hash)
      .update(seed)
      .update(Uint8Array.of(counter >>> 24, counter >>> 16, counter >>> 8, counter))
      .digest();
    const part = block.subarray(0, length - at);
    mask.set(part, at);
    at += part.length;
    block.fill(0);
  }
  return mask;
}

function xorInto(target: Uint8Array, mask: Uint8Array): void {
  for (let i = 0; i < target.length; i += 1) target[i] = (target[i] ?? 0) ^ (mask[i] ?? 0);
}

/** 255 when the byte is zero, 0 otherwise, without a branch. */
const zeroMask = (byte: number): number => ((byte - 1) >> 8) & 255;

/**
 * Removes OAEP padding (RFC 8017 §7.1.2, empty label) from a raw RSA result as wide as the modulus, for tokens that offer
 * only the bare RSA operation. Every check runs to its end and they are judged together: which of them failed, and where,
 * must not show in the time taken (Manger's attack). Wipes its intermediate values, not `encoded`. `undefined`: not padded so.
 */
export function removeOaep(encoded: Uint8Array, hash: OaepHash): Uint8Array | undefined {
  const emptyLabel = createHash(hash).digest();
  const width = emptyLabel.length;
  if (encoded.length < 2 * width + 2) return undefined;
  const seed = encoded.slice(1, 1 + width);
  const block = encoded.slice(1 + width);
  xorInto(seed, mgf1(hash, block, width));
  xorInto(block, mgf1(hash, seed, block.length));

  let bad = encoded[0] ?? 1;
  for (let i = 0; i < width; i += 1) bad |= (block[i] ?? 0) ^ (emptyLabel[i] ?? 0);
  let searching = 255;
  let start = 0;
  for (let i = width; i < block.length; i += 1) {
    const byte = block[i] ?? 0;
    const isOne = zeroMask(byte ^ 1);
    start |= (i + 1) & -(searching & isOne & 1);
    bad |= searching & ~isOne & ~zeroMask(byte) & 255;
    searching &= ~isOne;
  }
  bad |= searching;

  const message = bad === 0 ? block.slice(start) : undefined;
  seed.fill(0);
  block.fill(0);
  return message;
}

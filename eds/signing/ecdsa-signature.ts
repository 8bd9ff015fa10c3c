import { certificateLimits, integer, openDer, readInteger, sequence, tags } from '../der/index.ts';

/**
 * The DER form of an ECDSA signature given as `r || s`, as PKCS#11 tokens answer, or already as DER. A signature of exactly two
 * coordinates counts as `r || s`. `undefined` for any other shape.
 */
export function ecdsaSignatureDer(signature: Uint8Array, coordinateBytes: number): Uint8Array | undefined {
  if (signature.length === 2 * coordinateBytes) {
    return sequence(integer(signature.subarray(0, coordinateBytes)), integer(signature.subarray(coordinateBytes)));
  }
  const reader = openDer(signature, certificateLimits);
  const pair = reader.enter(tags.sequence);
  readInteger(pair);
  readInteger(pair);
  pair.finish();
  reader.finish();
  return reader.fault === undefined ? signature : undefined;
}

import { constants, createPublicKey, diffieHellman, generateKeyPairSync, publicEncrypt } from 'node:crypto';
import { ok, refuse, toBase64, type Result, type Sha256Hex } from '../../../core/kernel/index.ts';
import type { CardPart } from './format.ts';

const secretSizeBytes = 32;
const curves: Readonly<Record<string, { readonly curve: 'P-256' | 'P-384'; readonly pointSizeBytes: number }>> = {
  prime256v1: { curve: 'P-256', pointSizeBytes: 65 },
  secp384r1: { curve: 'P-384', pointSizeBytes: 97 },
};

export type CardTie = { readonly part: CardPart; readonly secret: Buffer };

/**
 * Ties a slot to a card: an RSA key gets a random secret encrypted to it, an EC key half of a key pair whose other half
 * is thrown away at once. Only the card can make the secret again; the caller wipes it.
 */
export function tieToCard(options: {
  readonly publicKey: Uint8Array;
  readonly certificate: Sha256Hex;
  readonly oaepHash: 'sha1' | 'sha256';
  readonly random: (sizeBytes: number) => Uint8Array;
}): Result<CardTie, 'slot-key-unsupported'> {
  const { certificate, oaepHash, random } = options;
  try {
    const key = createPublicKey({ key: Buffer.from(options.publicKey), format: 'der', type: 'spki' });
    const details = key.asymmetricKeyDetails ?? {};
    if (key.asymmetricKeyType === 'rsa' && (details.modulusLength ?? 0) >= 2_048) {
      const secret = Buffer.from(random(secretSizeBytes));
      const ciphertext = publicEncrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash }, secret);
      return ok({ part: { mechanism: 'rsa-oaep', certificate, oaepHash, ciphertext: toBase64(ciphertext) }, secret });
    }
    const named = key.asymmetricKeyType === 'ec' ? curves[details.namedCurve ?? ''] : undefined;
    if (named === undefined) return refuse('slot-key-unsupported');
    const half = generateKeyPairSync('ec', { namedCurve: details.namedCurve ?? '' });
    const secret = diffieHellman({ privateKey: half.privateKey, publicKey: key });
    const spki = half.publicKey.export({ format: 'der', type: 'spki' });
    const point = toBase64(spki.subarray(spki.length - named.pointSizeBytes));
    return ok({ part: { mechanism: 'ecdh', certificate, curve: named.curve, point }, secret });
  } catch {
    return refuse('slot-key-unsupported');
  }
}

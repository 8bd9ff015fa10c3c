import { createPublicKey, sign, type KeyObject } from 'node:crypto';
import type { Refusal } from '../../core/kernel/index.ts';

/** Why a key in a token does not sign. */
export type TokenKeyRefusal =
  | 'log-key-token-absent'
  | 'log-key-token-failed'
  | 'log-key-pin-wrong'
  | 'log-key-other'
  | 'log-key-extractable';

/** Thrown by a key that does not sign now: whoever would tell of what was signed never comes to it. */
export class SigningRefused extends Error {
  readonly refusal: Refusal<TokenKeyRefusal>;

  constructor(refusal: Refusal<TokenKeyRefusal>) {
    super(`signing refused: ${refusal.code}`);
    this.refusal = refusal;
  }
}

/** A private key that only signs: of a file, or of a token that never gives it out. */
export type SigningKey = {
  /** Raw, as a C2SP vkey has it. */
  readonly publicKey: Uint8Array;
  /** Of the token that holds it; absent for a key of a file. */
  readonly tokenLabel?: string;
  /** Rejects with `SigningRefused` where the token does not sign. */
  readonly sign: (message: string | Uint8Array) => Promise<Uint8Array>;
};

const publicKeySizeBytes = { ed25519: 32, 'ml-dsa-44': 1_312 } as const;

/** Signs by a key object on a thread of the pool: an ML-DSA-44 signature takes half a millisecond. */
export function signingKey(privateKey: KeyObject): SigningKey {
  const kind = privateKey.asymmetricKeyType === 'ml-dsa-44' ? 'ml-dsa-44' : 'ed25519';
  const spki = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
  return {
    publicKey: Uint8Array.from(spki.subarray(-publicKeySizeBytes[kind])),
    sign: (message) =>
      new Promise((resolve, reject) => {
        sign(null, Buffer.from(message), privateKey, (error, signature) =>
          error === null ? resolve(signature) : reject(error),
        );
      }),
  };
}

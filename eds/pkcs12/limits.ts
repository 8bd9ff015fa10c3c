import type { DerLimits } from '../der/index.ts';

/** Bounds of one key file. */
export type Pkcs12Limits = DerLimits & {
  /** Iterations of key derivation that the whole file may ask for: each costs about a microsecond of the opener's time. */
  readonly iterationsMax: number;
};

/**
 * National files are 2 kB with 1,024 iterations for each of three keys, those of OpenSSL and Windows have 2,000 or 2,048, those of Java up
 * to 100,000. Half a million in all is half a second.
 */
export const pkcs12Limits: Pkcs12Limits = {
  sizeMaxBytes: 256 * 1024,
  depthMax: 24,
  elementsMax: 5_000,
  iterationsMax: 500_000,
};

/**
 * `pkcs12-password-wrong`: the MAC does not fit, because the password is another one or the file was altered. `pkcs12-unprotected`: no MAC, so nothing
 * tells that the file is whole. `pkcs12-too-costly`: more iterations than the limits allow.
 */
export type Pkcs12Refusal =
  | 'pkcs12-malformed'
  | 'pkcs12-unprotected'
  | 'pkcs12-unsupported'
  | 'pkcs12-too-costly'
  | 'pkcs12-password-wrong';

/** One opening of one file: the password in its two spellings, and what is left of the iterations. */
export type Opening = {
  readonly utf8: Uint8Array;
  /** UTF-16 with its end, as PKCS#12 derives from. */
  readonly text: Uint8Array;
  iterationsLeft: number;
};

/** Takes the iterations of one derivation from what is left; false where that is not enough or the count is none. */
export function spend(opening: Opening, iterations: number): boolean {
  if (iterations < 1 || iterations > opening.iterationsLeft) return false;
  opening.iterationsLeft -= iterations;
  return true;
}

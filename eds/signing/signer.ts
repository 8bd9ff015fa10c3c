import type { Result } from '../../core/kernel/index.ts';
import { prepareBes, type BesRequest, type PreparationRefusal } from './prepare-bes.ts';
import type { SigningAlgorithm } from './profiles.ts';

/**
 * A private key in use, wherever it lives: a card behind its host, or a file in tests. It is asked to sign the signed attributes of one
 * CAdES-BES and nothing else.
 */
export type Signer<Code extends string = string> = {
  /** The certificate of the key, DER. */
  readonly certificate: Uint8Array;
  readonly algorithm: SigningAlgorithm;
  /**
   * Signs the octets of the signed attributes. `digest` is their digest by the algorithm's hash, for a token that wants a ready one. Answers as CMS writes the
   * signature, or ECDSA as `r || s`. What it answers is verified before it is used.
   */
  readonly sign: (signedAttributes: Uint8Array, digest: Uint8Array) => Promise<Result<Uint8Array, Code>>;
};

export type SigningRefusal = PreparationRefusal | 'signature-malformed' | 'signature-not-by-certificate';

/** Makes a CAdES-BES (`prepareBes`) by a signer. Refuses as preparation, the signer and the check of its answer do. */
export async function signBes<Code extends string>(
  signer: Signer<Code>,
  request: Omit<BesRequest, 'certificate' | 'algorithm'>,
): Promise<Result<Uint8Array, SigningRefusal | Code>> {
  const { certificate, algorithm } = signer;
  const prepared = prepareBes({ ...request, certificate, algorithm });
  if (!prepared.ok) return prepared;
  const signature = await signer.sign(prepared.value.signedAttributes, prepared.value.digest);
  return signature.ok ? prepared.value.finish(signature.value) : signature;
}

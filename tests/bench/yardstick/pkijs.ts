import { webcrypto } from 'node:crypto';
import { Certificate, ContentInfo, CryptoEngine, setEngine, SignedData } from 'pkijs';

setEngine('node', new CryptoEngine({ name: 'node', crypto: webcrypto as Crypto }));

/** Octets in a buffer of their own, as pkijs takes them. */
const bufferOf = (octets: Uint8Array): ArrayBuffer => Uint8Array.from(octets).buffer;

/**
 * What pkijs does with a detached signature: reads it, verifies the signature and the chain to the given authorities. It asks neither for
 * signing-certificate nor for revocation, roles or purposes, so that it does less than what it is compared with.
 */
export function pkijsVerifier(
  authorities: readonly Uint8Array[],
  content: Uint8Array,
  at: Date,
): (cms: Uint8Array) => Promise<void> {
  const trustedCerts = authorities.map((der) => Certificate.fromBER(bufferOf(der)));
  const data = bufferOf(content);
  return async (cms) => {
    const signed = new SignedData({ schema: ContentInfo.fromBER(bufferOf(cms)).content });
    const isRight = await signed.verify({ signer: 0, data, checkChain: true, trustedCerts, checkDate: at });
    if (!isRight) throw new Error('bench: pkijs refused a right signature');
  };
}

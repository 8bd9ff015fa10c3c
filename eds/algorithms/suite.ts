import type { AlgorithmIdentifier } from './identifier.ts';

/** How a signature is made, resolved from what certificate or CMS declare. */
export type SignatureScheme = {
  /** Stable name such as `rsa-pkcs1-sha256`: the word of algorithm policies and reports. */
  readonly name: string;
  /** Verifies one signature over one message. False for anything that is not a right signature; never throws on input. */
  readonly verify: (message: Uint8Array, signature: Uint8Array) => boolean;
};

/** A public key made ready once and used many times. */
export type VerifyingKey = {
  /** Family of the key as algorithm policies name it: `rsa`, `ec-p256`, `ec-p384`. */
  readonly family: string;
  readonly sizeBits: number;
  /**
   * The scheme that this algorithm identifier means for this key, or `undefined` where the two do not fit together or the algorithm is
   * not known. In CMS the identifier may name the key only (`rsaEncryption`); then the digest comes from `digestOid`.
   * In certificates and revocation lists there is none.
   */
  readonly scheme: (algorithm: AlgorithmIdentifier, digestOid: string | undefined) => SignatureScheme | undefined;
};

/**
 * The port of all cryptography in `eds`: node:crypto today; national algorithms or a certified library are further suites joined by
 * `joinSuites`. Verification handles public data only, so constant time is not claimed.
 */
export type AlgorithmSuite = {
  /** Digest by OID, or `undefined` where the digest is not known. */
  readonly digest: (digestOid: string, content: Uint8Array) => Uint8Array | undefined;
  /** Reads a SubjectPublicKeyInfo; `undefined` for a key of an unknown or malformed kind. */
  readonly loadKey: (subjectPublicKeyInfo: Uint8Array) => VerifyingKey | undefined;
};

/** The first suite that knows a digest or key answers. */
export function joinSuites(suites: readonly AlgorithmSuite[]): AlgorithmSuite {
  const first = <T>(ask: (suite: AlgorithmSuite) => T | undefined): T | undefined => {
    for (const suite of suites) {
      const answer = ask(suite);
      if (answer !== undefined) return answer;
    }
    return undefined;
  };
  return {
    digest: (digestOid, content) => first((suite) => suite.digest(digestOid, content)),
    loadKey: (spki) => first((suite) => suite.loadKey(spki)),
  };
}

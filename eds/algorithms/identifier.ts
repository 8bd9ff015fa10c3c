import { equalBytes } from '../../core/kernel/index.ts';
import { certificateLimits, openDer, readBitOctets, readOid, tags, type DerReader } from '../der/index.ts';

/** AlgorithmIdentifier (RFC 5280 §4.1.1.2). */
export type AlgorithmIdentifier = {
  readonly oid: string;
  /** Parameters as a whole element; absent and NULL are told apart. */
  readonly parameters: Uint8Array | undefined;
  /** The whole identifier, for comparisons octet by octet. */
  readonly der: Uint8Array;
};

export function readAlgorithm(reader: DerReader, tag: number = tags.sequence): AlgorithmIdentifier {
  const from = reader.offset;
  const inner = reader.enter(tag);
  const oid = readOid(inner);
  const parameters = inner.hasMore ? inner.element() : undefined;
  inner.finish();
  return { oid, parameters, der: reader.bytes.subarray(from, reader.offset) };
}

/** True where parameters are absent or NULL, the two spellings of "none" in use. */
export function hasNoParameters(algorithm: AlgorithmIdentifier): boolean {
  const { parameters } = algorithm;
  return parameters === undefined || (parameters.length === 2 && parameters[0] === tags.null);
}

/**
 * True where a revocation list names the same algorithm inside and outside its signed part, as RFC 5280 demands. The national
 * authority's lists write NULL in one place and nothing in the other, so the two spellings of "none" count as the same.
 */
export function isSameAlgorithm(a: AlgorithmIdentifier, b: AlgorithmIdentifier): boolean {
  return equalBytes(a.der, b.der) || (a.oid === b.oid && hasNoParameters(a) && hasNoParameters(b));
}

/** Reads a SubjectPublicKeyInfo (RFC 5280 §4.1.2.7): the algorithm, and the octets of the key unparsed; `undefined` where it is malformed. */
export function readSubjectPublicKeyInfo(
  spki: Uint8Array,
): { readonly algorithm: AlgorithmIdentifier; readonly keyBits: Uint8Array } | undefined {
  const reader = openDer(spki, certificateLimits);
  const info = reader.enter(tags.sequence);
  const algorithm = readAlgorithm(info);
  const keyBits = readBitOctets(info);
  info.finish();
  reader.finish();
  return reader.fault === undefined ? { algorithm, keyBits } : undefined;
}

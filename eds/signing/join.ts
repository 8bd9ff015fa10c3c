import { equalBytes, ok, refuse, toHex, type Result } from '../../core/kernel/index.ts';
import { parseSignedData, type CmsRefusal, type SignedData } from '../cms/index.ts';
import { splitSignedData, writeSignedData } from './signed-data-parts.ts';

/**
 * One signature file with the signers of two, over the same content (RFC 5652 §5.1): parallel signatures, none of which covers the other.
 * Nothing is verified. Refuses `cms-content-differs` when the two are not of one form and content, as far as their digests tell: of
 * detached signatures by different hashes only the verifier, who has the content, can. Refuses `cms-too-large` beyond the bound of signers.
 */
export function joinSignatures(
  first: Uint8Array,
  second: Uint8Array,
): Result<Uint8Array, CmsRefusal | 'cms-content-differs'> {
  const [a, b] = [splitSignedData(first), splitSignedData(second)];
  if (!a.ok) return a;
  if (!b.ok) return b;
  if (!equalBytes(a.value.encapsulated, b.value.encapsulated)) return refuse('cms-content-differs');
  const joined = writeSignedData({
    version: Math.max(a.value.version, b.value.version),
    digestAlgorithms: [...a.value.digestAlgorithms, ...b.value.digestAlgorithms],
    encapsulated: a.value.encapsulated,
    certificates: [...a.value.certificates, ...b.value.certificates],
    revocationData: undefined,
    signers: [...a.value.signers, ...b.value.signers],
  });
  if (a.value.revocationData !== undefined || b.value.revocationData !== undefined) return refuse('cms-malformed');
  const parsed = parseSignedData(joined);
  if (!parsed.ok) return refuse('cms-too-large');
  return isOfOneContent(parsed.value) ? ok(joined) : refuse('cms-content-differs');
}

/** No two signers claim different digests of the content by one hash. */
function isOfOneContent({ signers }: SignedData): boolean {
  const claims = new Map<string, string>();
  return signers.every(({ digestOid, signedAttributes }) => {
    const claimed = toHex(signedAttributes?.messageDigest ?? new Uint8Array(0));
    const other = claims.get(digestOid) ?? claimed;
    claims.set(digestOid, claimed);
    return other === claimed;
  });
}

import { certificateLimits, contextTag, oids, openDer, readSmallInteger, tags } from '../der/index.ts';
import { hasNoParameters, readAlgorithm } from './identifier.ts';

/** Parameters of RSASSA-PSS (RFC 8017 §A.2.3), accepted only where the mask uses the digest of the message, as every profile demands. */
export function readPssDigest(
  parameters: Uint8Array | undefined,
): { readonly digestOid: string; readonly saltLengthBytes: number } | undefined {
  if (parameters === undefined) return undefined;
  const reader = openDer(parameters, certificateLimits);
  const all = reader.enter(tags.sequence);
  let digestOid: string = oids.sha1;
  let maskDigestOid: string = oids.sha1;
  let saltLengthBytes = 20;
  let isPlain = true;
  if (all.peek() === contextTag(0)) {
    const digest = readAlgorithm(all.enter(contextTag(0)));
    isPlain &&= hasNoParameters(digest);
    digestOid = digest.oid;
  }
  if (all.peek() === contextTag(1)) {
    const mask = readAlgorithm(all.enter(contextTag(1)));
    isPlain &&= mask.oid === oids.mgf1;
    const maskDigest = openDer(mask.parameters ?? new Uint8Array(0), certificateLimits);
    maskDigestOid = readAlgorithm(maskDigest).oid;
    isPlain &&= maskDigest.fault === undefined;
  }
  if (all.peek() === contextTag(2)) saltLengthBytes = readSmallInteger(all.enter(contextTag(2)));
  if (all.peek() === contextTag(3)) isPlain &&= readSmallInteger(all.enter(contextTag(3))) === 1;
  all.finish();
  reader.finish();
  const isSound = reader.fault === undefined && isPlain && digestOid === maskDigestOid;
  return isSound ? { digestOid, saltLengthBytes } : undefined;
}

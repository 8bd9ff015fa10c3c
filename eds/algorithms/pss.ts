import { certificateLimits, contextTag, oids, openDer, readSmallInteger, tags, type DerReader } from '../der/index.ts';
import { hasNoParameters, readAlgorithm } from './identifier.ts';

/**
 * Parameters of RSASSA-PSS (RFC 8017 §A.2.3), accepted only where the mask uses the digest of the message, as every profile demands. Every octet counts: in
 * CMS no signature covers them.
 */
export function readPssDigest(
  parameters: Uint8Array | undefined,
): { readonly digestOid: string; readonly saltLengthBytes: number } | undefined {
  if (parameters === undefined) return undefined;
  const reader = openDer(parameters, certificateLimits);
  const all = reader.enter(tags.sequence);
  const digestOid = readField(all, 0, readDigest) ?? oids.sha1;
  const maskDigestOid = readField(all, 1, readMaskDigest) ?? oids.sha1;
  const saltLengthBytes = readField(all, 2, readSmallInteger) ?? 20;
  const trailer = readField(all, 3, readSmallInteger) ?? 1;
  all.finish();
  reader.finish();
  const isSound = reader.fault === undefined && trailer === 1 && digestOid === maskDigestOid;
  return isSound ? { digestOid, saltLengthBytes } : undefined;
}

/** A field under its explicit tag; absent, its default counts. */
function readField<T>(all: DerReader, number: number, read: (field: DerReader) => T): T | undefined {
  if (all.peek() !== contextTag(number)) return undefined;
  const field = all.enter(contextTag(number));
  const value = read(field);
  field.finish();
  return value;
}

function readDigest(field: DerReader): string {
  const algorithm = readAlgorithm(field);
  if (!hasNoParameters(algorithm)) field.fail('der-value-malformed');
  return algorithm.oid;
}

function readMaskDigest(field: DerReader): string {
  const mask = readAlgorithm(field);
  const digest = openDer(mask.parameters ?? new Uint8Array(0), certificateLimits);
  const digestOid = readDigest(digest);
  digest.finish();
  if (mask.oid !== oids.mgf1 || digest.fault !== undefined) field.fail('der-value-malformed');
  return digestOid;
}

import {
  certificateLimits,
  contextTag,
  objectIdentifier,
  oids,
  openDer,
  readSmallInteger,
  sequence,
  tags,
  type DerReader,
} from '../der/index.ts';
import { hasNoParameters, readAlgorithm, type AlgorithmIdentifier } from './identifier.ts';

/** What stands for parameters that are left out. */
const sha1: AlgorithmIdentifier = {
  oid: oids.sha1,
  parameters: undefined,
  der: sequence(objectIdentifier(oids.sha1)),
};

/** Parameters of RSASSA-PSS (RFC 8017 §A.2.3), accepted only where the mask uses the digest of the message, as every profile demands. */
export function readPssDigest(
  parameters: Uint8Array | undefined,
): { readonly digestOid: string; readonly saltLengthBytes: number } | undefined {
  if (parameters === undefined) return undefined;
  const reader = openDer(parameters, certificateLimits);
  const all = reader.enter(tags.sequence);
  const optional = <T>(number: number, otherwise: T, read: (field: DerReader) => T): T => {
    if (all.peek() !== contextTag(number)) return otherwise;
    const field = all.enter(contextTag(number));
    const value = read(field);
    field.finish();
    return value;
  };
  const digest = optional(0, sha1, readAlgorithm);
  const mask = optional(1, { ...sha1, oid: oids.mgf1, parameters: sha1.der }, readAlgorithm);
  const saltLengthBytes = optional(2, 20, readSmallInteger);
  const trailer = optional(3, 1, readSmallInteger);
  all.finish();
  reader.finish();
  const maskReader = openDer(mask.parameters ?? new Uint8Array(0), certificateLimits);
  const maskDigest = readAlgorithm(maskReader);
  maskReader.finish();
  const isPlain = hasNoParameters(digest) && hasNoParameters(maskDigest) && mask.oid === oids.mgf1 && trailer === 1;
  const isRead = reader.fault === undefined && maskReader.fault === undefined;
  return isRead && isPlain && digest.oid === maskDigest.oid ? { digestOid: digest.oid, saltLengthBytes } : undefined;
}

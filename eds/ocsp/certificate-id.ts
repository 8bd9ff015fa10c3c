import { equalBytes } from '../../core/kernel/index.ts';
import { readAlgorithm, type AlgorithmSuite } from '../algorithms/index.ts';
import {
  certificateLimits,
  integerFromHex,
  nullValue,
  objectIdentifier,
  octetString,
  oids,
  openDer,
  readBitOctets,
  readOctets,
  readSerial,
  sequence,
  tags,
  type DerReader,
} from '../der/index.ts';
import type { Certificate } from '../x509/index.ts';

/** How OCSP names a certificate (CertID, RFC 6960 §4.1.1): by digests of its issuer's name and key, and its serial number. */
export type CertificateId = {
  readonly digestOid: string;
  readonly issuerNameHash: Uint8Array;
  readonly issuerKeyHash: Uint8Array;
  /** Lower-case hexadecimal. */
  readonly serial: string;
};

/** The digests that a request may name certificates by. SHA-1 identifies here and secures nothing: what an answer says is under its signature. */
export type IdentifierDigest = 'sha256' | 'sha1';

export function readCertificateId(reader: DerReader): CertificateId {
  const fields = reader.enter(tags.sequence);
  const { oid } = readAlgorithm(fields);
  const issuerNameHash = readOctets(fields);
  const issuerKeyHash = readOctets(fields);
  const serial = readSerial(fields);
  fields.finish();
  return { digestOid: oid, issuerNameHash, issuerKeyHash, serial };
}

export type Pair = { readonly certificate: Certificate; readonly issuer: Certificate };

/** CertID of a certificate under this issuer, DER; `undefined` where the suite lacks the digest. */
export function writeCertificateId(
  { certificate, issuer }: Pair,
  digest: IdentifierDigest,
  suite: AlgorithmSuite,
): Uint8Array | undefined {
  const nameHash = suite.digest(oids[digest], certificate.issuer.der);
  const keyHash = suite.digest(oids[digest], publicKeyBits(issuer));
  if (nameHash === undefined || keyHash === undefined) return undefined;
  return sequence(
    sequence(objectIdentifier(oids[digest]), nullValue()),
    octetString(nameHash),
    octetString(keyHash),
    integerFromHex(certificate.serial),
  );
}

/**
 * Tells whether an identifier means this certificate, issued under this key; false too where the suite lacks its digest. Digests are worked out
 * once for each algorithm, so that a response with many identifiers costs no more than one.
 */
export function idMatcher({ certificate, issuer }: Pair, suite: AlgorithmSuite): (id: CertificateId) => boolean {
  const known = new Map<string, readonly (Uint8Array | undefined)[]>();
  return (id) => {
    if (id.serial !== certificate.serial) return false;
    const digest = (octets: Uint8Array): Uint8Array | undefined => suite.digest(id.digestOid, octets);
    const hashes = known.get(id.digestOid) ?? [digest(publicKeyBits(issuer)), digest(certificate.issuer.der)];
    known.set(id.digestOid, hashes);
    const [keyHash, nameHash] = hashes;
    if (keyHash === undefined || nameHash === undefined) return false;
    return equalBytes(keyHash, id.issuerKeyHash) && equalBytes(nameHash, id.issuerNameHash);
  };
}

/** The octets of the public key that key hashes are taken of: the BIT STRING without identifier, length and count of unused bits. */
export function publicKeyBits(certificate: Certificate): Uint8Array {
  const info = openDer(certificate.subjectPublicKeyInfo, certificateLimits).enter(tags.sequence);
  info.skip();
  return readBitOctets(info);
}

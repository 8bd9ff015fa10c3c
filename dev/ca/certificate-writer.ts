import { createHash } from 'node:crypto';
import {
  bitString,
  boolean,
  contextTag,
  ia5String,
  integer,
  integerFromHex,
  namedBits,
  nullValue,
  objectIdentifier,
  octetString,
  oids,
  printableString,
  retagged,
  sequence,
  setOf,
  tagged,
  taggedPrimitive,
  time,
  utf8String,
} from '../../eds/der/index.ts';
import { keyUsageBits, type KeyUsage } from '../../eds/x509/index.ts';
import { signatureAlgorithm, signOctets, type SignatureKind, type WritingKey } from './signing-key.ts';

/** Attributes of a name in order, by OID. */
export type NameParts = readonly (readonly [oid: string, value: string])[];

export type WrittenExtension = { readonly oid: string; readonly isCritical: boolean; readonly value: Uint8Array };

/** Everything that a certificate says; nothing is checked here, so that tests can write bad ones. */
export type CertificateContent = {
  readonly serial: string;
  readonly issuer: NameParts;
  readonly subject: NameParts;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  readonly subjectPublicKeyInfo: Uint8Array;
  readonly extensions: readonly WrittenExtension[];
};

/** Writes and signs a certificate, X.509 v3. */
export function writeCertificate(
  content: CertificateContent,
  issuerKey: WritingKey,
  digest: SignatureKind = 'sha256',
): Uint8Array {
  const algorithm = signatureAlgorithm(issuerKey, digest);
  const signedPart = sequence(
    tagged(0, integer(2)),
    integerFromHex(content.serial),
    algorithm,
    writeName(content.issuer),
    sequence(time(content.notBeforeMs), time(content.notAfterMs)),
    writeName(content.subject),
    content.subjectPublicKeyInfo,
    ...(content.extensions.length === 0 ? [] : [tagged(3, sequence(...content.extensions.map(writeExtension)))]),
  );
  return sequence(signedPart, algorithm, bitString(signOctets(issuerKey, digest, signedPart)));
}

/** Countries and serial numbers are PrintableString and all else UTF-8, as the national authority writes them. */
export function writeName(parts: NameParts): Uint8Array {
  const isPrintable = (oid: string): boolean => oid === oids.country || oid === oids.serialNumber;
  return sequence(
    ...parts.map(([oid, value]) =>
      setOf(sequence(objectIdentifier(oid), isPrintable(oid) ? printableString(value) : utf8String(value))),
    ),
  );
}

export function writeExtension({ oid, isCritical, value }: WrittenExtension): Uint8Array {
  return sequence(objectIdentifier(oid), ...(isCritical ? [boolean(true)] : []), octetString(value));
}

/** Key identifier: the first 160 bits of SHA-256 over the public key (RFC 7093 §2, method 1 over the whole structure). */
export function keyIdentifierOf(subjectPublicKeyInfo: Uint8Array): Uint8Array {
  return createHash('sha256').update(subjectPublicKeyInfo).digest().subarray(0, 20);
}

/** The extensions of RFC 5280 and of the national profile, ready to be put into a certificate. */
export const extensions = {
  keyUsage: (usages: readonly KeyUsage[]): WrittenExtension => ({
    oid: oids.keyUsage,
    isCritical: true,
    value: namedBits(usages.map((usage) => keyUsageBits.indexOf(usage))),
  }),
  extendedKeyUsage: (purposes: readonly string[], isCritical = false): WrittenExtension => ({
    oid: oids.extendedKeyUsage,
    isCritical,
    value: sequence(...purposes.map(objectIdentifier)),
  }),
  basicConstraints: (isAuthority: boolean, pathLengthMax?: number): WrittenExtension => ({
    oid: oids.basicConstraints,
    isCritical: true,
    value: sequence(
      ...(isAuthority ? [boolean(true)] : []),
      ...(pathLengthMax === undefined ? [] : [integer(pathLengthMax)]),
    ),
  }),
  subjectKey: (identifier: Uint8Array): WrittenExtension => plain(oids.subjectKeyIdentifier, octetString(identifier)),
  authorityKey: (identifier: Uint8Array): WrittenExtension =>
    plain(oids.authorityKeyIdentifier, sequence(taggedPrimitive(0, identifier))),
  policies: (policies: readonly string[]): WrittenExtension =>
    plain(oids.certificatePolicies, sequence(...policies.map((policy) => sequence(objectIdentifier(policy))))),
  keyCarrier: (carrier: string): WrittenExtension => plain(oids.keyCarrier, sequence(objectIdentifier(carrier))),
  crlDistribution: (url: string): WrittenExtension =>
    plain(oids.crlDistributionPoints, sequence(sequence(tagged(0, tagged(0, address(url)))))),
  freshestCrl: (url: string): WrittenExtension =>
    plain(oids.freshestCrl, sequence(sequence(tagged(0, tagged(0, address(url)))))),
  ocspAccess: (url: string): WrittenExtension =>
    plain(oids.authorityInfoAccess, sequence(sequence(objectIdentifier(oids.ocspAccess), address(url)))),
  ocspNoCheck: (): WrittenExtension => plain(oids.ocspNoCheck, nullValue()),
} as const;

/** A URI as GeneralName. */
function address(url: string): Uint8Array {
  return retagged(contextTag(6, 'primitive'), ia5String(url));
}

function plain(oid: string, value: Uint8Array): WrittenExtension {
  return { oid, isCritical: false, value };
}

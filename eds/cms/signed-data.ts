import { ok, refuse, toHex, type Result } from '../../core/kernel/index.ts';
import { hasNoParameters, readAlgorithm, type AlgorithmIdentifier } from '../algorithms/index.ts';
import {
  contextTag,
  messageLimits,
  oids,
  openDer,
  readOctets,
  readOid,
  readSerial,
  readSmallInteger,
  tags,
  type DerLimits,
  type DerReader,
} from '../der/index.ts';
import { readName, type Name } from '../x509/index.ts';
import {
  readSignedAttributes,
  readUnsignedAttributes,
  type SignedAttributes,
  type UnsignedAttribute,
} from './attributes.ts';

/** How a signer names its certificate. */
export type SignerIdentifier =
  | { readonly kind: 'issuer-serial'; readonly issuer: Name; readonly serial: string }
  | { readonly kind: 'key'; readonly keyIdentifier: string };

export type SignerInfo = {
  readonly identifier: SignerIdentifier;
  readonly digestOid: string;
  /** Absent in signatures that are made directly over the content: those bind no certificate and are never CAdES. */
  readonly signedAttributes: SignedAttributes | undefined;
  readonly signatureAlgorithm: AlgorithmIdentifier;
  readonly signature: Uint8Array;
  readonly unsignedAttributes: readonly UnsignedAttribute[];
};

/** A CMS SignedData as read (RFC 5652 §5.1). The octets are views of what was given. */
export type SignedData = {
  readonly digestOids: readonly string[];
  readonly contentType: string;
  /** Attached content; `undefined` for a detached signature. */
  readonly content: Uint8Array | undefined;
  /** Whole certificates in the order of the file, unparsed. */
  readonly certificates: readonly Uint8Array[];
  readonly carriesRevocationData: boolean;
  readonly signers: readonly SignerInfo[];
};

/** Bounds of what one signature file may hold; the largest seen in practice have 4 signers and 6 certificates. */
export const signedDataBounds = {
  certificatesMax: 32,
  signersMax: 16,
  digestsMax: 16,
  /** Values of the unsigned attributes of all signers: each time-stamp among them costs as much as a signature. */
  unsignedValuesMax: 32,
  /** The longest here is that of RSA-8192, 1,024 octets. A stamp hashes it, so it must not be a document. */
  signatureMaxBytes: 4_096,
} as const;

export type CmsRefusal = 'cms-malformed' | 'cms-too-large' | 'cms-not-signed-data' | 'cms-without-signer';

/**
 * Reads a CMS ContentInfo with SignedData in strict DER. Verifies nothing. Refuses `cms-too-large` beyond the limits, `cms-not-signed-data`
 * for other content types, `cms-without-signer` for a mere bag of certificates, and `cms-malformed` for the rest.
 */
export function parseSignedData(der: Uint8Array, limits: DerLimits = messageLimits): Result<SignedData, CmsRefusal> {
  const reader = openDer(der, limits);
  const info = reader.enter(tags.sequence);
  const contentType = readOid(info);
  if (info.fault === undefined && contentType !== oids.signedData) return refuse('cms-not-signed-data');
  const wrapped = info.enter(contextTag(0));
  const body = wrapped.enter(tags.sequence);
  const signedData = readBody(body);
  body.finish();
  wrapped.finish();
  info.finish();
  reader.finish();
  if (reader.fault === 'der-too-large' || reader.fault === 'der-too-many-elements') return refuse('cms-too-large');
  if (reader.fault !== undefined) return refuse('cms-malformed', { fault: reader.fault });
  return signedData.signers.length === 0 ? refuse('cms-without-signer') : ok(signedData);
}

function readBody(body: DerReader): SignedData {
  const version = readSmallInteger(body);
  const digestOids = readDigests(body);
  const encapsulated = body.enter(tags.sequence);
  const contentType = readOid(encapsulated);
  const content = encapsulated.hasMore ? readContent(encapsulated) : undefined;
  encapsulated.finish();
  const certificates = body.peek() === contextTag(0) ? readCertificates(body) : [];
  const carriesRevocationData = body.peek() === contextTag(1);
  if (carriesRevocationData) body.skip();
  const signers: SignerInfo[] = [];
  const set = body.enter(tags.set);
  while (set.hasMore) {
    if (signers.length === signedDataBounds.signersMax) set.fail('der-too-many-elements');
    signers.push(readSigner(set));
  }
  const unsigned = signers.flatMap(({ unsignedAttributes }) => unsignedAttributes.flatMap(({ values }) => values));
  if (unsigned.length > signedDataBounds.unsignedValuesMax) body.fail('der-too-many-elements');
  // §5.1: the version follows from the content, so any other value was not written by a conforming signer.
  const usesKeyIdentifier = signers.some((signer) => signer.identifier.kind === 'key');
  const expectedVersion = contentType !== oids.data || usesKeyIdentifier ? 3 : 1;
  if (version !== expectedVersion && !(carriesRevocationData && version === 5)) body.fail('der-value-malformed');
  return { digestOids, contentType, content, certificates, carriesRevocationData, signers };
}

function readDigests(body: DerReader): readonly string[] {
  const digestOids: string[] = [];
  const set = body.enter(tags.set);
  while (set.hasMore) {
    const algorithm = readAlgorithm(set);
    if (!hasNoParameters(algorithm)) set.fail('der-value-malformed');
    if (digestOids.length === signedDataBounds.digestsMax) set.fail('der-too-many-elements');
    digestOids.push(algorithm.oid);
  }
  return digestOids;
}

function readContent(encapsulated: DerReader): Uint8Array {
  const wrapped = encapsulated.enter(contextTag(0));
  const content = readOctets(wrapped);
  wrapped.finish();
  return content;
}

function readCertificates(body: DerReader): readonly Uint8Array[] {
  const certificates: Uint8Array[] = [];
  const set = body.enter(contextTag(0));
  while (set.hasMore) {
    if (certificates.length === signedDataBounds.certificatesMax) set.fail('der-too-many-elements');
    // Attribute certificates and other formats have context tags: nothing here could judge them, so they are refused.
    certificates.push(set.element(tags.sequence));
  }
  return certificates;
}

function readSigner(set: DerReader): SignerInfo {
  const signer = set.enter(tags.sequence);
  const version = readSmallInteger(signer);
  const identifier = readIdentifier(signer);
  if (version !== (identifier.kind === 'key' ? 3 : 1)) signer.fail('der-value-malformed');
  const digest = readAlgorithm(signer);
  if (!hasNoParameters(digest)) signer.fail('der-value-malformed');
  const signedAttributes = signer.peek() === contextTag(0) ? readSignedAttributes(signer) : undefined;
  const signatureAlgorithm = readAlgorithm(signer);
  const signature = readOctets(signer);
  if (signature.length > signedDataBounds.signatureMaxBytes) signer.fail('der-too-large');
  const unsignedAttributes = signer.hasMore ? readUnsignedAttributes(signer) : [];
  signer.finish();
  return { identifier, digestOid: digest.oid, signedAttributes, signatureAlgorithm, signature, unsignedAttributes };
}

function readIdentifier(signer: DerReader): SignerIdentifier {
  const keyTag = contextTag(0, 'primitive');
  if (signer.peek() === keyTag) return { kind: 'key', keyIdentifier: toHex(signer.content(keyTag)) };
  const pair = signer.enter(tags.sequence);
  const issuer = readName(pair);
  const serial = readSerial(pair);
  pair.finish();
  return { kind: 'issuer-serial', issuer, serial };
}

import { hasNoParameters, readAlgorithm } from '../algorithms/index.ts';
import {
  contextTag,
  oids,
  openDer,
  messageLimits,
  readOctets,
  readOid,
  readSerial,
  readTimeMs,
  retagged,
  tags,
  type DerReader,
} from '../der/index.ts';
import { readName, type Name } from '../x509/index.ts';

/** The first entry of signing-certificate (RFC 2634 §5.4, SHA-1) or signing-certificate-v2 (RFC 5035 §3): which certificate the signer meant. */
export type SigningCertificateBinding = {
  readonly digestOid: string;
  readonly certificateDigest: Uint8Array;
  /** Present only when the signer also wrote it; then it must agree. */
  readonly issuerSerial: { readonly issuer: Name; readonly serial: string } | undefined;
};

/** Signed attributes of one signer. Each kind occurs once with one value; a repetition is malformed. */
export type SignedAttributes = {
  /** DER of the SET OF attributes: the octets under the signature. */
  readonly signedOctets: Uint8Array;
  readonly contentType: string | undefined;
  readonly messageDigest: Uint8Array | undefined;
  /** What the signer claims; shown, never relied on. */
  readonly claimedAtMs: number | undefined;
  /** By signing-certificate-v2. */
  readonly signingCertificate: SigningCertificateBinding | undefined;
  /** By the older signing-certificate, as time-stamps of the national authority still have it. */
  readonly signingCertificateV1: SigningCertificateBinding | undefined;
  /** True where the signer names the rules that it signed by (CAdES-EPES). */
  readonly namesPolicy: boolean;
};

/** An attribute that the signature does not cover: its values are whole elements, views of what was given. */
export type UnsignedAttribute = { readonly oid: string; readonly values: readonly Uint8Array[] };

type Draft = { -readonly [Key in keyof SignedAttributes]: SignedAttributes[Key] };

const attributesMax = 64;
/** Values of all unsigned attributes of a signer together: each time-stamp among them costs as much as a signature. */
const unsignedValuesMax = 16;

const readers: Readonly<Record<string, (draft: Draft, value: DerReader) => void>> = {
  [oids.contentType]: (draft, value) => {
    draft.contentType = readOid(value);
  },
  [oids.messageDigest]: (draft, value) => {
    draft.messageDigest = readOctets(value);
  },
  [oids.signingTime]: (draft, value) => {
    draft.claimedAtMs = readTimeMs(value);
  },
  [oids.signingCertificateV2]: (draft, value) => {
    draft.signingCertificate = readSigningCertificate(value, readDigestOid);
  },
  [oids.signingCertificate]: (draft, value) => {
    draft.signingCertificateV1 = readSigningCertificate(value, () => oids.sha1);
  },
  [oids.signaturePolicy]: (draft, value) => {
    value.skip();
    draft.namesPolicy = true;
  },
};

/** Reads `[0] IMPLICIT SignedAttributes` (RFC 5652 §5.3). Attributes of other kinds are under the signature and are left aside. */
export function readSignedAttributes(signer: DerReader): SignedAttributes {
  const tag = contextTag(0);
  const from = signer.offset;
  const set = signer.enter(tag);
  // §5.4: what is signed is the SET OF under its universal tag, not under [0].
  const signedOctets = retagged(tags.set, signer.bytes.subarray(from, signer.offset));
  const draft: Draft = {
    signedOctets,
    contentType: undefined,
    messageDigest: undefined,
    claimedAtMs: undefined,
    signingCertificate: undefined,
    signingCertificateV1: undefined,
    namesPolicy: false,
  };
  const seen = new Set<string>();
  while (set.hasMore) {
    const attribute = set.enter(tags.sequence);
    const oid = readOid(attribute);
    const values = attribute.enter(tags.set);
    attribute.finish();
    if (seen.has(oid) || seen.size === attributesMax) set.fail('der-value-malformed');
    seen.add(oid);
    const read = readers[oid];
    if (read === undefined) continue;
    read(draft, values);
    values.finish();
  }
  if (seen.size === 0) set.fail('der-value-malformed');
  return draft;
}

/** Reads `[1] IMPLICIT UnsignedAttributes` (RFC 5652 §5.3). One kind may occur several times, as time-stamps do; a set without values is malformed. */
export function readUnsignedAttributes(signer: DerReader): readonly UnsignedAttribute[] {
  const found: UnsignedAttribute[] = [];
  const set = signer.enter(contextTag(1));
  let valuesLeft = unsignedValuesMax;
  while (set.hasMore) {
    const attribute = set.enter(tags.sequence);
    const oid = readOid(attribute);
    const all = attribute.enter(tags.set);
    attribute.finish();
    const values: Uint8Array[] = [];
    while (all.hasMore) {
      if (valuesLeft === 0) all.fail('der-too-many-elements');
      valuesLeft -= 1;
      values.push(all.element());
    }
    if (values.length === 0) set.fail('der-value-malformed');
    found.push({ oid, values });
  }
  if (found.length === 0) set.fail('der-value-malformed');
  return found;
}

/** Both versions differ only in the digest: version 1 has SHA-1 and names none. */
function readSigningCertificate(value: DerReader, readDigest: (first: DerReader) => string): SigningCertificateBinding {
  const signingCertificate = value.enter(tags.sequence);
  const certificates = signingCertificate.enter(tags.sequence);
  const first = certificates.enter(tags.sequence);
  const digestOid = readDigest(first);
  const certificateDigest = readOctets(first);
  const issuerSerial = first.hasMore ? readIssuerSerial(first) : undefined;
  first.finish();
  // Further entries and policies describe the path that the signer had in mind; the path is built here by key identifiers anyway.
  while (certificates.hasMore) certificates.element(tags.sequence);
  if (signingCertificate.hasMore) signingCertificate.element(tags.sequence);
  signingCertificate.finish();
  return { digestOid, certificateDigest, issuerSerial };
}

function readDigestOid(first: DerReader): string {
  if (first.peek() !== tags.sequence) return oids.sha256;
  const algorithm = readAlgorithm(first);
  if (!hasNoParameters(algorithm)) first.fail('der-value-malformed');
  return algorithm.oid;
}

function readIssuerSerial(first: DerReader): { readonly issuer: Name; readonly serial: string } {
  const pair = first.enter(tags.sequence);
  const names = pair.enter(tags.sequence);
  const directoryName = names.enter(contextTag(4));
  const issuer = readName(directoryName);
  directoryName.finish();
  names.finish();
  const serial = readSerial(pair);
  pair.finish();
  return { issuer, serial };
}

/** Reads signed attributes that stand alone as a SET OF, as a signer is asked to sign them. */
export function parseSignedAttributes(signedOctets: Uint8Array): SignedAttributes | undefined {
  if (signedOctets[0] !== tags.set) return undefined;
  const reader = openDer(retagged(contextTag(0), signedOctets), messageLimits);
  const attributes = readSignedAttributes(reader);
  reader.finish();
  return reader.fault === undefined ? attributes : undefined;
}

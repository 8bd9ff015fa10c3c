import { createHash } from 'node:crypto';
import {
  contextTag,
  element,
  generalizedTime,
  integer,
  integerFromHex,
  namedBits,
  nullValue,
  objectIdentifier,
  octetString,
  oids,
  retagged,
  sequence,
  setOf,
  tagged,
  tags,
  utf8String,
} from '../../eds/der/index.ts';
import { parseCertificate } from '../../eds/x509/index.ts';
import { signatureAlgorithm, signOctets, type SignatureKind, type SigningKey } from './signing-key.ts';

/** Everything that a time-stamp token says; nothing is checked here. */
export type TimeStampContent = {
  /** Policy of the time-stamping authority, OID. */
  readonly policy: string;
  readonly imprint: { readonly digestOid: string; readonly digest: Uint8Array };
  /** Lower-case hexadecimal. */
  readonly serial: string;
  readonly genTimeMs: number;
  /** Content octets of the request's INTEGER. */
  readonly nonce?: Uint8Array;
  /** Whole elements between time and nonce (accuracy, ordering) and after it (name, extensions). */
  readonly further?: { readonly beforeNonce?: readonly Uint8Array[]; readonly afterNonce?: readonly Uint8Array[] };
  /** The authority's certificate, DER: named by the signature, and carried unless `isBare`. */
  readonly certificate: Uint8Array;
  readonly isBare?: boolean;
  /** The national authority still names its certificate the older way, by SHA-1. */
  readonly signingCertificate?: 'v1' | 'v2' | 'none';
};

const digestOids = { sha1: oids.sha1, sha256: oids.sha256, sha384: oids.sha384 } as const;

/** Writes and signs a time-stamp token (RFC 3161 §2.4.2): CMS SignedData over TSTInfo. */
export function writeTimeStampToken(
  content: TimeStampContent,
  key: SigningKey,
  digest: SignatureKind = 'sha256',
): Uint8Array {
  const info = writeInfo(content);
  const parsed = parseCertificate(content.certificate);
  if (!parsed.ok) throw new Error('a time-stamp names the certificate of its authority');
  const { issuer, serial } = parsed.value;
  const digestAlgorithm = sequence(objectIdentifier(digestOids[digest]), nullValue());
  const attributes = setOf(
    attribute(oids.contentType, objectIdentifier(oids.timeStampInfo)),
    attribute(oids.messageDigest, octetString(createHash(digest).update(info).digest())),
    ...nameCertificate(content),
  );
  const signerInfo = sequence(
    integer(1),
    sequence(issuer.der, integerFromHex(serial)),
    digestAlgorithm,
    retagged(contextTag(0), attributes),
    signatureAlgorithm(key, digest),
    octetString(signOctets(key, digest, attributes)),
  );
  const signedData = sequence(
    integer(3),
    setOf(digestAlgorithm),
    sequence(objectIdentifier(oids.timeStampInfo), tagged(0, octetString(info))),
    ...(content.isBare === true ? [] : [element(contextTag(0), content.certificate)]),
    setOf(signerInfo),
  );
  return sequence(objectIdentifier(oids.signedData), tagged(0, signedData));
}

function writeInfo({ policy, imprint, serial, genTimeMs, nonce, further = {} }: TimeStampContent): Uint8Array {
  return sequence(
    integer(1),
    objectIdentifier(policy),
    sequence(sequence(objectIdentifier(imprint.digestOid), nullValue()), octetString(imprint.digest)),
    integerFromHex(serial),
    generalizedTime(genTimeMs),
    ...(further.beforeNonce ?? []),
    ...(nonce === undefined ? [] : [element(tags.integer, nonce)]),
    ...(further.afterNonce ?? []),
  );
}

function nameCertificate({ certificate, signingCertificate = 'v2' }: TimeStampContent): readonly Uint8Array[] {
  if (signingCertificate === 'none') return [];
  const isOld = signingCertificate === 'v1';
  const hash = createHash(isOld ? 'sha1' : 'sha256')
    .update(certificate)
    .digest();
  const oid = isOld ? oids.signingCertificate : oids.signingCertificateV2;
  // SHA-256 is the default digest of the second version, so both read SEQUENCE { SEQUENCE OF { hash } }.
  return [attribute(oid, sequence(sequence(sequence(octetString(hash)))))];
}

function attribute(oid: string, value: Uint8Array): Uint8Array {
  return sequence(objectIdentifier(oid), setOf(value));
}

/** TimeStampResp that grants the token. */
export function writeTimeStampResponse(token: Uint8Array): Uint8Array {
  return sequence(sequence(integer(0)), token);
}

/** TimeStampResp that refuses; `failure` is a bit of PKIFailureInfo. */
export function writeTimeStampRefusal(failure: number, text = 'refused'): Uint8Array {
  return sequence(sequence(integer(2), sequence(utf8String(text)), namedBits([failure])));
}

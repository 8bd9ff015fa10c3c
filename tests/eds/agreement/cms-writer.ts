import { constants, createHash, sign } from 'node:crypto';
import type { SigningKey } from '../../../dev/ca/index.ts';
import {
  contextTag,
  element,
  integer,
  integerFromHex,
  nullValue,
  objectIdentifier,
  octetString,
  oids,
  retagged,
  sequence,
  setOf,
  tagged,
  tags,
  time,
} from '../../../eds/der/index.ts';
import { certificateOf, content, nowMs } from '../world.ts';

export type Digest = 'sha1' | 'sha256' | 'sha384' | 'sha512';
export type Attributes = Readonly<Record<string, Uint8Array>>;

/** Everything that a CAdES-BES says; what is left out is right. Nothing is checked here, so that tests can write bad ones. */
export type CmsContent = {
  readonly key: SigningKey;
  readonly certificate: Uint8Array;
  readonly isPss?: boolean;
  readonly digest?: Digest;
  readonly content?: Uint8Array;
  readonly isAttached?: boolean;
  /** Certificates in the file; the signer's own where it is left out. */
  readonly certificates?: readonly Uint8Array[];
  /** Changes the signed attributes, whole elements by a name, before they are signed; and after. */
  readonly attributes?: (right: Attributes) => Attributes;
  readonly attributesAfter?: (right: Attributes) => Attributes;
  readonly signature?: (right: Uint8Array) => Uint8Array;
  readonly unsigned?: readonly Uint8Array[];
  readonly identifier?: Uint8Array;
  /** Names of the digest and of the signature, where they are others than those used. */
  readonly digestNamed?: Digest;
  readonly digestsOfFile?: readonly Digest[];
  readonly signatureOid?: string;
  readonly contentType?: string;
};

const digestOids = { sha1: oids.sha1, sha256: oids.sha256, sha384: oids.sha384, sha512: oids.sha512 } as const;
const ecdsaOids = {
  sha1: oids.ecdsaWithSha1,
  sha256: oids.ecdsaWithSha256,
  sha384: oids.ecdsaWithSha384,
  sha512: oids.ecdsaWithSha512,
} as const;

export const hashOf = (digest: Digest, octets: Uint8Array): Uint8Array =>
  new Uint8Array(createHash(digest).update(octets).digest());

export const algorithmOf = (digest: Digest): Uint8Array => sequence(objectIdentifier(digestOids[digest]));

export const attribute = (oid: string, value: Uint8Array): Uint8Array => sequence(objectIdentifier(oid), setOf(value));

/** signing-certificate, version 2, with what it says of the certificate. */
export function bindingOf(certificate: Uint8Array, digest: Uint8Array = hashOf('sha256', certificate)): Uint8Array {
  const { issuer, serial } = certificateOf(certificate);
  const name = sequence(element(contextTag(4), issuer.der));
  return attribute(
    oids.signingCertificateV2,
    sequence(sequence(sequence(octetString(digest), sequence(name, integerFromHex(serial))))),
  );
}

/** signing-certificate, version 1. */
export function oldBindingOf(certificate: Uint8Array): Uint8Array {
  return attribute(oids.signingCertificate, sequence(sequence(sequence(octetString(hashOf('sha1', certificate))))));
}

function signatureAlgorithm({ key, isPss = false, digest = 'sha256', signatureOid }: CmsContent): Uint8Array {
  if (signatureOid !== undefined) return sequence(objectIdentifier(signatureOid), nullValue());
  if (key.privateKey.asymmetricKeyType === 'ec') return sequence(objectIdentifier(ecdsaOids[digest]));
  if (!isPss) return sequence(objectIdentifier(oids.rsaEncryption), nullValue());
  const hash = sequence(objectIdentifier(digestOids[digest]), nullValue());
  const mask = sequence(objectIdentifier(oids.mgf1), hash);
  const salt = integer(hashOf(digest, new Uint8Array(0)).length);
  return sequence(objectIdentifier(oids.rsaPss), sequence(tagged(0, hash), tagged(1, mask), tagged(2, salt)));
}

/** Signs the octets as `cms` says, in the form of CMS. */
function signatureOf({ key, isPss = false, digest = 'sha256' }: CmsContent, octets: Uint8Array): Uint8Array {
  const padding = isPss
    ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
    : {};
  return new Uint8Array(sign(digest, octets, { key: key.privateKey, ...padding }));
}

/** Writes and signs a CMS SignedData with one signer. */
export function writeCms(cms: CmsContent): Uint8Array {
  const { certificate, digest = 'sha256', contentType = oids.data } = cms;
  const octets = cms.content ?? content;
  const right: Attributes = {
    contentType: attribute(oids.contentType, objectIdentifier(oids.data)),
    signingTime: attribute(oids.signingTime, time(nowMs)),
    messageDigest: attribute(oids.messageDigest, octetString(hashOf(digest, octets))),
    binding: bindingOf(certificate),
  };
  const signed = cms.attributes?.(right) ?? right;
  const written = cms.attributesAfter?.(signed) ?? signed;
  const signature = signatureOf(cms, setOf(...Object.values(signed)));
  const { issuer, serial } = certificateOf(certificate);
  const unsigned = cms.unsigned ?? [];
  const signer = sequence(
    integer(1),
    cms.identifier ?? sequence(issuer.der, integerFromHex(serial)),
    algorithmOf(cms.digestNamed ?? digest),
    ...(Object.keys(written).length === 0 ? [] : [retagged(contextTag(0), setOf(...Object.values(written)))]),
    signatureAlgorithm(cms),
    octetString(cms.signature?.(signature) ?? signature),
    ...(unsigned.length === 0 ? [] : [retagged(contextTag(1), setOf(...unsigned))]),
  );
  const certificates = cms.certificates ?? [certificate];
  const body = sequence(
    integer(contentType === oids.data ? 1 : 3),
    element(tags.set, ...(cms.digestsOfFile ?? [cms.digestNamed ?? digest]).map(algorithmOf)),
    sequence(objectIdentifier(contentType), ...(cms.isAttached === true ? [tagged(0, octetString(octets))] : [])),
    ...(certificates.length === 0 ? [] : [retagged(contextTag(0), setOf(...certificates))]),
    element(tags.set, signer),
  );
  return sequence(objectIdentifier(oids.signedData), tagged(0, body));
}

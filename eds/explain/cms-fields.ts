import { oids } from '../der/index.ts';
import { parseSignedData, type SignedData, type SignerInfo } from '../cms/index.ts';
import { parseTstInfo, type TimeStampResponse } from '../tsp/index.ts';
import { parseCertificate, type Certificate } from '../x509/index.ts';
import { certificateFields } from './certificate-fields.ts';
import { partsMax, shortName, type Fields } from './fields.ts';
import { oidName } from './oid-text.ts';
import { shortHex } from './text.ts';

/** A time-stamp token is a signature with certificates of its own; nothing nests deeper in practice. */
const nestingMax = 2;

export function signedDataFields(signedData: SignedData, fields: Fields, nesting = 0): void {
  const certificates = signedData.certificates.slice(0, partsMax).flatMap((der) => {
    const parsed = parseCertificate(der);
    return parsed.ok ? [parsed.value] : [];
  });
  fields.oid('content-type', signedData.contentType);
  if (signedData.content === undefined) fields.text('content-detached', '');
  else fields.text('content-attached-bytes', String(signedData.content.length));
  if (signedData.contentType === oids.timeStampInfo) stampFields(signedData.content, fields);
  for (const signer of signedData.signers) signerFields(signer, certificates, fields, nesting);
  fields.text('certificates', String(signedData.certificates.length));
  for (const certificate of certificates)
    certificateFields(certificate, fields.under('certificate', shortName(certificate.subjectName)));
}

function signerFields(signer: SignerInfo, certificates: readonly Certificate[], fields: Fields, nesting: number): void {
  const { signedAttributes } = signer;
  const inner = fields.under('signer', signerName(signer, certificates));
  inner.oid('digest-algorithm', signer.digestOid);
  inner.oid('algorithm', signer.signatureAlgorithm.oid);
  inner.time('signed-at', signedAttributes?.claimedAtMs);
  inner.text('message-digest', hexOf(signedAttributes?.messageDigest));
  for (const binding of [signedAttributes?.signingCertificate, signedAttributes?.signingCertificateV1]) {
    if (binding === undefined) continue;
    inner.text('signing-certificate', `${oidName(binding.digestOid)} ${shortHex(binding.certificateDigest)}`);
  }
  for (const { oid, values } of signer.unsignedAttributes.slice(0, partsMax)) {
    inner.oid('unsigned-attribute', oid);
    if (oid === oids.signatureTimeStamp) for (const token of values) tokenFields(token, inner, nesting);
  }
}

/** What a time-stamping authority states (RFC 3161 §2.4.2). */
function stampFields(content: Uint8Array | undefined, fields: Fields): void {
  const info = content === undefined ? undefined : parseTstInfo(content);
  if (info === undefined) return;
  fields.time('time-stamped-at', info.genTimeMs);
  fields.text('accuracy-ms', info.accuracyMs === 0 ? undefined : String(info.accuracyMs));
  fields.oid('policy', info.policy);
  fields.text('imprint', `${oidName(info.imprint.digestOid)} ${shortHex(info.imprint.digest)}`);
  fields.text('serial', info.serial);
  fields.text('nonce', info.nonce);
}

export function responseFields({ status, failures, token }: TimeStampResponse, fields: Fields): void {
  fields.text('response', String(status));
  for (const failure of failures) fields.text('reason', failure);
  if (token !== undefined) tokenFields(token, fields, 0);
}

function tokenFields(token: Uint8Array, fields: Fields, nesting: number): void {
  const parsed = parseSignedData(token);
  if (!parsed.ok || nesting === nestingMax) return;
  signedDataFields(parsed.value, fields.under('time-stamp', ''), nesting + 1);
}

function signerName({ identifier }: SignerInfo, certificates: readonly Certificate[]): string {
  const named = certificates.find((certificate) =>
    identifier.kind === 'key'
      ? certificate.extensions.subjectKeyIdentifier === identifier.keyIdentifier
      : certificate.serial === identifier.serial,
  );
  if (named !== undefined) return shortName(named.subjectName);
  return identifier.kind === 'key' ? identifier.keyIdentifier : `${shortName(identifier.issuer)} ${identifier.serial}`;
}

const hexOf = (octets: Uint8Array | undefined): string | undefined =>
  octets === undefined ? undefined : shortHex(octets);

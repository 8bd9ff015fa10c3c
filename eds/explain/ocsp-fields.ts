import type { OcspAnswer, OcspResponse } from '../ocsp/index.ts';
import { parseCertificate } from '../x509/index.ts';
import { certificateFields } from './certificate-fields.ts';
import { nameText, partsMax, shortName, type Fields } from './fields.ts';
import { shortHex } from './text.ts';

export function ocspFields(response: OcspResponse, fields: Fields): void {
  const { responder, nonce } = response;
  fields.text('responder', responder.kind === 'name' ? nameText(responder.name) : shortHex(responder.keyHash));
  fields.time('produced-at', response.producedAtMs);
  fields.oid('algorithm', response.signatureAlgorithm.oid);
  fields.text('nonce', nonce === undefined ? undefined : shortHex(nonce));
  if (response.hasExtendedRevoke) fields.text('extended-revoke', '');
  for (const answer of response.answers.slice(0, partsMax)) answerFields(answer, fields.under('status', answer.status));
  fields.text('certificates', String(response.certificates.length));
  for (const der of response.certificates.slice(0, partsMax)) {
    const certificate = parseCertificate(der);
    if (!certificate.ok) continue;
    certificateFields(certificate.value, fields.under('certificate', shortName(certificate.value.subjectName)));
  }
}

function answerFields(answer: OcspAnswer, fields: Fields): void {
  fields.text('serial', answer.id.serial);
  fields.oid('digest-algorithm', answer.id.digestOid);
  fields.time('this-update', answer.thisUpdateMs);
  fields.time('next-update', answer.nextUpdateMs);
  fields.time('revoked-at', answer.revocation?.revokedAtMs);
  fields.text('reason', answer.revocation?.reason);
}

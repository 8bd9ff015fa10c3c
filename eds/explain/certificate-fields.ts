import { readAlgorithm } from '../algorithms/index.ts';
import { certificateLimits, openDer, readBitOctets, readInteger, readOid, tags } from '../der/index.ts';
import type { RevocationList } from '../crl/index.ts';
import type { Certificate } from '../x509/index.ts';
import { nameText, type Fields } from './fields.ts';
import { oidName } from './oid-text.ts';

export function certificateFields(certificate: Certificate, fields: Fields): void {
  const { extensions } = certificate;
  fields.text('subject', nameText(certificate.subjectName));
  fields.text('issuer', nameText(certificate.issuer));
  fields.text('serial', certificate.serial);
  fields.time('not-before', certificate.notBeforeMs);
  fields.time('not-after', certificate.notAfterMs);
  fields.text('key', keyText(certificate.subjectPublicKeyInfo));
  fields.oid('algorithm', certificate.signatureAlgorithm.oid);
  fields.text('key-usage', extensions.keyUsage?.join(', '));
  for (const oid of extensions.extendedKeyUsage ?? []) fields.oid('extended-key-usage', oid);
  for (const oid of extensions.policies ?? []) fields.oid('policy', oid);
  fields.oid('carrier', extensions.keyCarrier);
  if (extensions.basicConstraints?.isAuthority === true)
    fields.text('authority-path-max', String(extensions.basicConstraints.pathLengthMax ?? '∞'));
  fields.text('key-identifier', extensions.subjectKeyIdentifier);
  fields.text('issuer-key-identifier', extensions.authorityKeyIdentifier);
  for (const url of extensions.crlUrls) fields.text('crl-address', url);
  for (const oid of extensions.unknownCritical) fields.oid('critical-unknown', oid);
  fields.text('sha256', certificate.sha256);
}

/** The algorithm of a key with its curve, or with the size of an RSA modulus in bits. */
function keyText(subjectPublicKeyInfo: Uint8Array): string | undefined {
  const reader = openDer(subjectPublicKeyInfo, certificateLimits);
  const info = reader.enter(tags.sequence);
  const { oid, parameters } = readAlgorithm(info);
  const octets = readBitOctets(info);
  if (reader.fault !== undefined) return undefined;
  const detail = curveOf(parameters) ?? modulusBits(octets);
  return [oidName(oid), ...(detail === undefined ? [] : [detail])].join(' ');
}

function curveOf(parameters: Uint8Array | undefined): string | undefined {
  if (parameters === undefined) return undefined;
  const reader = openDer(parameters, certificateLimits);
  const oid = readOid(reader.peek() === tags.sequence ? reader.enter(tags.sequence) : reader);
  return reader.fault === undefined ? oidName(oid) : undefined;
}

function modulusBits(octets: Uint8Array): string | undefined {
  const reader = openDer(octets, certificateLimits);
  const modulus = readInteger(reader.enter(tags.sequence));
  if (reader.fault !== undefined) return undefined;
  const [first = 0, second = 0] = modulus;
  const bits =
    first === 0 ? (modulus.length - 1) * 8 - Math.clz32(second) + 24 : modulus.length * 8 - Math.clz32(first) + 24;
  return String(bits);
}

export function revocationListFields(list: RevocationList, fields: Fields): void {
  fields.text('issuer', nameText(list.issuer));
  fields.text('issuer-key-identifier', list.authorityKeyIdentifier);
  fields.time('this-update', list.thisUpdateMs);
  fields.time('next-update', list.nextUpdateMs);
  fields.text('crl-number', list.number?.toString());
  fields.text('crl-delta-to', list.baseNumber?.toString());
  fields.text('entries', String(list.size()));
  fields.oid('algorithm', list.signatureAlgorithm.oid);
  for (const oid of list.unknownCritical) fields.oid('critical-unknown', oid);
  fields.text('sha256', list.sha256);
}

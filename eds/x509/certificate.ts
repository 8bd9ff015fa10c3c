import { createHash } from 'node:crypto';
import { equalBytes, ok, refuse, type Result } from '../../core/kernel/index.ts';
import { readAlgorithm, type AlgorithmIdentifier } from '../algorithms/index.ts';
import {
  certificateLimits,
  contextTag,
  openDer,
  readBitOctets,
  readSerial,
  readSmallInteger,
  readTimeMs,
  tags,
  type DerReader,
} from '../der/index.ts';
import { noExtensions, readExtensions, type Extensions } from './extensions.ts';
import { readName, subjectOf, type Name, type Subject } from './name.ts';

/** A certificate as read: nothing about it is trusted or even verified by having been read. */
export type Certificate = {
  readonly der: Uint8Array;
  /** Lower-case hexadecimal SHA-256 of `der`. */
  readonly sha256: string;
  /** The octets under the issuer's signature. */
  readonly signedPart: Uint8Array;
  readonly signatureAlgorithm: AlgorithmIdentifier;
  readonly signature: Uint8Array;
  /** Lower-case hexadecimal. */
  readonly serial: string;
  readonly issuer: Name;
  readonly subjectName: Name;
  readonly subject: Subject;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  readonly subjectPublicKeyInfo: Uint8Array;
  readonly extensions: Extensions;
};

/**
 * Reads one DER certificate (X.509 v3, strict). The octets are copied, so that the caller may reuse its buffer.
 * Refuses `certificate-malformed` for anything that is not exactly one certificate within `certificateLimits`.
 */
export function parseCertificate(der: Uint8Array): Result<Certificate, 'certificate-malformed'> {
  if (der.length > certificateLimits.sizeMaxBytes) return refuse('certificate-malformed');
  const copy = Uint8Array.from(der);
  const reader = openDer(copy, certificateLimits);
  const certificate = reader.enter(tags.sequence);
  const signedFrom = certificate.offset;
  const fields = readSignedPart(certificate.enter(tags.sequence));
  const signedPart = copy.subarray(signedFrom, certificate.offset);
  const signatureAlgorithm = readAlgorithm(certificate);
  const signature = readBitOctets(certificate);
  certificate.finish();
  reader.finish();
  // RFC 5280 §4.1.1.2: the algorithm outside and inside the signed part must be the same, or an attacker could swap the outer one.
  const isSame = equalBytes(fields.innerAlgorithm.der, signatureAlgorithm.der);
  if (reader.fault !== undefined || !isSame)
    return refuse('certificate-malformed', { fault: reader.fault ?? 'algorithm-differs' });
  const sha256 = createHash('sha256').update(copy).digest('hex');
  const { innerAlgorithm: _, ...rest } = fields;
  return ok({
    der: copy,
    sha256,
    signedPart,
    signatureAlgorithm,
    signature,
    ...rest,
    subject: subjectOf(fields.subjectName),
  });
}

type SignedPart = Omit<
  Certificate,
  'der' | 'sha256' | 'signedPart' | 'signatureAlgorithm' | 'signature' | 'subject'
> & {
  readonly innerAlgorithm: AlgorithmIdentifier;
};

function readSignedPart(fields: DerReader): SignedPart {
  const hasVersion = fields.peek() === contextTag(0);
  const version = hasVersion ? readSmallInteger(fields.enter(contextTag(0))) : 0;
  // Only version 3 (value 2) has extensions; certificates of version 1 carry no key identifier and cannot be placed in a path.
  if (version > 2 || (hasVersion && version === 0)) fields.fail('der-value-malformed');
  const serial = readSerial(fields);
  const innerAlgorithm = readAlgorithm(fields);
  const issuer = readName(fields);
  const validity = fields.enter(tags.sequence);
  const notBeforeMs = readTimeMs(validity);
  const notAfterMs = readTimeMs(validity);
  validity.finish();
  const subjectName = readName(fields);
  const subjectPublicKeyInfo = fields.element(tags.sequence);
  for (const number of [1, 2]) {
    const tag = contextTag(number, 'primitive');
    if (fields.peek() === tag) fields.content(tag);
  }
  const extensions = readExtensionsField(fields, version);
  fields.finish();
  return { serial, innerAlgorithm, issuer, notBeforeMs, notAfterMs, subjectName, subjectPublicKeyInfo, extensions };
}

function readExtensionsField(fields: DerReader, version: number): Extensions {
  if (fields.peek() !== contextTag(3)) return noExtensions;
  if (version !== 2) fields.fail('der-value-malformed');
  const wrapped = fields.enter(contextTag(3));
  const extensions = readExtensions(wrapped);
  wrapped.finish();
  return extensions;
}

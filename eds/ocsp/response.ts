import { createHash } from 'node:crypto';
import { ok, refuse, type Result } from '../../core/kernel/index.ts';
import { readAlgorithm, type AlgorithmIdentifier } from '../algorithms/index.ts';
import { readEntryExtensions, revocationReasonOf, type RevocationEntry } from '../crl/index.ts';
import {
  contextTag,
  oids,
  openDer,
  readBitOctets,
  readOctets,
  readOid,
  readTimeMs,
  responseLimits,
  tags,
  type DerReader,
} from '../der/index.ts';
import { parseValue, readExtension, readName, type Name } from '../x509/index.ts';
import { readCertificateId, type CertificateId } from './certificate-id.ts';

/** What a responder says about one certificate (SingleResponse, RFC 6960 §4.2.1). */
export type OcspAnswer = {
  readonly id: CertificateId;
  readonly status: 'good' | 'revoked' | 'unknown';
  /** Set where the status is revoked. */
  readonly revocation: RevocationEntry | undefined;
  readonly thisUpdateMs: number;
  readonly nextUpdateMs: number | undefined;
  /** Critical extensions that are not understood: such an answer may say less than it seems to. */
  readonly unknownCritical: readonly string[];
};

/** Who claims to have signed: by name, or by the SHA-1 digest of the public key. */
export type ResponderId =
  | { readonly kind: 'name'; readonly name: Name }
  | { readonly kind: 'key'; readonly keyHash: Uint8Array };

/** An OCSP response as read: nothing about it is trusted by having been read. */
export type OcspResponse = {
  readonly der: Uint8Array;
  /** Lower-case hexadecimal SHA-256 of `der`. */
  readonly sha256: string;
  readonly signedPart: Uint8Array;
  readonly signatureAlgorithm: AlgorithmIdentifier;
  readonly signature: Uint8Array;
  readonly responder: ResponderId;
  readonly producedAtMs: number;
  readonly answers: readonly OcspAnswer[];
  /** The nonce that the responder repeats from the request. */
  readonly nonce: Uint8Array | undefined;
  /** extended-revoke: a certificate that was never issued is answered as revoked in 1970 and on hold (RFC 6960 §4.4.8). */
  readonly hasExtendedRevoke: boolean;
  readonly unknownCritical: readonly string[];
  /** Certificates beside the signature, DER: the responder's, where it is not the authority itself. */
  readonly certificates: readonly Uint8Array[];
};

/** Why a responder gave no answer (RFC 6960 §4.2.1), each a value of OCSPResponseStatus. */
export type OcspRefusal = 'malformed-request' | 'internal-error' | 'try-later' | 'signature-required' | 'unauthorized';

const refusals: Readonly<Record<number, OcspRefusal>> = {
  1: 'malformed-request',
  2: 'internal-error',
  3: 'try-later',
  5: 'signature-required',
  6: 'unauthorized',
};

/** Answers and certificates of one response: one certificate was asked about, and a chain is short. */
const answersMax = 64;
const certificatesMax = 8;

/**
 * Reads one OCSPResponse, strict DER. The octets are copied. Refuses `ocsp-malformed`, and `ocsp-refused` with the responder's own status
 * where it answered with an error, which nobody signs.
 */
export function parseOcspResponse(der: Uint8Array): Result<OcspResponse, 'ocsp-malformed' | 'ocsp-refused'> {
  if (der.length > responseLimits.sizeMaxBytes) return refuse('ocsp-malformed', { fault: 'der-too-large' });
  const copy = Uint8Array.from(der);
  const reader = openDer(copy, responseLimits);
  const outer = reader.enter(tags.sequence);
  const status = outer.content(tags.enumerated);
  const refused = status.length === 1 ? refusals[status[0] ?? 0] : undefined;
  if (refused !== undefined) {
    outer.finish();
    reader.finish();
    return reader.fault === undefined ? refuse('ocsp-refused', { status: refused }) : malformed(reader);
  }
  if (status.length !== 1 || status[0] !== 0) outer.fail('der-value-malformed');
  const wrapped = outer.enter(contextTag(0));
  const body = wrapped.enter(tags.sequence);
  if (readOid(body) !== oids.ocspBasic) body.fail('der-value-malformed');
  const basicOctets = readOctets(body);
  for (const one of [body, wrapped, outer, reader]) one.finish();
  if (reader.fault !== undefined) return malformed(reader);
  return readBasic(copy, basicOctets);
}

function malformed(reader: DerReader): Result<never, 'ocsp-malformed'> {
  return refuse('ocsp-malformed', { fault: reader.fault ?? 'der-value-malformed' });
}

function readBasic(der: Uint8Array, octets: Uint8Array): Result<OcspResponse, 'ocsp-malformed'> {
  const reader = openDer(octets, responseLimits);
  const basic = reader.enter(tags.sequence);
  const signedPart = octets.subarray(basic.offset);
  const signedFrom = basic.offset;
  const data = readData(basic.enter(tags.sequence));
  const signedTo = basic.offset;
  const signatureAlgorithm = readAlgorithm(basic);
  const signature = readBitOctets(basic);
  const certificates = basic.peek() === contextTag(0) ? readCertificates(basic.enter(contextTag(0))) : [];
  basic.finish();
  reader.finish();
  if (reader.fault !== undefined) return malformed(reader);
  const sha256 = createHash('sha256').update(der).digest('hex');
  return ok({
    der,
    sha256,
    signedPart: signedPart.subarray(0, signedTo - signedFrom),
    signatureAlgorithm,
    signature,
    ...data,
    certificates,
  });
}

type ResponseData = Pick<
  OcspResponse,
  'responder' | 'producedAtMs' | 'answers' | 'nonce' | 'hasExtendedRevoke' | 'unknownCritical'
>;

function readData(fields: DerReader): ResponseData {
  // DER leaves the default version out; any other is not known.
  if (fields.peek() === contextTag(0)) fields.fail('der-value-malformed');
  const responder = readResponder(fields);
  const producedAtMs = readGeneralizedTimeMs(fields);
  const list = fields.enter(tags.sequence);
  const answers: OcspAnswer[] = [];
  while (list.hasMore && answers.length < answersMax) answers.push(readAnswer(list));
  list.finish();
  if (answers.length === 0) fields.fail('der-value-malformed');
  const extensions = fields.peek() === contextTag(1) ? readExtensions(fields.enter(contextTag(1))) : noExtensions;
  fields.finish();
  return { responder, producedAtMs, answers, ...extensions };
}

function readResponder(fields: DerReader): ResponderId {
  if (fields.peek() === contextTag(1)) {
    const wrapped = fields.enter(contextTag(1));
    const name = readName(wrapped);
    wrapped.finish();
    return { kind: 'name', name };
  }
  const wrapped = fields.enter(contextTag(2));
  const keyHash = readOctets(wrapped);
  wrapped.finish();
  return { kind: 'key', keyHash };
}

function readAnswer(list: DerReader): OcspAnswer {
  const fields = list.enter(tags.sequence);
  const id = readCertificateId(fields);
  const { status, revocation } = readStatus(fields);
  const thisUpdateMs = readGeneralizedTimeMs(fields);
  const nextUpdateMs =
    fields.peek() === contextTag(0) ? readWrapped(fields, contextTag(0), readGeneralizedTimeMs) : undefined;
  const extensions =
    fields.peek() === contextTag(1) ? readWrapped(fields, contextTag(1), readEntryExtensions) : undefined;
  fields.finish();
  const since = extensions?.invalidSinceMs;
  return {
    id,
    status,
    revocation: revocation && since !== undefined ? { ...revocation, invalidSinceMs: since } : revocation,
    thisUpdateMs,
    nextUpdateMs,
    unknownCritical: extensions?.unknownCritical ?? [],
  };
}

function readStatus(fields: DerReader): Pick<OcspAnswer, 'status' | 'revocation'> {
  if (fields.peek() === contextTag(1)) {
    const info = fields.enter(contextTag(1));
    const revokedAtMs = readGeneralizedTimeMs(info);
    const hasReason = info.peek() === contextTag(0);
    const reason = hasReason
      ? readWrapped(info, contextTag(0), (inner) => revocationReasonOf(inner.content(tags.enumerated)))
      : 'unspecified';
    info.finish();
    return { status: 'revoked', revocation: { revokedAtMs, reason } };
  }
  const status = fields.peek() === contextTag(2, 'primitive') ? 'unknown' : 'good';
  const content = fields.content(contextTag(status === 'unknown' ? 2 : 0, 'primitive'));
  if (content.length > 0) fields.fail('der-value-malformed');
  return { status, revocation: undefined };
}

const noExtensions = { nonce: undefined, hasExtendedRevoke: false, unknownCritical: [] } as const;

function readExtensions(wrapped: DerReader): Pick<ResponseData, 'nonce' | 'hasExtendedRevoke' | 'unknownCritical'> {
  let nonce: Uint8Array | undefined;
  const seen = new Set<string>();
  const unknownCritical: string[] = [];
  const list = wrapped.enter(tags.sequence);
  while (list.hasMore) {
    const { oid, isCritical, value } = readExtension(list);
    if (seen.has(oid)) list.fail('der-value-malformed');
    seen.add(oid);
    if (oid === oids.ocspNonce) {
      parseValue(list, value, (inner) => {
        nonce = readOctets(inner);
      });
    } else if (isCritical && oid !== oids.ocspExtendedRevoke) unknownCritical.push(oid);
  }
  wrapped.finish();
  return { nonce, hasExtendedRevoke: seen.has(oids.ocspExtendedRevoke), unknownCritical };
}

function readCertificates(wrapped: DerReader): readonly Uint8Array[] {
  const list = wrapped.enter(tags.sequence);
  const certificates: Uint8Array[] = [];
  while (list.hasMore && certificates.length < certificatesMax) certificates.push(list.element(tags.sequence));
  list.finish();
  wrapped.finish();
  return certificates;
}

function readWrapped<T>(fields: DerReader, tag: number, read: (inner: DerReader) => T): T {
  const inner = fields.enter(tag);
  const value = read(inner);
  inner.finish();
  return value;
}

function readGeneralizedTimeMs(reader: DerReader): number {
  if (reader.peek() !== tags.generalizedTime) reader.fail('der-tag-unexpected');
  return readTimeMs(reader);
}

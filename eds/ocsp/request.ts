import { equalBytes, ok, refuse, type Result } from '../../core/kernel/index.ts';
import type { AlgorithmSuite } from '../algorithms/index.ts';
import { objectIdentifier, octetString, oids, sequence, tagged } from '../der/index.ts';
import { idMatcher, writeCertificateId, type IdentifierDigest, type Pair } from './certificate-id.ts';
import { parseOcspResponse, type OcspResponse } from './response.ts';

export type OcspQuestion = Pair & {
  /** Octets from the caller's randomness, 1–32 (RFC 9654 §2.1); the answer must repeat them. Left out, the answer's own times decide alone. */
  readonly nonce?: Uint8Array;
  /** SHA-256 unless the responder wants otherwise. */
  readonly digest?: IdentifierDigest;
};

const nonceMaxBytes = 32;

/** An OCSPRequest about one certificate, DER. Refuses `digest-unsupported` where the suite lacks the digest, and a nonce of a wrong length. */
export function writeOcspRequest(
  question: OcspQuestion,
  suite: AlgorithmSuite,
): Result<Uint8Array, 'digest-unsupported' | 'ocsp-nonce-malformed'> {
  const { nonce, digest = 'sha256' } = question;
  if (nonce !== undefined && (nonce.length === 0 || nonce.length > nonceMaxBytes))
    return refuse('ocsp-nonce-malformed');
  const id = writeCertificateId(question, digest, suite);
  if (id === undefined) return refuse('digest-unsupported');
  const extensions =
    nonce === undefined
      ? []
      : [tagged(2, sequence(sequence(objectIdentifier(oids.ocspNonce), octetString(octetString(nonce)))))];
  return ok(sequence(sequence(sequence(sequence(id)), ...extensions)));
}

/**
 * Reads the answer to a question: it must be about that certificate and repeat the nonce, so that nobody can play an older one. Its signature
 * and times are left to the verifier. Refuses what `parseOcspResponse` does, `ocsp-nonce-differs` (absent counts as different) and `ocsp-answer-foreign`.
 */
export function readOcspReply(
  question: OcspQuestion,
  der: Uint8Array,
  suite: AlgorithmSuite,
): Result<OcspResponse, 'ocsp-malformed' | 'ocsp-refused' | 'ocsp-nonce-differs' | 'ocsp-answer-foreign'> {
  const parsed = parseOcspResponse(der);
  if (!parsed.ok) return parsed;
  const { nonce, answers } = parsed.value;
  if (question.nonce !== undefined && (nonce === undefined || !equalBytes(nonce, question.nonce)))
    return refuse('ocsp-nonce-differs');
  const isAsked = idMatcher(question, suite);
  return answers.some(({ id }) => isAsked(id)) ? parsed : refuse('ocsp-answer-foreign');
}

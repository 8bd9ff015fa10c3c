import { equalBytes, ok, refuse, type Result } from '../../core/kernel/index.ts';
import type { AlgorithmSuite } from '../algorithms/index.ts';
import { parseSignedData, type CmsRefusal, type SignerInfo } from '../cms/index.ts';
import { defaultSuite } from '../gost/index.ts';
import {
  acceptTimeStampResponse,
  parseTimeStampToken,
  type TimeStampRequest,
  type TimeStampToken,
} from '../tsp/index.ts';
import { parseCertificate } from '../x509/index.ts';
import { attachTimeStamp } from './attach-time-stamp.ts';

/** Which signer of a signature file is to be stamped, counted from 0 in the order of the file. */
type Stamping = { readonly cms: Uint8Array; readonly signer?: number; readonly suite?: AlgorithmSuite };

/**
 * What to ask a time-stamping authority for one signer of a file: the digest of its signature by the hash that it was made with, as the national
 * authority demands. `nonce` is fresh chance of at least eight octets. Written by `writeTimeStampRequest`.
 */
export function timeStampRequestFor(
  { cms, signer = 0, suite = defaultSuite }: Stamping,
  { nonce, policy }: Pick<TimeStampRequest, 'nonce' | 'policy'>,
): Result<TimeStampRequest, CmsRefusal> {
  const parsed = parseSignedData(cms);
  if (!parsed.ok) return parsed;
  const info = parsed.value.signers[signer];
  const digest = info && suite.digest(info.digestOid, info.signature);
  if (info === undefined || digest === undefined) return refuse('cms-malformed');
  const imprint = { digestOid: info.digestOid, digest };
  return ok({ imprint, nonce, ...(policy === undefined ? {} : { policy }) });
}

export type AddTimeStampRefusal =
  | CmsRefusal
  | 'time-stamp-malformed'
  | 'time-stamp-refused'
  | 'time-stamp-differs'
  | 'time-stamp-signature-wrong';

/**
 * Makes CAdES-T of CAdES-BES (ETSI EN 319 122-1 §5.3) by the answer of a time-stamping authority, after checking that it answers this request (imprint,
 * nonce, policy), that the request was about this signer, and that the token is signed by a certificate in it. Whether that authority is
 * to be believed is the verifier's question. Refuses as `acceptTimeStampResponse`, `time-stamp-differs` for a request about another signature, and
 * `time-stamp-signature-wrong`.
 */
export function addTimeStamp(
  stamping: Stamping & { readonly request: TimeStampRequest; readonly response: Uint8Array },
): Result<Uint8Array, AddTimeStampRefusal> {
  const { cms, request, response, signer = 0, suite = defaultSuite } = stamping;
  const own = timeStampRequestFor(stamping, request);
  if (!own.ok) return own;
  const { imprint } = own.value;
  const isAboutSigner =
    imprint.digestOid === request.imprint.digestOid && equalBytes(imprint.digest, request.imprint.digest);
  if (!isAboutSigner) return refuse('time-stamp-differs');
  const accepted = acceptTimeStampResponse(response, request);
  if (!accepted.ok) return accepted;
  const token = parseTimeStampToken(accepted.value);
  if (!token.ok) return token;
  if (!isSigned(token.value, suite)) return refuse('time-stamp-signature-wrong');
  return attachTimeStamp(cms, accepted.value, signer);
}

/** The token's digest is that of its statement, and one of the certificates that it carries verifies the signature. */
function isSigned({ signedData, signer }: TimeStampToken, suite: AlgorithmSuite): boolean {
  const { signedAttributes, digestOid } = signer;
  const digest = signedData.content && suite.digest(digestOid, signedData.content);
  if (signedAttributes?.messageDigest === undefined || digest === undefined) return false;
  if (!equalBytes(digest, signedAttributes.messageDigest)) return false;
  return signedData.certificates.some((der) => isSignedBy(der, signer, signedAttributes.signedOctets, suite));
}

function isSignedBy(der: Uint8Array, signer: SignerInfo, octets: Uint8Array, suite: AlgorithmSuite): boolean {
  const certificate = parseCertificate(der);
  const key = certificate.ok ? suite.loadKey(certificate.value.subjectPublicKeyInfo) : undefined;
  return key?.scheme(signer.signatureAlgorithm, signer.digestOid)?.verify(octets, signer.signature) ?? false;
}

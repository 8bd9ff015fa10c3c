import type { AlgorithmSuite } from '../algorithms/index.ts';
import { isSameName, type Certificate } from '../x509/index.ts';

/** True where a certificate names itself as its issuer and its own key made its signature. That it may be believed is another question. */
export function isSelfSigned(certificate: Certificate, suite: AlgorithmSuite): boolean {
  if (!isSameName(certificate.issuer, certificate.subjectName)) return false;
  const scheme = suite.loadKey(certificate.subjectPublicKeyInfo)?.scheme(certificate.signatureAlgorithm, undefined);
  return scheme?.verify(certificate.signedPart, certificate.signature) === true;
}

import { openDer, responseLimits, tags } from '../../eds/der/index.ts';
import { nodeSuite, writeOcspRequest } from '../../eds/index.ts';
import { certificateOf, unwrap } from './world.ts';

/** CertID of one certificate under its issuer, as a request writes it. */
export function idOf(certificate: Uint8Array, issuer: Uint8Array, digest: 'sha256' | 'sha1' = 'sha256'): Uint8Array {
  const question = { certificate: certificateOf(certificate), issuer: certificateOf(issuer), digest };
  const request = openDer(unwrap(writeOcspRequest(question, nodeSuite)), responseLimits);
  return request.enter(tags.sequence).enter(tags.sequence).enter(tags.sequence).enter(tags.sequence).element();
}

export { idMatcher, publicKeyBits, type CertificateId, type IdentifierDigest } from './certificate-id.ts';
export { readOcspReply, writeOcspRequest, type OcspQuestion } from './request.ts';
export {
  parseOcspResponse,
  type OcspAnswer,
  type OcspRefusal,
  type OcspResponse,
  type ResponderId,
} from './response.ts';

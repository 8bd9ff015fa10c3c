export {
  extensions,
  keyIdentifierOf,
  writeCertificate,
  type CertificateContent,
  type NameParts,
  type WrittenExtension,
} from './certificate-writer.ts';
export { writeRevocationList, type RevocationListContent, type Revoked } from './crl-writer.ts';
export { fileSigner, memorySigner } from './file-signer.ts';
export { makeNationalKey, signNational, type NationalKey } from './national-key.ts';
export { writeOcspError, writeOcspResponse, type OcspAnswerContent, type OcspContent } from './ocsp-writer.ts';
export type { AuthorityAddresses, Holder, KeyPurpose, ServicePurpose } from './profile.ts';
export {
  makeKey,
  readKey,
  signOctets,
  writeKey,
  type KeyKind,
  type SignatureKind,
  type SigningKey,
  type WritingKey,
} from './signing-key.ts';
export {
  writeTimeStampRefusal,
  writeTimeStampResponse,
  writeTimeStampToken,
  type TimeStampContent,
} from './time-stamp-writer.ts';
export { createTestCa, type IssueRequest, type IssuedCertificate, type TestCa, type TestCaOptions } from './test-ca.ts';

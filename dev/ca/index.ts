export {
  extensions,
  keyIdentifierOf,
  writeCertificate,
  type CertificateContent,
  type NameParts,
  type WrittenExtension,
} from './certificate-writer.ts';
export { writeRevocationList, type RevocationListContent, type Revoked } from './crl-writer.ts';
export { makeNationalKey, signNational, type NationalKey } from './national-key.ts';
export type { Holder, KeyPurpose } from './profile.ts';
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
export { createTestCa, type IssueRequest, type IssuedCertificate, type TestCa, type TestCaOptions } from './test-ca.ts';

export {
  defaultAlgorithmPolicy,
  joinSuites,
  nodeSuite,
  type AcceptedAlgorithm,
  type AlgorithmPolicy,
  type AlgorithmSuite,
} from './algorithms/index.ts';
export { parseSignedAttributes, parseSignedData, type SignedData } from './cms/index.ts';
export { isWholeElement, octetsInFile } from './der/index.ts';
export {
  explain,
  explanationLinesMax,
  neutralised,
  type ExplainedForm,
  type Explanation,
  type ExplainLine,
  type FieldName,
} from './explain/index.ts';
export { parseRevocationList, revokedSinceMs, type RevocationEntry, type RevocationList } from './crl/index.ts';
export {
  parseOcspResponse,
  readOcspReply,
  writeOcspRequest,
  type IdentifierDigest,
  type OcspAnswer,
  type OcspQuestion,
  type OcspRefusal,
  type OcspResponse,
} from './ocsp/index.ts';
export {
  defaultAuthorityRegistry,
  parseAuthorityRegistry,
  roleMappingsFor,
  roleMaps,
  trustFromRegistry,
  type AuthorityRegistry,
  type RegisteredAuthority,
  type RegisteredTrust,
  type RoleMapId,
} from './registry/index.ts';
export {
  packEvidence,
  trustRulesHash,
  verifyEvidence,
  type EvidenceRefusal,
  type EvidenceRequest,
  type EvidenceTrust,
} from './evidence/index.ts';
export { certificatesInPkcs12, pkcs12Limits, type Pkcs12Limits, type Pkcs12Refusal } from './pkcs12/index.ts';
export {
  addTimeStamp,
  attachTimeStamp,
  joinSignatures,
  prepareBes,
  signBes,
  timeStampRequestFor,
  type AddTimeStampRefusal,
  type BesRequest,
  type PreparationRefusal,
  type PreparedBes,
  type Signer,
  type SigningAlgorithm,
  type SigningRefusal,
} from './signing/index.ts';
export { sha256, sha256Hex, verifyEd25519 } from './hash.ts';
export { defaultSuite, nationalSuite } from './gost/index.ts';
export {
  acceptTimeStampResponse,
  parseTimeStampResponse,
  parseTimeStampToken,
  writeTimeStampRequest,
  type MessageImprint,
  type TimeStampRequest,
  type TimeStampResponse,
  type TimeStampToken,
  type TstInfo,
} from './tsp/index.ts';
export {
  btsDigitalRoles,
  carrierOf,
  carrierOid,
  certificatesInFile,
  hardwareCarriers,
  nationalRoles,
  parseCertificate,
  rolesOf,
  type Certificate,
  type KeyCarrier,
  type KeyUsage,
  type RoleMap,
  type SignerRole,
  type Subject,
} from './x509/index.ts';
export {
  createRevocationStore,
  createVerifier,
  DEMO_POLICY_OID,
  isOcspResponseOf,
  isRevocationListOf,
  isSelfSigned,
  nationalPurposes,
  nationalRoleMappings,
  nationalTimeStampPolicies,
  stageNames,
  type CertificateRequest,
  type Evidence,
  type Indication,
  type NumberCheck,
  type ReasonId,
  type RevocationStore,
  type RoleMapping,
  type SignerReport,
  type SignerVerdict,
  type Stage,
  type StageName,
  type TimeStampReport,
  type TimeStampTrust,
  type TrustConfiguration,
  type VerificationReport,
  type VerificationRequest,
  type Verdict,
  type Verifier,
} from './verify/index.ts';

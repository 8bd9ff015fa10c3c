export {
  defaultAlgorithmPolicy,
  joinSuites,
  nodeSuite,
  type AlgorithmPolicy,
  type AlgorithmSuite,
} from './algorithms/index.ts';
export {
  parseSignedAttributes,
  parseSignedData,
  prepareBes,
  type BesRequest,
  type PreparedBes,
  type SignedData,
  type SigningAlgorithm,
} from './cms/index.ts';
export {
  createRevocationListStore,
  parseRevocationList,
  type RevocationEntry,
  type RevocationList,
  type RevocationListStore,
} from './crl/index.ts';
export { defaultSuite, nationalSuite } from './gost/index.ts';
export { sha256, sha256Hex, verifyEd25519 } from './hash.ts';
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
  createVerifier,
  DEMO_POLICY_OID,
  isRevocationListOf,
  nationalPurposes,
  nationalRoleMappings,
  stageNames,
  type CertificateRequest,
  type Evidence,
  type ReasonId,
  type RoleMapping,
  type SignerReport,
  type SignerVerdict,
  type Stage,
  type StageName,
  type TrustConfiguration,
  type VerificationReport,
  type VerificationRequest,
  type Verdict,
  type Verifier,
} from './verify/index.ts';

export {
  defaultAlgorithmPolicy,
  joinSuites,
  nodeSuite,
  type AlgorithmPolicy,
  type AlgorithmSuite,
} from './algorithms/index.ts';
export { parseSignedAttributes, parseSignedData, type SignedData } from './cms/index.ts';
export {
  createRevocationListStore,
  parseRevocationList,
  type RevocationEntry,
  type RevocationList,
  type RevocationListStore,
} from './crl/index.ts';
export { certificatesInPkcs12, pkcs12Limits, type Pkcs12Limits, type Pkcs12Refusal } from './pkcs12/index.ts';
export {
  joinSignatures,
  prepareBes,
  signBes,
  type BesRequest,
  type PreparationRefusal,
  type PreparedBes,
  type Signer,
  type SigningAlgorithm,
  type SigningRefusal,
} from './signing/index.ts';
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

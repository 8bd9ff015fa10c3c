export { isSignedByCard } from './card-signature.ts';
export { createCertificateMemory } from './certificate-memory.ts';
export {
  reasonCatalogue,
  stageNames,
  type ReasonId,
  type Stage,
  type StageName,
  type StageOutcome,
} from './reasons.ts';
export type {
  Evidence,
  Indication,
  NumberCheck,
  SignerReport,
  SignerVerdict,
  TimeStampReport,
  VerificationReport,
  Verdict,
} from './report.ts';
export {
  DEMO_POLICY_OID,
  nationalPurposes,
  nationalRoleMappings,
  nationalTimeStampPolicies,
  type RoleMapping,
  type TimeStampTrust,
  type TrustConfiguration,
} from './trust.ts';
export { isSelfSigned } from './self-signed.ts';
export { isRevocationListOf } from './list-statements.ts';
export { isOcspResponseOf } from './response-statements.ts';
export { createRevocationJudge, type RevocationJudge, type RevocationJudgement } from './revocation.ts';
export { createRevocationStore, type RevocationStore } from './revocation-store.ts';
export { createVerifier, type CertificateRequest, type VerificationRequest, type Verifier } from './verifier.ts';

export { packEvidence, verifyEvidence, type EvidenceRefusal, type EvidenceRequest } from './evidence.ts';
export { trustRulesHash, type EvidenceTrust } from './trust-rules.ts';

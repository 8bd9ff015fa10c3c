export {
  hasNoParameters,
  isSameAlgorithm,
  readAlgorithm,
  readSubjectPublicKeyInfo,
  type AlgorithmIdentifier,
} from './identifier.ts';
export { nodeSuite } from './node-suite.ts';
export {
  allowsDigest,
  allowsKey,
  allowsScheme,
  defaultAlgorithmPolicy,
  type AcceptedAlgorithm,
  type AlgorithmPolicy,
} from './policy.ts';
export { joinSuites, type AlgorithmSuite, type SignatureScheme, type VerifyingKey } from './suite.ts';

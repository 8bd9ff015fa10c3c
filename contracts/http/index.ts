export type { ContactRequest, ContactResponse } from './contact.ts';
export { cosignaturesMax, type CosignaturesRequest, type CosignaturesResponse } from './cosignatures.ts';
export {
  defineEndpoint,
  noBodyMaxBytes,
  type Endpoint,
  type EndpointAuth,
  type EndpointBody,
  type EndpointBodyInput,
  type EndpointHeaders,
  type EndpointNeed,
  type EndpointParams,
  type EndpointQuery,
  type EndpointResponse,
} from './endpoint.ts';
export { commonRefusals, deviceRefusals, endpoints, sessionRefusals, type EndpointName } from './endpoints.ts';
export { mirrorDoors, witnessDoors } from './listeners.ts';
export { chunkMedia, formatUploadMetadata, parseUploadMetadata, tusVersion, type EvidenceStatus } from './evidence.ts';
export type { LogCompromiseResponse } from './log-keys.ts';
export { formatInvitation, parseInvitation, type Invitation } from './invitation.ts';
export {
  parseActivationCode,
  batchItemsMax,
  change,
  changesLimitMax,
  policiesLimitMax,
  policiesResponse,
  changesSizeMax,
  cmsSizeMaxBytes,
  enrolmentProofText,
  isMirrorWeak,
  refusalBody,
  type ActItem,
  type ActsResponse,
  type ChainHead,
  type Change,
  type RefusalBody,
  type SignInResponse,
  type StatusResponse,
} from './messages.ts';
export {
  contentDigest,
  coveredHeaders,
  parseSignatureHeaders,
  requestWindowMs,
  signatureBase,
  signatureHeaders,
  type CoveredHeaders,
  type SignatureParameters,
  type SignedRequest,
} from './signature.ts';
export { retentionView, type RetentionView } from './retention.ts';
export { sessionEndedData, sessionEndedEvent, sessionsResponse, type OpenSessionView } from './sessions.ts';
export {
  accountView,
  blockedActsMax,
  registryView,
  type AccountView,
  type BlockedActsView,
  type RegistryView,
} from './registry.ts';
export { changesSignal } from './changes-signal.ts';
export { devicesResponse, postureResponse, type DevicesView } from './devices.ts';
export { applicationVersion } from './version.ts';

export {
  decideCase,
  evolveCase,
  isAccessCase,
  isAccessCommand,
  isAccessEvent,
  isClosed,
  isRegistration,
  type CaseCommand,
  type CaseEvent,
  type CaseRefusal,
  type CaseState,
} from './cases.ts';
export {
  accessActTypes,
  actTypes,
  noteLengthMax,
  reasonCodes,
  registrationActTypes,
  type ActPayloads,
  type ActType,
  type ReasonCode,
  type RegistrationActType,
} from './catalogue.ts';
export {
  decideRegistration,
  evolveRegistration,
  type DecideContext,
  type Registration,
  type RegistrationCommand,
  type RegistrationEvent,
  type RegistrationRefusal,
  type RegistrationStatus,
} from './registration.ts';
export type { DateText, RegistrationForm } from './registration-form.ts';

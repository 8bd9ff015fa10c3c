export { actTypes, noteLengthMax, reasonCodes, type ActPayloads, type ActType, type ReasonCode } from './catalogue.ts';
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

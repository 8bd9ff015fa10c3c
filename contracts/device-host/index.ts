import { defineHost } from '../rpc/index.ts';
import { deviceHostConfiguration } from './configuration.ts';
import { smartcardEvents, smartcardVerbs } from './smartcard.ts';

/** The host of everything that speaks to hardware. One call at a time: a card does one thing at a time, and so its timer is its own. */
export const deviceHost = defineHost({
  name: 'device-host',
  configuration: deviceHostConfiguration,
  verbs: smartcardVerbs,
  events: smartcardEvents,
  inFlightMax: 1,
});

export type DeviceHostContract = typeof deviceHost;
export {
  cardModulesFile,
  signatureMechanisms,
  type DeviceHostConfiguration,
  type Pkcs11ModuleConfiguration,
  type SigningWay,
} from './configuration.ts';
export type {
  AgreementMechanism,
  CardCertificate,
  CardMechanism,
  CardModuleState,
  DecryptionMechanism,
  PinAttempts,
  SignatureMechanism,
  SmartcardVerbs,
  TokenReference,
  TokenState,
} from './smartcard.ts';

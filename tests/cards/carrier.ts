import type { KeyObject } from 'node:crypto';
import type { Pkcs11ModuleConfiguration } from '../../contracts/device-host/index.ts';

/** What a carrier can play; a case that needs more is not run on it, and is counted. */
export type Capability = 'removal-events' | 'locks' | 'removal-in-operation' | 'wide-rsa';

/** A key that every carrier holds, under the identifier that its module gives it. */
export type CarrierKey = { readonly keyId: string; readonly publicKey: KeyObject };

export type CarrierKeyName = 'rsa' | 'rsa-always' | 'p256' | 'p384' | 'decrypt' | 'agree';

/** One sort of card with its driver, as the contract test sees it: a person with a card, a PIN, and hands to move the card. */
export type Carrier = {
  readonly name: string;
  readonly module: Pkcs11ModuleConfiguration;
  readonly capabilities: ReadonlySet<Capability>;
  readonly pin: string;
  readonly wrongPin: string;
  readonly label: string;
  /** Makes a card with this key be the one that is inserted; resolves once the card is in. */
  insertWith(key: CarrierKeyName): Promise<CarrierKey>;
  remove(): Promise<void>;
  insertAgain(): Promise<void>;
  removeAtNextKeyUse(): Promise<void>;
  /** Gives the PIN its attempts back. */
  unblock(): Promise<void>;
  close(): Promise<void>;
};

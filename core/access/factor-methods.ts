import type { DeviceId, Sha256Hex } from '../kernel/index.ts';

/** Whose account it is: the operator's staff, or those who trade on the platform. */
export type Realm = 'staff' | 'participant';

export type FactorKind = 'knowledge' | 'possession' | 'inherence';

/**
 * Ways in which a person shows who he is. `eds-file` is a PKCS#12 file with its own password: one copyable thing. `token-pin` is
 * the PIN that a card checked by itself. `phone-biometrics` unlocks a key of the phone and compares with no reference that the platform knows.
 */
export const factorMethods = [
  'password',
  'card-eds',
  'token-pin',
  'eds-file',
  'totp',
  'fido-key',
  'sms-code',
  'email-code',
  'device-key',
  'phone-biometrics',
  'face-coid',
  'face-platform',
] as const;

export type FactorMethod = (typeof factorMethods)[number];

/** What each method proves; what a person keeps or is sent is possession, however weak. */
export const kindOfFactor: Readonly<Record<FactorMethod, FactorKind>> = {
  password: 'knowledge',
  'card-eds': 'possession',
  'token-pin': 'knowledge',
  'eds-file': 'possession',
  totp: 'possession',
  'fido-key': 'possession',
  'sms-code': 'possession',
  'email-code': 'possession',
  'device-key': 'possession',
  'phone-biometrics': 'possession',
  'face-coid': 'inherence',
  'face-platform': 'inherence',
};

/** One factor as it was shown once: kept with the session that it opened. */
export type FactorEvidence = {
  readonly kind: FactorKind;
  readonly method: FactorMethod;
  /** Hash of what proved it: the signature of the card, the record that the password fitted. */
  readonly proofHash: Sha256Hex;
  readonly atMs: number;
  readonly device: DeviceId;
};

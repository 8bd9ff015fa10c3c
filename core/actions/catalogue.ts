import type { AccessActType, AccessPayloads } from '../access/index.ts';
import type { RegistrationForm } from './registration-form.ts';

/** Why a registration is returned or refused; words are in `locales/reasons`. */
export const reasonCodes = [
  'document-unreadable',
  'document-expired',
  'document-mismatch',
  'face-mismatch',
  'eds-mismatch',
  'authority-missing',
  'authority-expired',
  'bank-account-mismatch',
  'consent-missing',
  'duplicate-registration',
  'sanctions-match',
  'contact-unconfirmed',
  'other',
] as const;

export type ReasonCode = (typeof reasonCodes)[number];

/** What each type of act on a registration carries. */
export type RegistrationPayloads = {
  readonly 'registration.submit': { readonly form: RegistrationForm };
  readonly 'registration.claim': Readonly<Record<string, never>>;
  readonly 'registration.release': Readonly<Record<string, never>>;
  readonly 'registration.return': { readonly reasons: readonly ReasonCode[]; readonly note: string };
  readonly 'registration.approve': { readonly note: string };
  readonly 'registration.refuse': { readonly reasons: readonly ReasonCode[]; readonly note: string };
};

export type RegistrationActType = keyof RegistrationPayloads;

/** What each type of act carries. */
export type ActPayloads = RegistrationPayloads & AccessPayloads;

export type ActType = RegistrationActType | AccessActType;

export const accessActTypes = [
  'access.propose',
  'access.confirm',
  'access.decline',
  'access.withdraw',
  'access.block',
] as const satisfies readonly AccessActType[];

export const registrationActTypes = [
  'registration.submit',
  'registration.claim',
  'registration.release',
  'registration.return',
  'registration.approve',
  'registration.refuse',
] as const satisfies readonly RegistrationActType[];

export const actTypes = [...registrationActTypes, ...accessActTypes] as const satisfies readonly ActType[];

/** Longest free text beside a decision, in UTF-16 units. */
export const noteLengthMax = 2_000;

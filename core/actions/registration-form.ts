import type { Bin, Iin, Sha256Hex } from '../kernel/index.ts';

/** ISO date `YYYY-MM-DD`. */
export type DateText = string;

/** What a registrar submits about a person who wants to take part in trades (57-9). */
export type RegistrationForm = {
  /** Number of the registration, `2026-00418`; unique on the platform. */
  readonly number: string;
  readonly kind: 'individual' | 'legal-entity';
  readonly participantRole: 'buyer' | 'seller';
  readonly language: 'kk' | 'ru';
  readonly person: {
    readonly iin: Iin;
    readonly surname: string;
    readonly givenName: string;
    readonly patronymic: string;
    readonly birthDate: DateText;
    readonly citizenship: string;
  };
  readonly organisation: null | {
    readonly bin: Bin;
    readonly name: string;
    readonly authority: {
      readonly basis: 'head' | 'power-of-attorney';
      readonly number: string;
      readonly validUntil: DateText | null;
    };
  };
  readonly document: {
    readonly kind: 'identity-card' | 'passport' | 'residence-permit';
    readonly number: string;
    readonly issuer: string;
    readonly issuedOn: DateText;
    readonly expiresOn: DateText;
  };
  readonly contact: { readonly phone: string; readonly email: string };
  readonly bankAccount: { readonly iban: string; readonly bank: string };
  readonly identification: {
    /** 57-9: EDS of an accredited CA, biometrics through ЦОИД, or biometrics by a platform device. */
    readonly method: 'eds' | 'coid' | 'platform-device';
    readonly eds: null | {
      readonly certificate: Sha256Hex;
      readonly subject: string;
      readonly verdict: 'valid' | 'invalid' | 'indeterminate';
    };
    /** Score and threshold in thousandths. */
    readonly face: null | {
      readonly scorePermille: number;
      readonly thresholdPermille: number;
      readonly isLive: boolean;
      readonly reference: 'state-database' | 'document-chip' | 'document-photo';
    };
  };
  readonly consents: readonly {
    readonly id: 'personal-data' | 'biometrics' | 'retention';
    readonly version: number;
    readonly givenAtMs: number;
  }[];
  readonly documents: readonly {
    readonly kind: 'identity-front' | 'identity-back' | 'face-frame' | 'authority' | 'bank-statement';
    readonly sha256: Sha256Hex;
    readonly mediaType: string;
    readonly sizeBytes: number;
  }[];
};

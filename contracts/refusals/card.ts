/**
 * Why a card, its reader or its driver did not do what was asked; words in `locales/refusals-card`. `pin-incorrect` carries
 * `attempts`, `pin-length` carries `lengthMin` and `lengthMax`, `card-failed` the `cause` for the log.
 */
export const cardRefusals = {
  'card-absent': { retry: true },
  'card-removed': { retry: true },
  'card-busy': { retry: true },
  'card-failed': { retry: true },
  'card-signature-wrong': { retry: false },
  'card-module-missing': { retry: true },
  'card-module-unusable': { retry: false },
  'card-module-set-aside': { retry: true },
  'card-module-crashed': { retry: true },
  'card-module-hung': { retry: true },
  'pin-incorrect': { retry: false },
  'pin-locked': { retry: false },
  'pin-length': { retry: false },
  'pin-expired': { retry: false },
  'pin-entry-cancelled': { retry: true },
  'key-absent': { retry: false },
  'mechanism-unsupported': { retry: false },
  'ciphertext-invalid': { retry: false },
  'peer-key-invalid': { retry: false },
} as const;

export type CardRefusalCode = keyof typeof cardRefusals;

/**
 * Why a sign-in or a new password is not taken, beside what the card's signature says; words in `locales/refusals-sign-in`. `sign-in-refused`
 * is the one answer for a person unknown, without a password, held up, or with a wrong one. Only who has shown card and password hears of his record.
 */
export const signInRefusals = {
  'sign-in-refused': { retry: true, status: 403 },
  'account-idle': { retry: true, status: 403 },
  'step-up-missing': { retry: true, status: 403 },
  'factor-unavailable': { retry: false, status: 403 },
  'activation-code-malformed': { retry: true, status: 403 },
  'break-glass-half-malformed': { retry: true, status: 403 },
  'break-glass-refused': { retry: true, status: 403 },
  'factors-refused': { retry: false, status: 403 },
  'password-too-short': { retry: false, status: 403 },
  'password-too-long': { retry: false, status: 403 },
  'password-common': { retry: false, status: 403 },
  'password-similar': { retry: false, status: 403 },
  'password-used-before': { retry: false, status: 403 },
} as const;

/** Why nothing usable came from a certification authority: an address, the line, or what it answered; words in `locales/refusals-authorities`. */
export const authorityRefusals = {
  'authority-address-refused': { retry: false },
  'authority-busy': { retry: true },
  'authority-unreachable': { retry: true },
  'authority-too-slow': { retry: true },
  'authority-answer-too-large': { retry: false },
  'authority-answer-unexpected': { retry: false },
  'ocsp-malformed': { retry: false },
  'ocsp-refused': { retry: true },
  'ocsp-nonce-differs': { retry: true },
  'ocsp-answer-foreign': { retry: false },
  'authorities-malformed': { retry: false },
} as const;

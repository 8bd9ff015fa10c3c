/** What the reader and the builder of electronic signatures refuse; words in `locales/refusals-eds`. Reasons of a verdict are no refusals: `locales/eds`. */
export const edsRefusals = {
  'certificate-malformed': { retry: false },
  'crl-malformed': { retry: false },
  'cms-malformed': { retry: false },
  'cms-too-large': { retry: false },
  'cms-not-signed-data': { retry: false },
  'cms-without-signer': { retry: false },
  'key-algorithm-differs': { retry: false },
  'signature-malformed': { retry: true },
  'signature-not-by-certificate': { retry: false },
  'authority-not-pinned': { retry: false },
  'authority-not-in-force': { retry: false },
  'authority-key-differs': { retry: false },
  'time-stamp-malformed': { retry: true },
  'time-stamp-refused': { retry: true },
  'time-stamp-differs': { retry: true },
} as const;

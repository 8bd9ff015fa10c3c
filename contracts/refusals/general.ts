/** What any door may answer, and what the shared rules of form refuse; words in `locales/refusals-general`. */
export const generalRefusals = {
  internal: { retry: true },
  'input-malformed': { retry: false },
  'input-too-large': { retry: false },
  'iin-malformed': { retry: false },
  'bin-malformed': { retry: false },
  'hex-malformed': { retry: false },
  'base64-malformed': { retry: false },
  'decimal-malformed': { retry: false },
  'text-too-large': { retry: false },
  'text-too-deep': { retry: false },
  'text-not-canonical': { retry: false },
  'text-not-ascii': { retry: false },
  'shown-text-empty': { retry: false },
  'certificate-choice-needed': { retry: false },
} as const;

/** What the check of a journal finds in it; words in `locales/refusals-journal`. None goes away by asking again. */
export const journalRefusals = {
  'header-not-canonical': { retry: false },
  'header-foreign': { retry: false },
  'sequence-gap': { retry: false },
  'link-broken': { retry: false },
  'body-changed': { retry: false },
  'body-malformed': { retry: false },
  'not-enrolled-first': { retry: false },
  'act-sequence-gap': { retry: false },
  'act-link-broken': { retry: false },
  'act-unknown': { retry: false },
  'act-twice': { retry: false },
  'evidence-twice': { retry: false },
  'evidence-never-recorded': { retry: false },
} as const;

/** Why a mirror of the log did not take, keep or give back what it should; words in `locales/refusals-mirror`. */
export const mirrorRefusals = {
  'mirror-malformed': { retry: false },
  'mirror-origin-unreachable': { retry: true },
  'mirror-file-missing': { retry: true },
  'mirror-answer-too-large': { retry: true },
  'mirror-checkpoint-wrong': { retry: true },
  'mirror-tile-wrong': { retry: true },
  'mirror-log-forked': { retry: false },
  'mirror-log-rewound': { retry: false },
  'mirror-entry-wrong': { retry: false },
  'mirror-damaged': { retry: false },
  'mirror-empty': { retry: true },
  'mirror-out-not-empty': { retry: false },
  'mirrors-malformed': { retry: false },
  'mirror-silent': { retry: true },
  'mirror-not-cosigned': { retry: true },
  'mirror-conflict': { retry: false },
} as const;

/** Why a host process did not answer; words in `locales/refusals-host`. `internal` and `input-malformed` are general. */
export const hostRefusals = {
  'host-busy': { retry: true },
  'host-restarted': { retry: true },
  'host-timeout': { retry: true },
  'host-unavailable': { retry: true },
} as const;

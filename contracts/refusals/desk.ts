/** Why a desk locked, or is not served as it stands; words in `locales/refusals-desk`. `status` is of those that a door answers with. */
export const deskRefusals = {
  'session-blocked': { retry: false, status: 401 },
  'session-signed-out': { retry: false, status: 401 },
  'session-unknown': { retry: false, status: 404 },
  'desk-locked-card': { retry: false, status: 409 },
  'desk-locked-idle': { retry: false, status: 409 },
  'desk-left': { retry: false, status: 409 },
  'desk-left-unsaid': { retry: false, status: 409 },
  'client-too-old': { retry: true, status: 403 },
  'posture-refused': { retry: true, status: 403 },
  'posture-restricted': { retry: true, status: 403 },
} as const;

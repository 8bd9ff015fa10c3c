import type { deviceRefusals, Endpoint, sessionRefusals } from '../../../contracts/http/index.ts';

/** Whoever should not come in, and what he reads at the doors that ask for a device. */
export const deviceAttacks = {
  'no signature': 'device-signature-missing',
  'an unknown device': 'device-unknown',
  'a device of another platform': 'device-unknown',
  'the name of a device without its key': 'device-signature-invalid',
  'a replayed signature': 'request-replayed',
  'an old signature': 'request-clock-drift',
  'a tampered body': 'device-signature-invalid',
  'a tampered query': 'device-signature-invalid',
} as const satisfies Readonly<Record<string, (typeof deviceRefusals)[number]>>;
export type DeviceAttack = keyof typeof deviceAttacks;

/** The same at the doors that ask for a person; `wrong role` where the door needs one. */
export const sessionAttacks = {
  'no session': 'session-missing',
  'a session of another device': 'session-ended',
  'an ended session': 'session-ended',
  'an expired session': 'session-ended',
  'a session of a blocked person': 'session-blocked',
  'a wrong role': 'read-not-allowed',
} as const satisfies Readonly<Record<string, (typeof sessionRefusals)[number] | 'read-not-allowed'>>;
export type SessionAttack = keyof typeof sessionAttacks;

export type Attack = DeviceAttack | SessionAttack;

/** Which attacks a door has to stand, in the order of the two tables. */
export function attacksOn({ auth, needs }: Endpoint): readonly Attack[] {
  if (auth === 'none') return [];
  const byDevice = Object.keys(deviceAttacks) as readonly DeviceAttack[];
  if (auth !== 'session') return byDevice;
  const byPerson = (Object.keys(sessionAttacks) as readonly SessionAttack[]).filter(
    (attack) => attack !== 'a wrong role' || needs !== 'own',
  );
  return [...byDevice, ...byPerson];
}

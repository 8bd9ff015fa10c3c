import type { DeviceId, PlatformId } from '../kernel/index.ts';
import { canonicalize } from '../kernel/index.ts';
import type { Profile } from './envelope.ts';

/** The only text besides an act that a card of ours signs: bound to platform, device and a short life. */
export type SignInChallenge = {
  readonly form: 'qorgan.sign-in/1';
  readonly platform: PlatformId;
  readonly profile: Profile;
  readonly log: string;
  readonly device: DeviceId;
  /** Base64 of 32 random bytes made by the server. */
  readonly nonce: string;
  readonly issuedAtMs: number;
  readonly expiresAtMs: number;
};

/** The canonical text of a challenge. */
export function challengeText(challenge: SignInChallenge): string {
  return canonicalize(challenge);
}

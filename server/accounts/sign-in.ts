import { isInForce, type Role } from '../../core/access/index.ts';
import { ok, refuse, type DeviceId, type Iin, type Result } from '../../core/kernel/index.ts';
import { challengeText, type SignInChallenge } from '../../core/signing/index.ts';
import { parseSignInChallenge } from '../../contracts/documents/index.ts';
import { sha256Hex } from '../../eds/index.ts';
import { isTagged, tagRow, type Platform } from '../platform/index.ts';
import { insertChallenge, readChallenge, useChallenge } from '../store/index.ts';
import type { Registry, RegisteredStaff } from './registry.ts';
import { openSession } from './sessions.ts';
import { checkLive, checkSignature, type SignatureRefusal } from './signature-check.ts';

/** Long enough to find the card and enter the PIN. */
const challengeLifeMs = 180_000;

export type StaffRefusal = 'actor-unknown' | 'certificate-unknown';

/** The record of a person that is in force now and names this certificate. */
export function staffInForce(
  registry: Registry,
  person: { readonly iin: Iin; readonly certificate: string; readonly nowMs: number },
): Result<RegisteredStaff, StaffRefusal> {
  const staff = registry.staff(person.iin);
  if (staff === undefined) return refuse('actor-unknown');
  if (!isInForce(staff.record, person.nowMs)) return refuse('actor-unknown');
  return staff.record.certificates.some((certificate) => certificate === person.certificate)
    ? ok(staff)
    : refuse('certificate-unknown');
}

/** Makes a challenge for a device: bound to it, fresh for three minutes, good once. */
export async function makeChallenge(platform: Platform, device: DeviceId): Promise<string> {
  const { identity, keyring, surroundings, database } = platform;
  const issuedAtMs = surroundings.nowMs();
  const challenge: SignInChallenge = {
    form: 'qorgan.sign-in/1',
    platform: identity.platform,
    profile: identity.profile,
    log: identity.logOrigin,
    device,
    nonce: surroundings.randomBytes(32).toString('base64'),
    issuedAtMs,
    expiresAtMs: issuedAtMs + challengeLifeMs,
  };
  const row = { nonce: challenge.nonce, device, expires_at_ms: challenge.expiresAtMs, used_at_ms: null };
  await insertChallenge(database, tagRow(keyring, 'challenge', row));
  return challengeText(challenge);
}

/** Uses a challenge up; one that was edited counts as unknown. */
async function useUp({ database, keyring, surroundings }: Platform, nonce: string, device: DeviceId): Promise<boolean> {
  const row = await readChallenge(database, nonce, device);
  if (row === undefined || !isTagged(keyring, 'challenge', row)) return false;
  return useChallenge(database, tagRow(keyring, 'challenge', { ...row, used_at_ms: surroundings.nowMs() }));
}

export type SignedIn = {
  readonly token: string;
  readonly expiresAtMs: number;
  readonly iin: Iin;
  readonly name: string;
  readonly roles: readonly Role[];
};
export type SignInRefusal = SignatureRefusal | StaffRefusal | 'challenge-unknown' | 'challenge-expired';

/**
 * Opens a session for whoever signed the challenge of this device by a card that his staff record names. The token is
 * random, kept as a hash, and worth nothing at another device. A challenge is used up by the first attempt.
 */
export async function signIn(
  context: { readonly platform: Platform; readonly registry: Registry },
  request: { readonly device: DeviceId; readonly challenge: string; readonly cms: Uint8Array },
): Promise<Result<SignedIn, SignInRefusal>> {
  const { platform, registry } = context;
  const { identity, surroundings } = platform;
  const nowMs = surroundings.nowMs();
  const challenge = parseSignInChallenge(request.challenge);
  if (!challenge.ok) return refuse('challenge-unknown');
  const { device, nonce, platform: platformId, profile, expiresAtMs } = challenge.value;
  const isOurs = device === request.device && platformId === identity.platform && profile === identity.profile;
  if (!isOurs || !(await useUp(platform, nonce, device))) return refuse('challenge-unknown');
  if (expiresAtMs <= nowMs) return refuse('challenge-expired');
  const checked = checkSignature(registry.trust(), {
    cms: request.cms,
    content: Buffer.from(request.challenge),
    atMs: nowMs,
  });
  if (!checked.ok) return checked;
  const staff = staffInForce(registry, { iin: checked.value.iin, certificate: checked.value.certificate, nowMs });
  if (!staff.ok) return staff;
  const live = checkLive(registry.trust(), checked.value, nowMs);
  if (!live.ok) return live;
  const { iin: signer, certificate, path } = checked.value;
  const proofHash = sha256Hex(request.cms);
  const factor = { kind: 'possession', method: 'card-eds', proofHash, atMs: nowMs, device } as const;
  const session = await openSession(context, { device, iin: signer, certificate, path, factors: [factor] });
  const { iin, name, roles } = staff.value.record;
  return ok({ ...session, iin, name, roles });
}

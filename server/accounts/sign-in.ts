import * as z from 'zod';
import type { Role } from '../../core/access/index.ts';
import { ok, refuse, type DeviceId, type Iin, type Result } from '../../core/kernel/index.ts';
import { challengeText, type SignInChallenge } from '../../core/signing/index.ts';
import { iin as iinSchema, parseSignInChallenge, sha256Hex as hashSchema } from '../../contracts/documents/index.ts';
import { sha256Hex } from '../../eds/index.ts';
import { isTagged, tagRow, type Platform } from '../platform/index.ts';
import {
  endSession,
  insertChallenge,
  insertSession,
  readChallenge,
  readSession,
  useChallenge,
  type Row,
} from '../store/index.ts';
import type { Registry, RegisteredStaff } from './registry.ts';
import { checkLive, checkSignature, type SignatureRefusal } from './signature-check.ts';

/** Long enough to find the card and enter the PIN. */
const challengeLifeMs = 180_000;
/** One shift; a new one starts with the card. */
const sessionLifeMs = 12 * 3_600_000;
const tokenSizeBytes = 32;

/** Who opened a session, and by which certificate: where that one is revoked, the session ends. */
const sealedPerson = z.strictObject({
  iin: iinSchema,
  certificate: hashSchema,
  path: z.array(z.strictObject({ authority: z.string(), serial: z.string() })),
});

/** A session's person is sealed to its token and device: a row copied onto another token opens nothing. */
function sessionPurpose(tokenHash: string, device: DeviceId): string {
  return `session ${tokenHash} ${device}`;
}

export type StaffRefusal = 'actor-unknown' | 'certificate-unknown';

/** The record of a person that is in force now and names this certificate. */
export function staffInForce(
  registry: Registry,
  person: { readonly iin: Iin; readonly certificate: string; readonly nowMs: number },
): Result<RegisteredStaff, StaffRefusal> {
  const staff = registry.staff(person.iin);
  if (staff === undefined) return refuse('actor-unknown');
  const { validFromMs, validUntilMs, certificates, roles } = staff.record;
  if (person.nowMs < validFromMs || person.nowMs >= validUntilMs || roles.length === 0) return refuse('actor-unknown');
  return certificates.some((certificate) => certificate === person.certificate)
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
  const { database, identity, keyring, surroundings } = platform;
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
  const token = surroundings.randomBytes(tokenSizeBytes).toString('base64url');
  const tokenHash = sha256Hex(token);
  const sessionEndsMs = nowMs + sessionLifeMs;
  const { iin: signerIin, certificate, path } = checked.value;
  const person = { iin: signerIin, certificate, path };
  const session = {
    token_hash: tokenHash,
    device,
    person: keyring.seal(sessionPurpose(tokenHash, device), JSON.stringify(person)).toString('base64'),
    started_at_ms: nowMs,
    expires_at_ms: sessionEndsMs,
    ended_at_ms: null,
  };
  await insertSession(database, tagRow(keyring, 'session', session));
  const { iin, name, roles } = staff.value.record;
  return ok({ token, expiresAtMs: sessionEndsMs, iin, name, roles });
}

/** Who asks to read: a session as its device holds it. */
type SessionKey = { readonly device: DeviceId; readonly tokenHash: string };

export type Reader = { readonly iin: Iin; readonly roles: readonly Role[]; readonly tokenHash: string };

/** Who a token stands for at this device: his roles are those of his record now, so that a block works at once. */
export async function readerOf(
  context: { readonly platform: Platform; readonly registry: Registry },
  request: { readonly device: DeviceId; readonly token: string },
): Promise<Result<Reader, 'session-ended'>> {
  return readerOfSession(context, { device: request.device, tokenHash: sha256Hex(request.token) });
}

/** As `readerOf`, for a session that was let in before: it may have ended meanwhile. */
export async function readerOfSession(
  context: { readonly platform: Platform; readonly registry: Registry },
  { device, tokenHash }: SessionKey,
): Promise<Result<Reader, 'session-ended'>> {
  const { platform, registry } = context;
  const nowMs = platform.surroundings.nowMs();
  const session = await readSession(platform.database, { tokenHash, device, nowMs });
  if (session === undefined) return refuse('session-ended');
  const sealed = Buffer.from(session.person, 'base64');
  const opened = platform.keyring.open(sessionPurpose(tokenHash, device), sealed).toString();
  // A row that was edited, to live again or longer, is no session.
  if (!isTagged(platform.keyring, 'session', session)) return refuse('session-ended');
  const { iin, certificate, path } = sealedPerson.parse(JSON.parse(opened));
  const record = registry.staff(iin)?.record;
  const isNamed = record?.certificates.some((named) => named === certificate) ?? false;
  if (record === undefined || !isNamed || path.some(registry.trust().isRevoked)) {
    // Ended for good: a certificate that is taken back from a list opens a new session by the card.
    await endSession(platform.database, endedAt(platform, session));
    return refuse('session-ended');
  }
  const { validFromMs, validUntilMs, roles } = record;
  return nowMs >= validFromMs && nowMs < validUntilMs ? ok({ iin, roles, tokenHash }) : refuse('session-ended');
}

function endedAt({ keyring, surroundings }: Platform, session: Row<'session'>): Row<'session'> {
  return tagRow(keyring, 'session', { ...session, ended_at_ms: surroundings.nowMs() });
}

/** Ends a session of this device; nothing happens where it ended before. */
export async function signOut(platform: Platform, { device, tokenHash }: SessionKey): Promise<void> {
  const nowMs = platform.surroundings.nowMs();
  const session = await readSession(platform.database, { tokenHash, device, nowMs });
  if (session !== undefined) await endSession(platform.database, endedAt(platform, session));
}

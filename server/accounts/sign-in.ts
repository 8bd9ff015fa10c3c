import {
  isInForce,
  judgeFactors,
  kindOfFactor,
  outOfForce,
  type FactorEvidence,
  type OutOfForce,
  type Role,
} from '../../core/access/index.ts';
import {
  ok,
  refuse,
  type DeviceId,
  type Iin,
  type Result,
  type Secret,
  type Sha256Hex,
} from '../../core/kernel/index.ts';
import { challengeText, type SignInChallenge } from '../../core/signing/index.ts';
import { parseSignInChallenge } from '../../contracts/documents/index.ts';
import { sha256Hex } from '../../eds/index.ts';
import { isTagged, tagRow, type Platform } from '../platform/index.ts';
import { insertChallenge, readChallenge, useChallenge } from '../store/index.ts';
import { idleAmong } from './activity.ts';
import { beginAttempt } from './attempts.ts';
import { noFactorPorts, portsOf, proveClaims, type FactorClaim, type FactorPorts } from './factor-ports.ts';
import { laneOf } from './lanes.ts';
import { fitsPassword, holdPassword } from './passwords.ts';
import type { Registry } from './registry.ts';
import type { RegisteredStaff } from './rights.ts';
import { openSession } from './sessions.ts';
import { mayStretch } from './stretch.ts';
import { rememberUsedUp } from './used-up.ts';
import { checkLive, checkSignature, type CheckedSignature, type SignatureRefusal } from './signature-check.ts';

/** Long enough to find the card and enter the PIN. */
const challengeLifeMs = 180_000;

export type StaffRefusal = OutOfForce | 'certificate-unknown';
type OfPerson = { readonly iin: Iin; readonly certificate: string; readonly nowMs: number };

function whyOut(registry: Registry, { iin, nowMs }: OfPerson): OutOfForce | undefined {
  const rights = registry.rights();
  if (rights !== undefined) return outOfForce(rights.people.get(iin), nowMs);
  const record = registry.staff(iin)?.record;
  if (record === undefined) return 'actor-unknown';
  if (record.validUntilMs <= nowMs) return 'actor-ended';
  return isInForce(record, nowMs) ? undefined : 'actor-unknown';
}

function isNamed(registry: Registry, { iin, certificate }: OfPerson): boolean {
  return registry.staff(iin)?.record.certificates.some((one) => one === certificate) === true;
}

/** The record of a person that is in force now and names this certificate. */
export function staffInForce(registry: Registry, person: OfPerson): Result<RegisteredStaff, StaffRefusal> {
  const out = whyOut(registry, person);
  const staff = registry.staff(person.iin);
  if (out !== undefined || staff === undefined) return refuse(out ?? 'actor-unknown');
  return isNamed(registry, person) ? ok(staff) : refuse('certificate-unknown');
}

const ownersNews = ['actor-blocked', 'actor-dismissed', 'actor-ended'] as const;
type OwnersNews = (typeof ownersNews)[number];

/** What the record of the owner of this very card keeps him from, once he has shown all that he has. */
function newsOf(registry: Registry, person: OfPerson): OwnersNews | undefined {
  const out = whyOut(registry, person);
  return isNamed(registry, person) ? ownersNews.find((code) => code === out) : undefined;
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

/** By their nonces. */
const usedChallenges = rememberUsedUp();

/** Uses a challenge up; one that was edited, or put back from before its use, counts as unknown. */
async function useUp({ database, keyring, surroundings }: Platform, nonce: string, device: DeviceId): Promise<boolean> {
  const row = await readChallenge(database, nonce, device);
  if (row === undefined || !isTagged(keyring, 'challenge', row) || usedChallenges.has(nonce)) return false;
  const nowMs = surroundings.nowMs();
  usedChallenges.add(nonce, row.expires_at_ms, nowMs);
  return useChallenge(database, tagRow(keyring, 'challenge', { ...row, used_at_ms: nowMs }));
}

export type SignedIn = {
  readonly token: string;
  readonly expiresAtMs: number;
  readonly iin: Iin;
  readonly name: string;
  readonly roles: readonly Role[];
};

export type Context = { readonly platform: Platform; readonly registry: Registry };
/** A challenge that a card signed, at a device, from an address of the network. */
export type CardProof = {
  readonly device: DeviceId;
  readonly address: string;
  readonly challenge: string;
  readonly cms: Uint8Array;
};
export type CardRefusal = SignatureRefusal | 'challenge-unknown' | 'challenge-expired';
export type SignInRefusal =
  | CardRefusal
  | 'factor-unavailable'
  | 'sign-in-refused'
  | 'account-idle'
  | OwnersNews
  | 'server-busy';

/**
 * Whose card signed the challenge of this device. A challenge is used up by the first attempt. What is refused here by name stands in
 * what was sent and in the public lists of authorities; of accounts it says nothing.
 */
export async function proveCard(
  { platform, registry }: Context,
  proof: CardProof,
): Promise<Result<CheckedSignature, CardRefusal>> {
  const { identity, surroundings } = platform;
  const nowMs = surroundings.nowMs();
  const challenge = parseSignInChallenge(proof.challenge);
  if (!challenge.ok) return refuse('challenge-unknown');
  const { device, nonce, platform: platformId, profile, expiresAtMs } = challenge.value;
  const isOurs = device === proof.device && platformId === identity.platform && profile === identity.profile;
  if (!isOurs || !(await useUp(platform, nonce, device))) return refuse('challenge-unknown');
  if (expiresAtMs <= nowMs) return refuse('challenge-expired');
  return checkSignature(registry.trust(), { cms: proof.cms, content: Buffer.from(proof.challenge), atMs: nowMs });
}

/** The evidence of a factor of this moment. */
function evidence(
  method: FactorEvidence['method'],
  proofHash: Sha256Hex,
  at: { readonly atMs: number; readonly device: DeviceId },
): FactorEvidence {
  return { kind: kindOfFactor[method], method, proofHash, ...at };
}

/**
 * Opens a session for whoever signed the challenge of this device by a card that his staff record names, and knows his password.
 * `factor-unavailable`: something is claimed that nothing here can check, whoever claims it.
 * Who is unknown, without a password, held up after failures, or wrong about it, gets one answer after the same work, whatever his record says:
 * `sign-in-refused`.
 */
export async function signIn(
  context: Context,
  request: CardProof & { readonly password: Secret<'password'>; readonly others: readonly FactorClaim[] },
  ports: FactorPorts = noFactorPorts,
): Promise<Result<SignedIn, SignInRefusal>> {
  const { platform, registry } = context;
  const claimed = portsOf(ports, request.others);
  if (!claimed.ok) return claimed;
  const card = await proveCard(context, request);
  if (!card.ok) return card;
  const { iin: person, certificate, path } = card.value;
  const { device, address } = request;
  // An attempt that could not be judged must not count as a failure.
  const lane = laneOf(device);
  if (!mayStretch(lane)) return refuse('server-busy');
  const attempt = await beginAttempt(context, { person, holding: certificate, device, address });
  const held = await holdPassword(platform, person);
  const fitted = await fitsPassword(held, request.password, lane);
  if (!fitted.ok) return fitted;
  const atMs = platform.surroundings.nowMs();
  const of = { iin: person, certificate, nowMs: atMs };
  const staff = staffInForce(registry, of);
  const news = newsOf(registry, of);
  const others = await proveClaims(claimed.value, { iin: person, device, atMs });
  const isRight = fitted.value !== undefined && (staff.ok || news !== undefined) && others !== undefined;
  const factors = [
    evidence('card-eds', sha256Hex(request.cms), { atMs, device }),
    ...(fitted.value === undefined ? [] : [evidence('password', fitted.value, { atMs, device })]),
    ...(others ?? []),
  ];
  const shown = { methods: factors.map(({ method }) => method) };
  const rules = registry.policy().policy.factors;
  const judged = judgeFactors({ realm: 'staff', purpose: 'sign-in', shown, rules });
  if (!isRight || !judged.ok) {
    await attempt.failed();
    return refuse('sign-in-refused');
  }
  if (!(await attempt.succeeded())) return refuse('sign-in-refused');
  // Asked about only here: strangers' certificates are not.
  const live = checkLive(registry.trust(), card.value, atMs);
  if (!live.ok) return live;
  // Said by name to the owner alone, who has shown all that he has.
  if (!staff.ok) return refuse(news ?? 'sign-in-refused');
  if ((await idleAmong(context, [person])).has(person)) return refuse('account-idle');
  const session = await openSession(context, { device, iin: person, certificate, path, factors });
  const { iin, name, roles } = staff.value.record;
  return ok({ ...session, iin, name, roles });
}

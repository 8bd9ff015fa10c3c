import * as z from 'zod';
import { factorMethods, isInForce, type FactorEvidence, type Role } from '../../core/access/index.ts';
import { ok, refuse, type DeviceId, type Iin, type Result, type Sha256Hex } from '../../core/kernel/index.ts';
import { deviceId, iin as iinSchema, sha256Hex as hashSchema, timeMs } from '../../contracts/documents/index.ts';
import { sha256Hex } from '../../eds/index.ts';
import { isTagged, tagRow, type Platform } from '../platform/index.ts';
import { endSession, insertSession, readSession, type Row } from '../store/index.ts';
import type { Registry } from './registry.ts';
import type { IssuedBy } from './trust.ts';

/** One shift; a new one starts with the card. */
const sessionLifeMs = 12 * 3_600_000;
const tokenSizeBytes = 32;
/** Two open a session; more may be shown. */
const factorsMax = 8;

const factorEvidence = z.strictObject({
  kind: z.enum(['knowledge', 'possession', 'inherence']),
  method: z.enum(factorMethods),
  proofHash: hashSchema,
  atMs: timeMs,
  device: deviceId,
}) satisfies z.ZodType<FactorEvidence>;

/** Who opened a session, by which certificate (where that one is revoked, the session ends), and what he showed. */
const sealedPerson = z.strictObject({
  iin: iinSchema,
  certificate: hashSchema,
  path: z.array(z.strictObject({ authority: z.string(), serial: z.string() })),
  factors: z.array(factorEvidence).max(factorsMax),
});

type SessionPerson = z.output<typeof sealedPerson>;

/** A session's person is sealed to its token and device: a row copied onto another token opens nothing. */
function sessionPurpose(tokenHash: string, device: DeviceId): string {
  return `session ${tokenHash} ${device}`;
}

/** What a session stands on: a judgement of factors let it be opened, and stays beside it. */
export type SessionGrounds = {
  readonly device: DeviceId;
  readonly iin: Iin;
  readonly certificate: Sha256Hex;
  readonly path: readonly IssuedBy[];
  readonly factors: readonly FactorEvidence[];
};

export type OpenedSession = { readonly token: string; readonly expiresAtMs: number };

/**
 * Opens a session: the only way to one. The caller has judged the factors (`judgeFactors`). The token is random, kept as a
 * hash, and worth nothing at another device. Durable on return.
 */
export async function openSession(platform: Platform, grounds: SessionGrounds): Promise<OpenedSession> {
  const { database, keyring, surroundings } = platform;
  const nowMs = surroundings.nowMs();
  const token = surroundings.randomBytes(tokenSizeBytes).toString('base64url');
  const tokenHash = sha256Hex(token);
  const expiresAtMs = nowMs + sessionLifeMs;
  const { device, ...person } = grounds;
  const session = {
    token_hash: tokenHash,
    device,
    person: keyring.seal(sessionPurpose(tokenHash, device), JSON.stringify(person)).toString('base64'),
    started_at_ms: nowMs,
    expires_at_ms: expiresAtMs,
    ended_at_ms: null,
  };
  await insertSession(database, tagRow(keyring, 'session', session));
  return { token, expiresAtMs };
}

/** Who asks to read: a session as its device holds it. */
export type SessionKey = { readonly device: DeviceId; readonly tokenHash: string };

export type Reader = { readonly iin: Iin; readonly roles: readonly Role[]; readonly tokenHash: string };

/** Who a token stands for at this device: his roles are those of his record now, so that a block works at once. */
export async function readerOf(
  context: { readonly platform: Platform; readonly registry: Registry },
  request: { readonly device: DeviceId; readonly token: string },
): Promise<Result<Reader, 'session-ended'>> {
  return readerOfSession(context, { device: request.device, tokenHash: sha256Hex(request.token) });
}

function personOf({ keyring }: Platform, session: Row<'session'>): SessionPerson | undefined {
  const sealed = Buffer.from(session.person, 'base64');
  const opened = keyring.open(sessionPurpose(session.token_hash, session.device as DeviceId), sealed).toString();
  // A row that was edited, to live again or longer, is no session; nor is one of a version that kept no factors.
  if (!isTagged(keyring, 'session', session)) return undefined;
  const person = sealedPerson.safeParse(JSON.parse(opened));
  return person.success ? person.data : undefined;
}

/** As `readerOf`, for a session that was let in before: it may have ended meanwhile. */
export async function readerOfSession(
  context: { readonly platform: Platform; readonly registry: Registry },
  { device, tokenHash }: SessionKey,
): Promise<Result<Reader, 'session-ended'>> {
  const { platform, registry } = context;
  const nowMs = platform.surroundings.nowMs();
  const session = await readSession(platform.database, { tokenHash, device, nowMs });
  const person = session === undefined ? undefined : personOf(platform, session);
  if (session === undefined || person === undefined) return refuse('session-ended');
  const { iin, certificate, path } = person;
  const record = registry.staff(iin)?.record;
  const isNamed = record?.certificates.some((named) => named === certificate) ?? false;
  if (record === undefined || !isNamed || path.some(registry.trust().isRevoked)) {
    // Ended for good: a certificate that is taken back from a list opens a new session by the card.
    await endSession(platform.database, endedAt(platform, session));
    return refuse('session-ended');
  }
  return isInForce(record, nowMs) ? ok({ iin, roles: record.roles, tokenHash }) : refuse('session-ended');
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

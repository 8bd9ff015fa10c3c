import * as z from 'zod';
import {
  factorMethods,
  isInForce,
  sessionRulesDefault,
  type FactorEvidence,
  type Role,
} from '../../core/access/index.ts';
import { ok, refuse, type DeviceId, type Iin, type Result, type Sha256Hex } from '../../core/kernel/index.ts';
import { deviceId, iin as iinSchema, sha256Hex as hashSchema, timeMs } from '../../contracts/documents/index.ts';
import { sha256Hex } from '../../eds/index.ts';
import { isTagged, tagRow, type Desk, type ReadPlatform } from '../platform/index.ts';
import { inTransaction, insertSession, readSession, writeSession, type Row, type Session } from '../store/index.ts';
import type { Registry } from './registry.ts';
import type { IssuedBy } from './trust.ts';
import { rememberUsedUp } from './used-up.ts';

/** How often at the most it is written down that a session is in use. */
const seenEveryMs = 60_000;
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
  /** The version of the policy by which the factors were judged; absent in sessions of before. */
  policy: z.int().positive().exactOptional(),
});

export type SessionPerson = z.output<typeof sealedPerson>;

/** A session's person is sealed to its token and device: a row copied onto another token opens nothing. */
function sessionPurpose(tokenHash: string, device: DeviceId): string {
  return `session ${tokenHash} ${device}`;
}

/** By which the sessions of a person are found without his number standing in a column. */
export function whoIs({ tag }: Pick<Desk['keyring'], 'tag'>, iin: Iin): string {
  return tag('session-person', iin);
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
export async function openSession(
  { platform, registry }: SessionContext,
  grounds: SessionGrounds,
): Promise<OpenedSession> {
  const { database, keyring, surroundings } = platform;
  const { absoluteMs } = registry.policy().policy.sessions ?? sessionRulesDefault;
  const nowMs = surroundings.nowMs();
  const token = surroundings.randomBytes(tokenSizeBytes).toString('base64url');
  const tokenHash = sha256Hex(token);
  const expiresAtMs = nowMs + absoluteMs;
  const { device, ...shown } = grounds;
  const person = { ...shown, policy: registry.policy().policy.version };
  const session = {
    token_hash: tokenHash,
    device,
    person: keyring.seal(sessionPurpose(tokenHash, device), JSON.stringify(person)).toString('base64'),
    who: whoIs(keyring, person.iin),
    started_at_ms: nowMs,
    last_seen_ms: nowMs,
    expires_at_ms: expiresAtMs,
    ended_at_ms: null,
    end_note: null,
  };
  await insertSession(database, tagRow(keyring, 'session', session));
  return { token, expiresAtMs };
}

/** Who asks to read: a session as its device holds it. */
export type SessionKey = { readonly device: DeviceId; readonly tokenHash: string };

export type Reader = {
  readonly iin: Iin;
  readonly roles: readonly Role[];
  readonly tokenHash: string;
  readonly person: SessionPerson;
};

/** `session-signed-out`: from elsewhere, by himself or by an officer. `session-ended`: it ran out, or its certificate did. */
export type SessionRefusal = 'session-ended' | 'session-blocked' | 'session-signed-out';

export type SessionContext = { readonly platform: ReadPlatform; readonly registry: Registry };

/** Who a token stands for at this device: his roles are those of his record now, so that a block works at once. */
export async function readerOf(
  context: SessionContext,
  request: { readonly device: DeviceId; readonly token: string },
): Promise<Result<Reader, SessionRefusal>> {
  return readerOfSession(context, { device: request.device, tokenHash: sha256Hex(request.token) });
}

/** Sessions that this process ended, or saw ended, by the hashes of their tokens. */
const ended = rememberUsedUp();

/**
 * What a row of the table says, where it is as the platform wrote it last; of a version that kept no factors it says nothing. A row that
 * was edited, or put back from before its end, is no session.
 */
export function personOf({ keyring, surroundings }: Desk, session: Row<'session'>): SessionPerson | undefined {
  if (!isTagged(keyring, 'session', session)) return undefined;
  if (session.ended_at_ms !== null) ended.add(session.token_hash, session.expires_at_ms, surroundings.nowMs());
  else if (ended.has(session.token_hash)) return undefined;
  const sealed = Buffer.from(session.person, 'base64');
  const opened = keyring.open(sessionPurpose(session.token_hash, session.device as DeviceId), sealed).toString();
  const person = sealedPerson.safeParse(JSON.parse(opened));
  return person.success ? person.data : undefined;
}

/** Whether a person may go on by the registry as it is at this moment; asks no table. */
export function standingOf(
  { platform, registry }: SessionContext,
  { iin, certificate, path }: Pick<SessionPerson, 'iin' | 'certificate' | 'path'>,
): Result<readonly Role[], 'session-ended' | 'session-blocked'> {
  const record = registry.staff(iin)?.record;
  if (record === undefined || !isInForce(record, platform.surroundings.nowMs())) return refuse('session-blocked');
  const isNamed = record.certificates.some((named) => named === certificate);
  return isNamed && !path.some(registry.trust().isRevoked) ? ok(record.roles) : refuse('session-ended');
}

/** True where a session is over by the rules in force, whoever holds it. */
export function isOver({ platform, registry }: SessionContext, session: Row<'session'>): boolean {
  const nowMs = platform.surroundings.nowMs();
  const { idleMs, absoluteMs } = registry.policy().policy.sessions ?? sessionRulesDefault;
  return (
    nowMs >= session.expires_at_ms ||
    nowMs >= session.started_at_ms + absoluteMs ||
    // What is written once a minute may be a minute old.
    nowMs >= session.last_seen_ms + idleMs + seenEveryMs
  );
}

/** As `readerOf`, for a session that was let in before: it may have ended meanwhile. */
export async function readerOfSession(
  context: SessionContext,
  { device, tokenHash }: SessionKey,
): Promise<Result<Reader, SessionRefusal>> {
  const { platform } = context;
  const session = await readSession(platform.database, { tokenHash, device });
  const person = session === undefined ? undefined : personOf(platform, session);
  if (session === undefined || person === undefined) return refuse('session-ended');
  if (session.ended_at_ms !== null) return refuse(whyEnded(platform, session));
  if (isOver(context, session)) {
    await endSession(platform, session, { cause: 'limit' });
    return refuse('session-ended');
  }
  const standing = standingOf(context, person);
  if (!standing.ok) {
    // Ended for good: whoever is let in again opens a new session by the card.
    await endSession(platform, session, { cause: standing.refusal.code === 'session-blocked' ? 'blocked' : 'limit' });
    return standing;
  }
  await noteSeen(platform, session);
  return ok({ iin: person.iin, roles: standing.value, tokenHash, person });
}

async function noteSeen({ database, keyring, surroundings }: Desk, session: Row<'session'>): Promise<void> {
  const nowMs = surroundings.nowMs();
  if (nowMs - session.last_seen_ms < seenEveryMs) return;
  await writeSession(database, tagRow(keyring, 'session', { ...session, last_seen_ms: nowMs }));
}

/** Puts fresh evidence of a method in the place of what the session had of it; false where it ended meanwhile. Durable on return. */
export async function renewEvidence(
  { platform }: SessionContext,
  { tokenHash }: Pick<Reader, 'tokenHash'>,
  evidence: FactorEvidence,
): Promise<boolean> {
  const { database, keyring } = platform;
  return inTransaction(database, async (transaction) => {
    const session = await readSession(transaction, { tokenHash, device: evidence.device });
    const person = session === undefined ? undefined : personOf(platform, session);
    if (session === undefined || person === undefined || session.ended_at_ms !== null) return false;
    const others = person.factors.filter(({ method }) => method !== evidence.method);
    const renewed = JSON.stringify({ ...person, factors: [...others, evidence] });
    const sealed = keyring.seal(sessionPurpose(tokenHash, evidence.device), renewed).toString('base64');
    await writeSession(transaction, tagRow(keyring, 'session', { ...session, person: sealed }));
    return true;
  });
}

const endNote = z.strictObject({
  /** `password`: its person set another one at another device. */
  cause: z.enum(['limit', 'blocked', 'elsewhere', 'officer', 'password']),
  /** Who ended it, and in what words, where that was not its own person at its own desk. */
  by: iinSchema.optional(),
  reason: z.string().max(300).optional(),
});
export type EndNote = z.output<typeof endNote>;

const notePurpose = (session: Row<'session'>): string => `session-end ${session.token_hash}`;

function whyEnded({ keyring }: Desk, session: Row<'session'>): SessionRefusal {
  if (session.end_note === null) return 'session-ended';
  const opened = keyring.open(notePurpose(session), Buffer.from(session.end_note, 'base64')).toString();
  const { cause } = endNote.parse(JSON.parse(opened));
  if (cause === 'blocked') return 'session-blocked';
  return cause === 'limit' ? 'session-ended' : 'session-signed-out';
}

/** Ends an open session for good and keeps why; nothing happens where it ended before. Durable on return. */
export async function endSession(
  platform: Desk,
  session: Row<'session'>,
  note?: EndNote,
  database: Session = platform.database,
): Promise<void> {
  const { keyring, surroundings } = platform;
  const sealed =
    note === undefined ? null : keyring.seal(notePurpose(session), JSON.stringify(note)).toString('base64');
  const nowMs = surroundings.nowMs();
  await writeSession(database, tagRow(keyring, 'session', { ...session, ended_at_ms: nowMs, end_note: sealed }));
  ended.add(session.token_hash, session.expires_at_ms, nowMs);
}

/** Ends the session of a person who says so at his own desk. */
export async function signOut(platform: Desk, key: SessionKey): Promise<void> {
  const session = await readSession(platform.database, key);
  if (session !== undefined && session.ended_at_ms === null) await endSession(platform, session);
}

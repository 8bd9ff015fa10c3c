import type { FactorEvidence } from '../../core/access/index.ts';
import { ok, refuse, type DeviceId, type Iin, type Result } from '../../core/kernel/index.ts';
import { sha256Hex } from '../../eds/index.ts';
import { readOpenSessions, readSessionsAt, type Row, type Session } from '../store/index.ts';
import {
  endSession,
  isOver,
  personOf,
  standingOf,
  whoIs,
  type Reader,
  type SessionContext,
  type SessionPerson,
} from './sessions.ts';

/** More are open at once on no platform of this size; the oldest are left out. */
const sessionsMax = 500;
/** Whoever ends all of one person ends all: each was opened by two factors, so that there are never so many. */
const ofOneMax = 100_000;
/** Cards of one person at one device are fewer. */
const lookedAtMax = 16;

/** An open session as people read of it: nothing that opens anything. */
export type OpenSession = {
  readonly id: string;
  readonly device: DeviceId;
  readonly deviceName: string;
  readonly iin: Iin;
  readonly name: string;
  readonly startedAtMs: number;
  readonly lastSeenMs: number;
  readonly expiresAtMs: number;
  readonly factors: readonly Pick<FactorEvidence, 'kind' | 'method' | 'atMs'>[];
  /** True for the session that asks. */
  readonly isThis: boolean;
};

type Found = { readonly row: Row<'session'>; readonly person: SessionPerson };

function idOf(row: Row<'session'>): string {
  return sha256Hex(`session ${row.token_hash}`).slice(0, 32);
}

/** Sessions that somebody may go on with at this moment: of one person, or of everybody; newest first. */
export async function openSessions(
  context: SessionContext,
  whose: Iin | undefined,
  database: Session = context.platform.database,
): Promise<readonly Found[]> {
  const { keyring, surroundings } = context.platform;
  const who = whose === undefined ? undefined : whoIs(keyring, whose);
  const rows = await readOpenSessions(database, {
    who,
    nowMs: surroundings.nowMs(),
    limit: who === undefined ? sessionsMax : ofOneMax,
  });
  return rows.flatMap((row) => {
    const person = personOf(context.platform, row);
    const isOfDevice = context.registry.device(row.device as DeviceId) !== undefined;
    const isOpen = person !== undefined && isOfDevice && !isOver(context, row) && standingOf(context, person).ok;
    return isOpen ? [{ row, person }] : [];
  });
}

/**
 * Whether somebody who signed in at this device by this certificate before may go on, for a shift that began without the server. `null`
 * where he may, and for everybody else: no device learns here who is of the staff.
 */
export async function refusalAt(
  context: SessionContext,
  asked: { readonly device: DeviceId; readonly iin: Iin; readonly certificate: string },
): Promise<'session-blocked' | null> {
  const { database, keyring } = context.platform;
  const { device, iin, certificate } = asked;
  const rows = await readSessionsAt(database, { device, who: whoIs(keyring, iin), limit: lookedAtMax });
  const person = rows
    .map((row) => personOf(context.platform, row))
    .find((one) => one?.certificate === certificate && one.iin === iin);
  return person === undefined || standingOf(context, person).ok ? null : 'session-blocked';
}

/** Open sessions, newest first: of one person, or of everybody. `tokenHash` is that of the session that asks, where one does. */
export async function listSessions(
  context: SessionContext,
  { whose, tokenHash }: { readonly whose: Iin | undefined; readonly tokenHash: string | undefined },
): Promise<readonly OpenSession[]> {
  const { registry } = context;
  const found = await openSessions(context, whose);
  return found.map(({ row, person: { iin, factors } }) => ({
    id: idOf(row),
    device: row.device as DeviceId,
    deviceName: registry.device(row.device as DeviceId)?.record.name ?? '',
    iin,
    name: registry.staff(iin)?.record.name ?? '',
    startedAtMs: row.started_at_ms,
    lastSeenMs: row.last_seen_ms,
    expiresAtMs: row.expires_at_ms,
    factors: factors.map(({ kind, method, atMs }) => ({ kind, method, atMs })),
    isThis: row.token_hash === tokenHash,
  }));
}

/**
 * Ends an open session from elsewhere: the own one, or with a reason that of anybody, where the caller may. Answers the hash of its
 * token, by which its streams are found.
 */
export async function endSessionOf(
  context: SessionContext,
  reader: Reader,
  wanted: { readonly id: string; readonly reason: string; readonly mayEndOthers: boolean },
): Promise<Result<{ readonly tokenHash: string }, 'session-unknown' | 'reason-missing'>> {
  const all = await openSessions(context, wanted.mayEndOthers ? undefined : reader.iin);
  const found = all.find(({ row }) => idOf(row) === wanted.id);
  if (found === undefined) return refuse('session-unknown');
  const isOwn = found.person.iin === reader.iin;
  if (!isOwn && wanted.reason === '') return refuse('reason-missing');
  await endSession(context.platform, found.row, {
    cause: isOwn ? 'elsewhere' : 'officer',
    by: reader.iin,
    ...(wanted.reason === '' ? {} : { reason: wanted.reason }),
  });
  return ok({ tokenHash: found.row.token_hash });
}

/**
 * Ends the sessions of a person at every device but this one, in the transaction of his new password: whoever knew the old one is out.
 * Answers the hashes of their tokens.
 */
export async function endSessionsElsewhere(
  context: SessionContext,
  { iin, device }: { readonly iin: Iin; readonly device: DeviceId },
  database: Session,
): Promise<readonly string[]> {
  const open = await openSessions(context, iin, database);
  const elsewhere = open.filter(({ row }) => row.device !== device);
  for (const { row } of elsewhere) await endSession(context.platform, row, { cause: 'password', by: iin }, database);
  return elsewhere.map(({ row }) => row.token_hash);
}

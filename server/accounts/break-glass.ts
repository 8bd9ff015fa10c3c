import type * as z from 'zod';
import { joinHalves, judgeFactors, parseHalf, type FactorMethod } from '../../core/access/index.ts';
import { ok, refuse, Secret, type DeviceId, type Iin, type Result } from '../../core/kernel/index.ts';
import { canonicalize } from '../../core/signing/index.ts';
import { breakGlassDocument } from '../../contracts/documents/index.ts';
import { sha256 } from '../../eds/index.ts';
import type { Desk } from '../platform/index.ts';
import { breakSeal, readOpenSessions } from '../store/index.ts';
import { beginAttempt, type Attempt } from './attempts.ts';
import { holdSeal, isSealInForce, sealedAccount, type EmergencyDesk, type Seal } from './break-glass-seal.ts';
import { recordDocument } from './documents.ts';
import { isStretchedFrom, unmatched } from './passwords.ts';
import { endSession, personOf } from './sessions.ts';
import { mayStretch } from './stretch.ts';
import { proveTotp } from './totp.ts';

/** Sessions are bounded by people and workstations; whoever ends everybody's must reach the last one. */
const sessionsMax = 100_000;

export type BreakGlassRequest = {
  /** What was typed off the two sheets. */
  readonly sheets: readonly [string, string];
  readonly code: string;
  /** IIN and name of the person who opens, and why. */
  readonly iin: string;
  readonly name: string;
  readonly reason: string;
  /** Whose sessions are ended: everybody's, one person's, or none. */
  readonly end: Iin | 'all' | undefined;
};

/** A session as whoever opened the account reads of it. */
export type SeenSession = {
  readonly iin: Iin;
  readonly device: DeviceId;
  readonly startedAtMs: number;
  readonly lastSeenMs: number;
  readonly methods: readonly FactorMethod[];
  readonly isEnded: boolean;
};

export type BreakGlassRefusal =
  | 'break-glass-half-malformed'
  | 'break-glass-refused'
  | 'document-malformed'
  | 'server-busy'
  | 'log-behind';

/** It goes by no policy: its day may be the one on which nobody is left to sign one. One pair for all: there is one account, at one place. */
function attempt(desk: Desk): Promise<Attempt> {
  const place = { person: sealedAccount, holding: '', device: sealedAccount as DeviceId, address: sealedAccount };
  return beginAttempt({ platform: desk, registry: { policy: () => ({ policy: {} }) } }, place);
}

/** The seal that halves and code open; both are compared whatever becomes of the other, and failures count. */
async function openSeal(
  account: EmergencyDesk,
  typed: Secret<'password'>,
  code: string,
): Promise<Result<Seal, 'break-glass-refused' | 'server-busy'>> {
  const { desk } = account;
  // An attempt that could not be judged must not count as a failure.
  if (!mayStretch()) return refuse('server-busy');
  const begun = await attempt(desk);
  const seal = await holdSeal(desk);
  const same = await isStretchedFrom(typed, seal?.kept ?? unmatched);
  if (!same.ok) return same;
  const proven = await proveTotp(desk, sealedAccount, code);
  const methods: readonly FactorMethod[] = [
    ...(same.value ? (['password'] as const) : []),
    ...(proven === undefined ? [] : (['totp'] as const)),
  ];
  const question = { realm: 'staff', purpose: 'break-glass', shown: { methods }, rules: undefined } as const;
  if (seal === undefined || !judgeFactors(question).ok || !(await isSealInForce(account, seal.hash))) {
    await begun.failed();
    return refuse('break-glass-refused');
  }
  return (await begun.succeeded()) ? ok(seal) : refuse('break-glass-refused');
}

function joined(sheets: BreakGlassRequest['sheets']): Result<Secret<'password'>, 'break-glass-half-malformed'> {
  const [one, other] = sheets.map((text) => parseHalf(sha256, text));
  if (one?.ok !== true || other?.ok !== true) return refuse('break-glass-half-malformed');
  const secret = joinHalves(one.value, other.value);
  return secret.ok ? ok(new Secret('password', secret.value)) : secret;
}

class SealBroken extends Error {}

/** Breaks the seal and records the opening in one transaction; false where another opening was first. The leaf is the alarm. */
async function recordOpening(desk: Desk, seal: Seal, document: z.output<typeof breakGlassDocument>): Promise<boolean> {
  const { keyring } = desk;
  const subject = `break-glass:${keyring.tag('staff', document.iin)}`;
  try {
    await recordDocument(desk, { kind: 'break-glass', subject, text: canonicalize(document) }, async (session) => {
      if (!(await breakSeal(session, seal.row))) throw new SealBroken();
    });
    return true;
  } catch (error) {
    if (error instanceof SealBroken) return false;
    throw error;
  }
}

async function endAndList(
  desk: Desk,
  { iin, reason }: { readonly iin: Iin; readonly reason: string },
  end: Iin | 'all' | undefined,
): Promise<readonly SeenSession[]> {
  const nowMs = desk.surroundings.nowMs();
  const rows = await readOpenSessions(desk.database, { who: undefined, nowMs, limit: sessionsMax });
  const seen: SeenSession[] = [];
  for (const row of rows) {
    const person = personOf(desk, row);
    if (person === undefined) continue;
    const isEnded = end === 'all' || person.iin === end;
    if (isEnded) await endSession(desk, row, { cause: 'officer', by: iin, reason });
    seen.push({
      ...{
        iin: person.iin,
        device: row.device as DeviceId,
        startedAtMs: row.started_at_ms,
        lastSeenMs: row.last_seen_ms,
      },
      ...{ methods: person.factors.map(({ method }) => method), isEnded },
    });
  }
  return seen;
}

/**
 * Opens the sealed account once: both halves, a code, a person and a reason. The log is asked before anything is compared, and
 * again for the leaf of the opening, which is the alarm: before it is there nothing is read or ended
 * (`log-behind`), and the seal is broken all the same. Answers the sessions that were open, and
 * which of them it ended; it grants nothing. Absent, wrong, broken before and held up are one refusal: `break-glass-refused`.
 */
export async function openBreakGlass(
  account: EmergencyDesk,
  request: BreakGlassRequest,
): Promise<Result<readonly SeenSession[], BreakGlassRefusal>> {
  const { desk, settle } = account;
  const { identity, surroundings } = desk;
  const { iin, name, reason, end } = request;
  const about = breakGlassDocument.omit({ seal: true }).safeParse({
    ...{ form: 'qorgan.break-glass/1', platform: identity.platform, profile: identity.profile, server: identity.url },
    ...{ iin, name, reason, openedAtMs: surroundings.nowMs() },
  });
  if (!about.success) return refuse('document-malformed');
  const typed = joined(request.sheets);
  if (!typed.ok) return typed;
  using secret = typed.value;
  // A log that stands still costs neither seal nor code; and whatever was opened before is in it.
  if (!(await settle())) return refuse('log-behind');
  const seal = await openSeal(account, secret, request.code);
  if (!seal.ok) return seal;
  const document = { ...about.data, seal: seal.value.hash };
  if (!(await recordOpening(desk, seal.value, document))) return refuse('break-glass-refused');
  return (await settle()) ? ok(await endAndList(desk, document, end)) : refuse('log-behind');
}

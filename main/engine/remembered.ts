import { roles as allRoles, type Role } from '../../core/access/index.ts';
import { ok, refuse, type Result } from '../../core/kernel/index.ts';
import type { Engine, Shift } from './context.ts';

const form = 'qorgan.person/2';

/** Who the server said that this person is; kept in the vault, so that a shift can start with no server. */
type Remembered = {
  readonly name: string;
  readonly roles: readonly Role[];
  /** When the server let him in last, by its clock. */
  readonly seenAtMs: number;
  /** Why it let him in no more since; `null` where nothing is known against him. */
  readonly out: string | null;
};

/** What the server says of a person who is none of the staff any more, or was sent away: without it nobody lets him in again. */
const outCodes: ReadonlySet<string> = new Set([
  'session-blocked',
  'session-signed-out',
  'actor-blocked',
  'actor-dismissed',
  'actor-ended',
  'account-idle',
]);

function parse(text: string | null): Remembered | undefined {
  if (text === null) return undefined;
  const value = JSON.parse(text) as Partial<Record<keyof Remembered | 'form', unknown>> | null;
  // An older one does not say since when, which is as good as never.
  if (value?.form !== form || typeof value.name !== 'string' || typeof value.seenAtMs !== 'number') return undefined;
  const listed: readonly unknown[] = Array.isArray(value.roles) ? value.roles : [];
  const { name, seenAtMs, out } = value;
  return {
    name,
    seenAtMs,
    roles: allRoles.filter((role) => listed.includes(role)),
    out: typeof out === 'string' ? out : null,
  };
}

function write(engine: Engine, { iin }: Shift, person: Remembered, recognitionPhrase: string | null) {
  const preferences = JSON.stringify({ form, ...person });
  return engine.vault.call('identity.set', { iin, recognitionPhrase, preferences });
}

/** Remembers that the server let this person in just now. Durable on return. */
export function rememberIn(engine: Engine, shift: Shift, recognitionPhrase: string | null): Promise<Result<null>> {
  const { name, roles } = shift;
  return write(
    engine,
    shift,
    { name, roles, seenAtMs: engine.serverClock.serverNowMs(), out: null },
    recognitionPhrase,
  );
}

/** Remembers why the server sent this person away, where it was for good: pulling the cable brings him back no more than another try. */
export async function rememberOut(engine: Engine, shift: Shift, code: string): Promise<void> {
  if (!outCodes.has(code)) return;
  const known = await engine.vault.call('identity.get', { iin: shift.iin });
  const person = known.ok ? parse(known.value.preferences) : undefined;
  if (person !== undefined) await write(engine, shift, { ...person, out: code }, null);
}

/**
 * Who this person is without the server. `offline-too-long`: the server let him in longer ago than the policy lets work wait, or never.
 * `clock-wrong`: the clock stands before that. Else why the server sent him away.
 */
export async function recall(engine: Engine, shift: Shift): Promise<Result<Remembered>> {
  const known = await engine.vault.call('identity.get', { iin: shift.iin });
  if (!known.ok) return known;
  const person = parse(known.value.preferences);
  if (person === undefined) return refuse('offline-too-long');
  if (person.out !== null) return refuse(person.out);
  const { clock, sync } = shift.enrolment.policy;
  const sinceMs = engine.options.clock.nowMs() - person.seenAtMs;
  if (sinceMs < -clock.refuseDriftMs) return refuse('clock-wrong', { driftMs: sinceMs });
  return sinceMs > sync.offlineTtlMs ? refuse('offline-too-long') : ok(person);
}

import { never, ok, refuse, type Iin, type Result } from '../kernel/index.ts';
import type { Role } from '../access/index.ts';
import type { ReasonCode, RegistrationActType, RegistrationPayloads } from './catalogue.ts';
import type { RegistrationForm } from './registration-form.ts';

export type RegistrationStatus = 'submitted' | 'claimed' | 'returned' | 'approved' | 'refused';

/** The fold of one case's events. `absent` has no form; every other state keeps the last submitted one. */
export type Registration =
  | { readonly status: 'absent' }
  | {
      readonly status: RegistrationStatus;
      readonly form: RegistrationForm;
      readonly submittedBy: Iin;
      readonly submittedAtMs: number;
      /** Everybody who ever submitted a version of the form: none of them may decide it (four eyes). */
      readonly submitters: readonly Iin[];
      readonly claim: null | { readonly by: Iin; readonly untilMs: number };
      readonly decision: null | {
        readonly by: Iin;
        readonly atMs: number;
        readonly reasons: readonly ReasonCode[];
        readonly note: string;
      };
    };

export type RegistrationEvent =
  | { readonly type: 'submitted'; readonly by: Iin; readonly atMs: number; readonly form: RegistrationForm }
  | { readonly type: 'claimed'; readonly by: Iin; readonly atMs: number; readonly untilMs: number }
  | { readonly type: 'released'; readonly by: Iin; readonly atMs: number }
  | {
      readonly type: 'returned';
      readonly by: Iin;
      readonly atMs: number;
      readonly reasons: readonly ReasonCode[];
      readonly note: string;
    }
  | { readonly type: 'approved'; readonly by: Iin; readonly atMs: number; readonly note: string }
  | {
      readonly type: 'refused';
      readonly by: Iin;
      readonly atMs: number;
      readonly reasons: readonly ReasonCode[];
      readonly note: string;
    };

export type RegistrationCommand = {
  readonly [Type in RegistrationActType]: { readonly type: Type; readonly payload: RegistrationPayloads[Type] };
}[RegistrationActType];

export type DecideContext = {
  readonly actor: { readonly iin: Iin; readonly roles: readonly Role[] };
  /** The server's clock at intake; the workstation's before signing. */
  readonly nowMs: number;
  readonly claimTtlMs: number;
};

export type RegistrationRefusal =
  | 'case-exists'
  | 'case-absent'
  | 'case-closed'
  | 'case-not-claimed'
  | 'case-claimed-by-other'
  | 'case-claimed-already'
  | 'case-own-submission'
  | 'reason-missing'
  | 'note-missing';

const decided = new Set<RegistrationStatus>(['approved', 'refused']);

type Present = Exclude<Registration, { status: 'absent' }>;

function claimHolder(state: Present, nowMs: number): Iin | undefined {
  return state.claim !== null && state.claim.untilMs > nowMs ? state.claim.by : undefined;
}

function decideSubmit(
  state: Registration,
  form: RegistrationForm,
  context: DecideContext,
): Result<RegistrationEvent, RegistrationRefusal> {
  if (state.status !== 'absent' && state.status !== 'returned')
    return refuse(decided.has(state.status) ? 'case-closed' : 'case-exists');
  return ok({ type: 'submitted', by: context.actor.iin, atMs: context.nowMs, form });
}

function decideClaim(state: Present, context: DecideContext): Result<RegistrationEvent, RegistrationRefusal> {
  const { actor, nowMs, claimTtlMs } = context;
  if (state.submitters.includes(actor.iin)) return refuse('case-own-submission');
  const holder = claimHolder(state, nowMs);
  if (holder === actor.iin) return refuse('case-claimed-already');
  if (holder !== undefined) return refuse('case-claimed-by-other');
  return ok({ type: 'claimed', by: actor.iin, atMs: nowMs, untilMs: nowMs + claimTtlMs });
}

function requireOwnClaim(state: Present, context: DecideContext): Result<null, RegistrationRefusal> {
  if (state.submitters.includes(context.actor.iin)) return refuse('case-own-submission');
  if (state.claim === null) return refuse('case-not-claimed');
  // An own claim that has run out still decides, as long as nobody took the case over.
  return state.claim.by === context.actor.iin ? ok(null) : refuse('case-claimed-by-other');
}

function requireReasons(payload: {
  readonly reasons: readonly ReasonCode[];
  readonly note: string;
}): Result<null, RegistrationRefusal> {
  if (payload.reasons.length === 0) return refuse('reason-missing');
  return payload.reasons.includes('other') && payload.note.trim() === '' ? refuse('note-missing') : ok(null);
}

/**
 * The rule of the registration life cycle, the same at the desk and at the server: absent → submitted → claimed →
 * returned (→ submitted) | approved | refused. Pure; roles are checked before (core/access).
 */
export function decideRegistration(
  state: Registration,
  command: RegistrationCommand,
  context: DecideContext,
): Result<RegistrationEvent, RegistrationRefusal> {
  if (command.type === 'registration.submit') return decideSubmit(state, command.payload.form, context);
  if (state.status === 'absent') return refuse('case-absent');
  if (decided.has(state.status)) return refuse('case-closed');
  if (state.status === 'returned') return refuse('case-not-claimed');
  if (command.type === 'registration.claim') return decideClaim(state, context);
  const own = requireOwnClaim(state, context);
  if (!own.ok) return own;
  const stamp = { by: context.actor.iin, atMs: context.nowMs };
  switch (command.type) {
    case 'registration.release':
      return ok({ type: 'released', ...stamp });
    case 'registration.approve':
      return ok({ type: 'approved', ...stamp, note: command.payload.note });
    case 'registration.return':
    case 'registration.refuse': {
      const reasons = requireReasons(command.payload);
      if (!reasons.ok) return reasons;
      const type = command.type === 'registration.return' ? 'returned' : 'refused';
      return ok({ type, ...stamp, reasons: command.payload.reasons, note: command.payload.note });
    }
    default:
      return never(command, 'command');
  }
}

/** Folds one event; a stream that does not start with `submitted` is a bug of the caller. */
export function evolveRegistration(state: Registration, event: RegistrationEvent): Registration {
  if (event.type === 'submitted') {
    const before = state.status === 'absent' ? [] : state.submitters;
    return {
      status: 'submitted',
      form: event.form,
      submittedBy: event.by,
      submittedAtMs: event.atMs,
      submitters: before.includes(event.by) ? before : [...before, event.by],
      claim: null,
      decision: null,
    };
  }
  if (state.status === 'absent') throw new Error('registration: the first event is submitted');
  switch (event.type) {
    case 'claimed':
      return { ...state, status: 'claimed', claim: { by: event.by, untilMs: event.untilMs } };
    case 'released':
      return { ...state, status: 'submitted', claim: null };
    case 'returned':
    case 'refused':
      return {
        ...state,
        status: event.type,
        claim: null,
        decision: { by: event.by, atMs: event.atMs, reasons: event.reasons, note: event.note },
      };
    case 'approved':
      return {
        ...state,
        status: 'approved',
        claim: null,
        decision: { by: event.by, atMs: event.atMs, reasons: [], note: event.note },
      };
    default:
      return never(event, 'event');
  }
}

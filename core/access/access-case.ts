import { never, ok, refuse, type Iin, type Result } from '../kernel/index.ts';
import { peopleOf, type AccessChange, type AccessCommand, type StaffGrant } from './change.ts';

/** The day that a person chooses on a form starts at its midnight, and its act may wait that long for a network. */
const startAheadMaxMs = 86_400_000;

type Author = {
  readonly author: Iin;
  readonly proposedAtMs: number;
  readonly reason: string;
  /** The order or contract that it stands on. */
  readonly basis: string;
};

/** The fold of one case of changed rights. A block needs no second person and is closed from the start. */
export type AccessCase =
  | { readonly status: 'absent' }
  | (Author & {
      readonly status: 'proposed' | 'confirmed' | 'declined' | 'withdrawn';
      readonly change: AccessChange;
      readonly end: null | { readonly by: Iin; readonly atMs: number; readonly note: string };
    })
  | (Author & { readonly status: 'blocked'; readonly iin: Iin; readonly name: string });

type Stamp = { readonly by: Iin; readonly atMs: number };

export type AccessEvent =
  | (Stamp & {
      readonly type: 'proposed';
      readonly change: AccessChange;
      readonly reason: string;
      readonly basis: string;
    })
  | (Stamp & { readonly type: 'confirmed' })
  | (Stamp & { readonly type: 'declined' | 'withdrawn'; readonly note: string })
  | (Stamp & {
      readonly type: 'blocked';
      readonly iin: Iin;
      readonly name: string;
      readonly reason: string;
      readonly basis: string;
    });

/** What the case alone forbids. */
export type AccessCaseRefusal =
  | 'case-exists'
  | 'case-absent'
  | 'case-closed'
  | 'change-own-proposal'
  | 'change-own-record'
  | 'change-not-author'
  | 'record-of-other'
  | 'record-starts-in-past'
  | 'record-ends-before-start'
  | 'contract-missing'
  | 'contract-without-end';

export type AccessMoment = { readonly actor: { readonly iin: Iin }; readonly nowMs: number };

function startsInPast(startMs: number, beforeMs: number | undefined, nowMs: number): boolean {
  return startMs !== beforeMs && startMs < nowMs - startAheadMaxMs;
}

function judgeStaff(record: StaffGrant, before: StaffGrant | undefined, nowMs: number): AccessCaseRefusal | undefined {
  if (before !== undefined && before.iin !== record.iin) return 'record-of-other';
  if (startsInPast(record.validFromMs, before?.validFromMs, nowMs)) return 'record-starts-in-past';
  if (record.validUntilMs !== null && record.validUntilMs <= record.validFromMs) return 'record-ends-before-start';
  // Whom the founding named has neither yet, and is confirmed as he stands.
  const hadNeither = before !== undefined && before.contract === null && before.employeeNumber === null;
  if (record.contract === null) return record.employeeNumber === null && !hadNeither ? 'contract-missing' : undefined;
  return record.validUntilMs === null ? 'contract-without-end' : undefined;
}

/** What is wrong with a change by itself, whatever the registry holds. */
function judgeChange(change: AccessChange, nowMs: number): AccessCaseRefusal | undefined {
  switch (change.kind) {
    case 'staff':
      return judgeStaff(change.record, change.before?.record, nowMs);
    case 'device': {
      const before = change.before?.record.record;
      const { record } = change.record;
      // A key that changes is another device, and its chain of acts starts anew.
      const isSame = before === undefined || (before.device === record.device && before.publicKey === record.publicKey);
      return isSame ? undefined : 'record-of-other';
    }
    case 'policy': {
      const { record, before } = change;
      return startsInPast(record.effectiveFromMs, before.record.effectiveFromMs, nowMs)
        ? 'record-starts-in-past'
        : undefined;
    }
    case 'review':
    case 'release':
    case 'alarm':
      return undefined;
  }
}

type Open = Extract<AccessCase, { change: AccessChange }>;

function decideOpen(
  state: Open,
  command: Exclude<AccessCommand, { type: 'access.propose' | 'access.block' }>,
  { actor, nowMs }: AccessMoment,
): Result<AccessEvent, AccessCaseRefusal> {
  const stamp = { by: actor.iin, atMs: nowMs };
  const isAuthor = state.author === actor.iin;
  if (command.type === 'access.withdraw')
    return isAuthor ? ok({ type: 'withdrawn', ...stamp, note: command.payload.note }) : refuse('change-not-author');
  if (isAuthor) return refuse('change-own-proposal');
  if (peopleOf(state.change).includes(actor.iin)) return refuse('change-own-record');
  return command.type === 'access.confirm'
    ? ok({ type: 'confirmed', ...stamp })
    : ok({ type: 'declined', ...stamp, note: command.payload.note });
}

/**
 * The rule of one case of changed rights: absent → proposed → confirmed | declined | withdrawn, or absent → blocked. Whoever proposed it
 * never confirms it, and nobody has a hand in his own record. What other records have to say is `judgeAccess`.
 */
export function decideAccessCase(
  state: AccessCase,
  command: AccessCommand,
  moment: AccessMoment,
): Result<AccessEvent, AccessCaseRefusal> {
  const { actor, nowMs } = moment;
  const stamp = { by: actor.iin, atMs: nowMs };
  if (command.type === 'access.propose' || command.type === 'access.block') {
    if (state.status !== 'absent') return refuse(state.status === 'proposed' ? 'case-exists' : 'case-closed');
    if (command.type === 'access.block') {
      const { payload } = command;
      return payload.iin === actor.iin ? refuse('change-own-record') : ok({ type: 'blocked', ...stamp, ...payload });
    }
    const { change, reason, basis } = command.payload;
    if (peopleOf(change).includes(actor.iin)) return refuse('change-own-record');
    const fault = judgeChange(change, nowMs);
    return fault === undefined ? ok({ type: 'proposed', ...stamp, change, reason, basis }) : refuse(fault);
  }
  if (state.status === 'absent') return refuse('case-absent');
  return state.status === 'proposed' ? decideOpen(state, command, moment) : refuse('case-closed');
}

/** Folds one event; a stream that does not start with a proposal or a block is a bug of the caller. */
export function evolveAccessCase(state: AccessCase, event: AccessEvent): AccessCase {
  switch (event.type) {
    case 'proposed': {
      const { by, atMs, change, reason, basis } = event;
      return { status: 'proposed', change, author: by, proposedAtMs: atMs, reason, basis, end: null };
    }
    case 'blocked': {
      const { by, atMs, iin, name, reason, basis } = event;
      return { status: 'blocked', iin, name, author: by, proposedAtMs: atMs, reason, basis };
    }
    case 'confirmed':
    case 'declined':
    case 'withdrawn': {
      if (!('change' in state)) throw new Error('access: the first event is a proposal');
      const note = event.type === 'confirmed' ? '' : event.note;
      return { ...state, status: event.type, end: { by: event.by, atMs: event.atMs, note } };
    }
    default:
      return never(event, 'event');
  }
}

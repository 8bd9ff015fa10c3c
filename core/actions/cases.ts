import {
  decideAccessCase,
  evolveAccessCase,
  type AccessCase,
  type AccessCaseRefusal,
  type AccessCommand,
  type AccessEvent,
} from '../access/index.ts';
import { refuse, type Result } from '../kernel/index.ts';
import {
  decideRegistration,
  evolveRegistration,
  type DecideContext,
  type Registration,
  type RegistrationCommand,
  type RegistrationEvent,
  type RegistrationRefusal,
} from './registration.ts';

/** A case of either kind: the first act says which, and it never changes. */
export type CaseState = Registration | AccessCase;
export type CaseCommand = RegistrationCommand | AccessCommand;
export type CaseEvent = RegistrationEvent | AccessEvent;
export type CaseRefusal = RegistrationRefusal | AccessCaseRefusal | 'case-other-kind';

/** True for a case of changed rights. */
export function isAccessCase(state: CaseState): state is Exclude<AccessCase, { status: 'absent' }> {
  return 'author' in state;
}

/** True for a registration. */
export function isRegistration(state: CaseState): state is Exclude<Registration, { status: 'absent' }> {
  return 'form' in state;
}

const accessEvents: ReadonlySet<CaseEvent['type']> = new Set<AccessEvent['type']>([
  'proposed',
  'confirmed',
  'declined',
  'withdrawn',
  'blocked',
]);

/** True for what happened to a case of changed rights. */
export function isAccessEvent(event: CaseEvent): event is AccessEvent {
  return accessEvents.has(event.type);
}

/** True for an act on a case of changed rights. */
export function isAccessCommand(command: CaseCommand): command is AccessCommand {
  return command.type.startsWith('access.');
}

/** True for a case to which nothing can happen any more. */
export function isClosed({ status }: CaseState): boolean {
  return ['approved', 'refused', 'confirmed', 'declined', 'withdrawn', 'blocked'].includes(status);
}

/** The rule of either kind of case; an act of one kind on a case of the other is `case-other-kind`. */
export function decideCase(
  state: CaseState,
  command: CaseCommand,
  context: DecideContext,
): Result<CaseEvent, CaseRefusal> {
  if (isAccessCommand(command))
    return isRegistration(state) ? refuse('case-other-kind') : decideAccessCase(state, command, context);
  return isAccessCase(state) ? refuse('case-other-kind') : decideRegistration(state, command, context);
}

/** Folds one event; one of the other kind is a bug of the caller. */
export function evolveCase(state: CaseState, event: CaseEvent): CaseState {
  if (isAccessEvent(event)) {
    if (isRegistration(state)) throw new Error('cases: the event is of another kind of case');
    return evolveAccessCase(state, event);
  }
  if (isAccessCase(state)) throw new Error('cases: the event is of another kind of case');
  return evolveRegistration(state, event);
}

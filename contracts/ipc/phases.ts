import type { operatorEventNames, operatorVerbNames, promptEventNames, promptVerbNames } from '../bridge/index.ts';
import type { OperatorEvent, OperatorVerb } from './operator.ts';
import type { PromptEvent, PromptVerb } from './prompt.ts';
import type { AppView } from './views.ts';

export type Phase = AppView['phase'];

const always = ['not-enrolled', 'locked', 'open', 'quarantined'] as const;
const whileOpen = ['open', 'quarantined'] as const;

/**
 * In which phases of the workstation a verb of the operator's window is answered; in any other it is refused with
 * `phase-wrong` before its handler runs. Roles are the business of the act and of the server's scoped reads.
 */
export const operatorVerbPhases = {
  'app.get': always,
  'preferences.set': always,
  'certificates.list': always,
  'modules.retry': always,
  'enrolment.start': ['not-enrolled', 'quarantined'],
  'shift.start': ['locked'],
  'shift.end': whileOpen,
  'cases.list': whileOpen,
  'cases.get': whileOpen,
  'signatures.get': whileOpen,
  'acts.preview': ['open'],
  'acts.sign': ['open'],
  'journal.list': whileOpen,
  'journal.get': whileOpen,
  'journal.check': whileOpen,
  'log.list': whileOpen,
  'log.get': whileOpen,
  'receipt.export': whileOpen,
  'evidence.list': whileOpen,
  'evidence.pause': ['open'],
  'screenshot.take': ['open'],
  'screenshot.keep': ['open'],
  'screenshot.drop': whileOpen,
  'retention.get': ['open'],
  'policies.list': whileOpen,
  'policies.get': whileOpen,
  'permissions.export': whileOpen,
  'sessions.list': ['open'],
  'sessions.end': ['open'],
  'people.list': ['open'],
  'people.get': ['open'],
  'people.acts': whileOpen,
  'people.blockedActs': ['open'],
  'password.change': ['open'],
  'devices.list': ['open'],
  'alarms.list': ['open'],
  'changes.list': ['open'],
  'changes.get': ['open'],
  'sync.now': ['open'],
  'alarm.acknowledge': whileOpen,
} as const satisfies Readonly<Record<OperatorVerb, readonly Phase[]>>;

type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;

/** Fails to compile where the preloads would let through other names than the doors answer. */
export const namesAgree: readonly [
  Same<OperatorVerb, (typeof operatorVerbNames)[number]>,
  Same<OperatorEvent, (typeof operatorEventNames)[number]>,
  Same<PromptVerb, (typeof promptVerbNames)[number]>,
  Same<PromptEvent, (typeof promptEventNames)[number]>,
] = [true, true, true, true];

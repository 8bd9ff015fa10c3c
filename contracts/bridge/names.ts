/**
 * The names that a preload lets through. They stand apart from `contracts/ipc`, whose schemas would put a parser into every
 * preload; `contracts/ipc` is checked against these lists when it is compiled.
 */
export const operatorVerbNames = [
  'app.get',
  'preferences.set',
  'certificates.list',
  'modules.retry',
  'enrolment.start',
  'shift.start',
  'shift.end',
  'cases.list',
  'cases.get',
  'signatures.get',
  'acts.preview',
  'acts.sign',
  'journal.list',
  'journal.get',
  'journal.check',
  'log.list',
  'log.get',
  'receipt.export',
  'evidence.list',
  'evidence.pause',
  'screenshot.take',
  'screenshot.keep',
  'screenshot.drop',
  'retention.get',
  'policies.list',
  'policies.get',
  'permissions.export',
  'sessions.list',
  'sessions.end',
  'people.list',
  'people.get',
  'people.acts',
  'people.blockedActs',
  'password.change',
  'devices.list',
  'alarms.list',
  'changes.list',
  'changes.get',
  'sync.now',
  'alarm.acknowledge',
] as const;

export const operatorEventNames = [
  'app.changed',
  'cases.changed',
  'journal.changed',
  'evidence.changed',
  'certificates.changed',
] as const;

export const promptVerbNames = ['prompt.get', 'prompt.submit', 'prompt.cancel'] as const;

export const promptEventNames = ['prompt.changed'] as const;

export type WindowKind = 'operator' | 'prompt';

/** The channel of a verb or event between a window of this kind and main. Pages never see it. */
export function channelOf(kind: WindowKind, name: string): string {
  return `${kind}:${name}`;
}

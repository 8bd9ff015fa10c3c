import type { ChangeSummary, DeviceView, PersonStanding, PolicySummary } from '../../../contracts/ipc/index.ts';
import type { Tone } from '../../kit/index.ts';
import type { Words } from '../../words/index.ts';

export const standings = [
  'active',
  'ahead',
  'blocked',
  'dismissed',
  'ended',
  'idle',
] as const satisfies readonly PersonStanding[];

export const standingTones: Readonly<Record<PersonStanding, Tone>> = {
  active: 'good',
  ahead: 'waiting',
  blocked: 'bad',
  dismissed: 'over',
  ended: 'over',
  idle: 'bad',
};

export const changeTones: Readonly<Record<ChangeSummary['state'], Tone>> = {
  waiting: 'waiting',
  confirmed: 'good',
  'in-force': 'bad',
  declined: 'bad',
  withdrawn: 'over',
};

export const policyTones: Readonly<Record<PolicySummary['state'], Tone>> = {
  'in-force': 'good',
  ahead: 'waiting',
  replaced: 'over',
};

export const deviceTones: Readonly<Record<DeviceView['standing'], Tone>> = {
  active: 'good',
  requested: 'waiting',
  retired: 'over',
};

export type PostureVerdict = 'good' | 'warn' | 'restrict' | 'refuse' | 'unknown';

export const postureTones: Readonly<Record<PostureVerdict, Tone>> = {
  good: 'good',
  warn: 'alarm',
  restrict: 'alarm',
  refuse: 'bad',
  unknown: 'quiet',
};

const effects = ['refuse', 'restrict', 'warn'] as const;

/** The hardest effect of what was found; a device that said nothing is not known, and never good. */
export function verdictOf({ posture }: Pick<DeviceView, 'posture'>): PostureVerdict {
  if (posture === null) return 'unknown';
  return effects.find((effect) => posture.findings.some((finding) => finding.effect === effect)) ?? 'good';
}

export const rolesWords = (words: Words, roles: readonly string[]): string =>
  roles.length === 0 ? words('value.empty') : roles.map((role) => words.role(role)).join(', ');

/** What a change is, in a few words: "New record", "Dismissal". */
export const changeWords = (words: Words, { kind, what }: Pick<ChangeSummary, 'kind' | 'what'>): string =>
  words.known(`change.what.${kind}.${what}`) ?? words(`change.kind.${kind}`);

/** What a change is about, as a heading: a version of the policy is named, everything else has a name. */
export const subjectWords = (words: Words, { kind, subject }: Pick<ChangeSummary, 'kind' | 'subject'>): string =>
  kind === 'policy' ? words('policy.version', { version: subject }) : subject;

import type { AccessDraft } from '../../../../contracts/ipc/index.ts';
import { whyFaults, whyOf, type Steps, type WhyFields } from './steps.ts';

export type AlarmDraft = Steps<WhyFields> & { readonly of: 'alarm' };

export const startAlarm = (): AlarmDraft => ({ of: 'alarm', fields: { reason: '', basis: '' }, past: [], last: null });

/** The act that closes the alarm of this leaf, or `null` while something is missing. */
export function alarmAct({ fields }: AlarmDraft, leaf: string): AccessDraft | null {
  if (whyFaults(fields).length > 0) return null;
  return { type: 'access.propose', change: { kind: 'alarm', leaf }, ...whyOf(fields) };
}

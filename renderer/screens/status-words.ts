import type { Attestation, CaseSummary, CheckView, HistoryItem, JournalItem } from '../../contracts/ipc/index.ts';
import { durationOf, formatCount, type Tone } from '../kit/index.ts';
import type { Words } from '../words/index.ts';

export const caseTones: Readonly<Record<CaseSummary['status'], Tone>> = {
  submitted: 'quiet',
  claimed: 'active',
  returned: 'over',
  approved: 'good',
  refused: 'bad',
};

export const checkTones: Readonly<Record<CheckView['result'], Tone>> = { pass: 'good', fail: 'bad', unknown: 'alarm' };

type ActState = NonNullable<JournalItem['act']>['state'] | HistoryItem['state'];

export const actTones: Readonly<Record<ActState, Tone>> = {
  recorded: 'waiting',
  sent: 'waiting',
  accepted: 'good',
  logged: 'good',
  refused: 'bad',
  superseded: 'over',
  overdue: 'alarm',
};

/** "in the central log № 48 212": people count entries from one, the log from zero. */
export function actStateWords(words: Words, state: ActState, logIndex: number | null): string {
  return words(`act-state.${state}`, { number: logIndex === null ? '' : formatCount(logIndex + 1) });
}

/** Who vouches for a receipt, and that outside witnesses are still missing where they are asked for. */
export function attestationWords(words: Words, { level, isExternalAwaited }: Attestation): string {
  const said = words(`entry.level.${level}`);
  return isExternalAwaited ? `${said} ${words('unit.separator')} ${words('entry.level.awaited')}` : said;
}

/** How long ago, in one short word. */
export function ageWords(words: Words, spanMs: number): string {
  const { unit, value } = durationOf(spanMs);
  return words(`age.${unit}`, { value });
}

/** `05417` for a number of this year, whole otherwise: the year is worth its room only where it differs. */
export function shortNumber(number: string, nowMs: number): string {
  const [year, rest] = number.split('-');
  return rest !== undefined && year === String(new Date(nowMs).getFullYear()) ? rest : number;
}

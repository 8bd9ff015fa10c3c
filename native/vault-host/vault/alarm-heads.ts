import type { AlarmHeads } from '../../../core/journal/index.ts';
import { containsHead, readCheckpoint, type Enrolment } from './enrolment.ts';

/** The heads of an alarm as they are kept: a note that the pinned log key did not sign proves nothing and is left out. */
export function readHeads(enrolment: Enrolment, heads: AlarmHeads | undefined): AlarmHeads {
  const signed = (note: string | null | undefined): string | null =>
    typeof note === 'string' && readCheckpoint(enrolment, note).ok ? note : null;
  const other = signed(heads?.other);
  const cosigner = other === null ? undefined : heads?.cosigner;
  return { own: signed(heads?.own), other, ...(cosigner === undefined ? {} : { cosigner }) };
}

/** True where the proof shows that both heads are states of one log, whichever is the older. */
export function explainsHeads(
  enrolment: Enrolment,
  heads: AlarmHeads | undefined,
  consistency: readonly string[],
): boolean {
  const own = readCheckpoint(enrolment, heads?.own ?? '');
  const other = readCheckpoint(enrolment, heads?.other ?? '');
  if (!own.ok || !other.ok) return false;
  const [older, newer] = own.value.size <= other.value.size ? [own.value, other.value] : [other.value, own.value];
  return containsHead(older, newer, consistency);
}

import type { EvidenceClass } from '../evidence/index.ts';
import { assert, type Sha256Hex } from '../kernel/index.ts';
import { termEndMs } from './calendar.ts';
import { holdsOf, type LegalHold } from './hold.ts';
import type { RetentionSchedule } from './schedule.ts';

/** What retention asks of an item of evidence. */
export type RetainedItem = {
  readonly sha256: Sha256Hex;
  readonly class: EvidenceClass;
  readonly case: string | null;
  /** From here the terms run. */
  readonly acceptedAtMs: number;
};

/** Two schedules decide: the one that was promised when the item was accepted, and the newest. */
export type SchedulesOfItem = { readonly atAcceptance: RetentionSchedule; readonly newest: RetentionSchedule };

/** What an item is due for. Nothing is due while it is held. */
export type Due = {
  /** First moments at which it may leave the online store, and at which it may be destroyed. */
  readonly onlineUntilMs: number;
  readonly archiveUntilMs: number;
  /** Ids of the holds in force. */
  readonly holds: readonly string[];
  readonly due: 'nothing' | 'archive' | 'destruction';
};

function endsOf({ class: name, acceptedAtMs }: RetainedItem, schedule: RetentionSchedule): readonly [number, number] {
  const { onlineMonths, archiveMonths } = schedule.classes[name];
  return [termEndMs(acceptedAtMs, onlineMonths), termEndMs(acceptedAtMs, onlineMonths + archiveMonths)];
}

/**
 * When an item may leave the online store, and when it may be destroyed: the later of what was promised at its acceptance and
 * what the newest schedule says, so that a shorter schedule never shortens a promise and a longer one reaches what is kept.
 */
export function dueOf(
  item: RetainedItem,
  { atAcceptance, newest }: SchedulesOfItem,
  holds: readonly LegalHold[],
  nowMs: number,
): Due {
  assert(
    Number.isSafeInteger(nowMs) && Number.isSafeInteger(item.acceptedAtMs),
    'retention: times are whole milliseconds',
  );
  const promised = endsOf(item, atAcceptance);
  const present = endsOf(item, newest);
  const onlineUntilMs = Math.max(promised[0], present[0]);
  const archiveUntilMs = Math.max(promised[1], present[1]);
  const held = holdsOf(item, holds, nowMs).map(({ id }) => id);
  const dueNow = nowMs < onlineUntilMs ? 'nothing' : nowMs < archiveUntilMs ? 'archive' : 'destruction';
  return { onlineUntilMs, archiveUntilMs, holds: held, due: held.length > 0 ? 'nothing' : dueNow };
}

/** One schedule with the place of its leaf. */
export type LoggedSchedule = { readonly leafIndex: number; readonly schedule: RetentionSchedule };

/**
 * The schedules of an item whose leaf has this index: by the order of the log, which nobody can rewrite. `first` holds before
 * any was recorded; `logged` is in the order of the log.
 */
export function schedulesOf(
  leafIndex: number,
  first: RetentionSchedule,
  logged: readonly LoggedSchedule[],
): SchedulesOfItem {
  const before = logged.filter((one) => one.leafIndex < leafIndex).at(-1);
  return { atAcceptance: before?.schedule ?? first, newest: logged.at(-1)?.schedule ?? first };
}

import { never, type Sha256Hex } from '../kernel/index.ts';
import { isHigherLevel, type LeafOutcome, type DeskLevel } from '../log/index.ts';

/**
 * Where an own act is: kept here (`recorded`), promised by the server, late against its promise (`overdue`), and what the
 * log made of it. The last three come from a promise too, but only a verified receipt makes them done.
 */
export type OutboxState = 'recorded' | 'promised' | 'overdue' | 'logged' | 'refused' | 'superseded';

export type OutboxItem = {
  readonly state: OutboxState;
  /** True with a verified receipt and never by an HTTP status. */
  readonly isDone: boolean;
  /** Why it was refused; of a recorded act, why the server turned it away last. */
  readonly refusal: string | null;
  readonly commitment: Sha256Hex | null;
  readonly promisedAtMs: number | null;
  /** The log must hold the act by then. */
  readonly deadlineMs: number | null;
  readonly provenAtMs: number | null;
  /** From 0; people read it as № index + 1. */
  readonly logIndex: number | null;
  /** Who vouches for the receipt, by the witnesses that were pinned at enrolment. */
  readonly level: DeskLevel | null;
};

export type OutboxEvent =
  /** The platform key signed that the log will hold the act with this outcome. */
  | {
      readonly type: 'promised';
      readonly outcome: LeafOutcome;
      readonly commitment: Sha256Hex;
      readonly deadlineMs: number;
      readonly atMs: number;
    }
  /** The server kept nothing and said why: the act stays to be sent. */
  | { readonly type: 'turned-away'; readonly code: string }
  /** The deadline of the promise passed without a receipt. */
  | { readonly type: 'fell-due' }
  /** A receipt was verified by the pinned log key. */
  | {
      readonly type: 'proven';
      readonly outcome: LeafOutcome;
      readonly commitment: Sha256Hex;
      readonly index: number;
      readonly level: DeskLevel;
      readonly atMs: number;
    };

/** An act that was just recorded. */
export const outboxStart: OutboxItem = {
  state: 'recorded',
  isDone: false,
  refusal: null,
  commitment: null,
  promisedAtMs: null,
  deadlineMs: null,
  provenAtMs: null,
  logIndex: null,
  level: null,
};

const refused = 'refused:';

function stateOf(outcome: LeafOutcome, whenAccepted: OutboxState): Pick<OutboxItem, 'state' | 'refusal'> {
  if (outcome === 'accepted') return { state: whenAccepted, refusal: null };
  if (outcome === 'superseded') return { state: 'superseded', refusal: 'superseded' };
  return { state: 'refused', refusal: outcome.slice(refused.length) };
}

/** A later receipt of the same leaf may bring more that vouch; it never takes any away, and moves nothing else. */
function witnessed(
  item: OutboxItem,
  { commitment, index, level }: Extract<OutboxEvent, { type: 'proven' }>,
): OutboxItem {
  const isSameLeaf = item.commitment === commitment && item.logIndex === index;
  return isSameLeaf && isHigherLevel(level, item.level ?? 'log') ? { ...item, level } : item;
}

/** Folds one event. What is done stays as it is, but for who vouches for it; a second promise changes nothing, for the first one is owed. */
export function evolveOutbox(item: OutboxItem, event: OutboxEvent): OutboxItem {
  if (item.isDone) return event.type === 'proven' ? witnessed(item, event) : item;
  switch (event.type) {
    case 'promised': {
      if (item.promisedAtMs !== null) return item;
      const { outcome, commitment, deadlineMs, atMs } = event;
      return { ...item, ...stateOf(outcome, 'promised'), commitment, deadlineMs, promisedAtMs: atMs };
    }
    case 'turned-away':
      return item.state === 'recorded' ? { ...item, refusal: event.code } : item;
    case 'fell-due':
      return item.state === 'promised' ? { ...item, state: 'overdue' } : item;
    case 'proven': {
      const { outcome, commitment, index, level, atMs } = event;
      const proven = { commitment, logIndex: index, level, provenAtMs: atMs, isDone: true };
      return { ...item, ...stateOf(outcome, 'logged'), ...proven };
    }
    default:
      return never(event, 'outbox event');
  }
}

/** True where the log holds something else than was promised: the platform broke its word, and people must know. */
export function breaksPromise(item: OutboxItem, proven: Extract<OutboxEvent, { type: 'proven' }>): boolean {
  if (item.promisedAtMs === null || item.isDone) return false;
  const promised = item.state === 'overdue' ? 'promised' : item.state;
  const { state, refusal } = stateOf(proven.outcome, 'promised');
  return item.commitment !== proven.commitment || promised !== state || item.refusal !== refusal;
}

/**
 * True where a promise can still fall due: refused and superseded acts are owed their place in the log like every other. They keep their
 * word, so that whoever raises the alarm has to know whether it was raised.
 */
export function mayFallDue(item: OutboxItem): boolean {
  return item.promisedAtMs !== null && !item.isDone && item.state !== 'overdue';
}

/** What sync has to do with an act now. */
export function outboxStep(item: OutboxItem): 'send' | 'prove' | 'nothing' {
  if (item.isDone) return 'nothing';
  return item.state === 'recorded' ? 'send' : 'prove';
}

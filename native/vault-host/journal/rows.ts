import type { ActionId, CaseId, Iin, Sha256Hex } from '../../../core/kernel/index.ts';
import type { EntryKind, JournalAct } from '../../../core/journal/index.ts';
import type { DeskLevel } from '../../../core/log/index.ts';
import type { OutboxItem, OutboxState } from '../../../core/sync/index.ts';
import type { ActView } from '../../../contracts/vault-host/index.ts';

export type EntryRow = {
  readonly sequence: number;
  readonly kind: EntryKind;
  readonly at_ms: number;
  readonly header: string;
  readonly body: string;
};

export type ActRow = {
  readonly sequence: number;
  readonly action_id: ActionId;
  readonly entry_sequence: number;
  readonly hash: Sha256Hex;
  readonly type: string;
  readonly case_id: CaseId;
  readonly case_number: string | null;
  readonly iin: Iin;
  readonly certificate: Sha256Hex;
  readonly recorded_at_ms: number;
  readonly state: OutboxState;
  readonly is_done: 0 | 1;
  readonly refusal: string | null;
  readonly commitment: Sha256Hex | null;
  readonly promised_at_ms: number | null;
  readonly deadline_ms: number | null;
  readonly proven_at_ms: number | null;
  readonly log_index: number | null;
  readonly promise_entry: number | null;
  readonly receipt_entry: number | null;
  readonly level: DeskLevel | null;
};

/** Columns of `acts` that say how far an act came. */
export function outboxOf(row: ActRow): OutboxItem {
  return {
    state: row.state,
    isDone: row.is_done === 1,
    refusal: row.refusal,
    commitment: row.commitment,
    promisedAtMs: row.promised_at_ms,
    deadlineMs: row.deadline_ms,
    provenAtMs: row.proven_at_ms,
    logIndex: row.log_index,
    level: row.level,
  };
}

/** The act of a row, as the fold of the journal must tell it too. */
export function actOfRow(row: ActRow): JournalAct {
  return {
    actionId: row.action_id,
    sequence: row.sequence,
    entrySequence: row.entry_sequence,
    hash: row.hash,
    type: row.type,
    caseId: row.case_id,
    caseNumber: row.case_number,
    iin: row.iin,
    certificate: row.certificate,
    recordedAtMs: row.recorded_at_ms,
    outbox: outboxOf(row),
  };
}

/** The row of an act, its columns in the order of the table. */
export function rowOf(act: JournalAct): ActRow {
  const { outbox } = act;
  return {
    sequence: act.sequence,
    action_id: act.actionId,
    entry_sequence: act.entrySequence,
    hash: act.hash,
    type: act.type,
    case_id: act.caseId,
    case_number: act.caseNumber,
    iin: act.iin,
    certificate: act.certificate,
    recorded_at_ms: act.recordedAtMs,
    state: outbox.state,
    is_done: outbox.isDone ? 1 : 0,
    refusal: outbox.refusal,
    commitment: outbox.commitment,
    promised_at_ms: outbox.promisedAtMs,
    deadline_ms: outbox.deadlineMs,
    proven_at_ms: outbox.provenAtMs,
    log_index: outbox.logIndex,
    promise_entry: null,
    receipt_entry: null,
    level: outbox.level,
  };
}

/** False for an act of which nothing was heard: its entry alone says where it is. */
export function hasRow({ outbox }: JournalAct): boolean {
  return outbox.state !== 'recorded' || outbox.refusal !== null;
}

/** The act as main reads it; the rest is filled in by whoever knows it. */
export function viewOf(row: ActRow, known: Pick<ActView, 'caseNumber' | 'attestation'>): ActView {
  const { outbox, iin, certificate, ...act } = actOfRow(row);
  const { commitment: _commitment, level: _level, ...progress } = outbox;
  return { ...act, actor: { iin, certificate }, ...progress, ...known };
}

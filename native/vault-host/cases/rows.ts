import { canonicalize, type Json } from '../../../core/signing/index.ts';
import type { CaseEvent, CaseState } from '../../../core/actions/index.ts';
import { ok, refuse, type ActionId, type CaseId, type Result, type Sha256Hex } from '../../../core/kernel/index.ts';
import type { Store } from '../journal/store.ts';
import { absentCase, type ConfirmedCase } from './book.ts';
import { foldKept } from './told.ts';

export type CaseRow = {
  readonly case_id: CaseId;
  readonly revision: number;
  readonly hash: Sha256Hex;
  readonly changed_at_ms: number;
  readonly state: string;
};

export type ChangeRow = {
  readonly case_id: CaseId;
  readonly revision: number;
  readonly hash: Sha256Hex;
  readonly action_id: ActionId;
  readonly act_hash: Sha256Hex;
  readonly actor_name: string;
  readonly received_at_ms: number;
  readonly log_index: number | null;
  readonly event: string;
};

export const upsertCase = `insert into cases (case_id, revision, hash, changed_at_ms, state) values (?, ?, ?, ?, ?) on conflict (case_id)
  do update set revision = excluded.revision, hash = excluded.hash, changed_at_ms = excluded.changed_at_ms, state = excluded.state`;
export const insertChange = `insert into case_changes (case_id, revision, position, hash, action_id, act_hash, actor_name, received_at_ms,
  log_index, event) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

/** The case of a row. */
export function confirmedOf(row: CaseRow): ConfirmedCase {
  return {
    state: JSON.parse(row.state) as CaseState,
    revision: row.revision,
    hash: row.hash,
    changedAtMs: row.changed_at_ms,
  };
}

function sameState(folded: CaseState, kept: string): boolean {
  return canonicalize(folded as unknown as Json) === canonicalize(JSON.parse(kept) as Json);
}

function refold(rows: readonly ChangeRow[]): ConfirmedCase | undefined {
  let folded: ConfirmedCase | undefined = absentCase;
  for (const row of rows) {
    const { revision, hash, act_hash: actHash, received_at_ms: receivedAtMs } = row;
    const event = JSON.parse(row.event) as CaseEvent;
    folded = folded === undefined ? undefined : foldKept(folded, { revision, hash, actHash, receivedAtMs, event });
  }
  return folded;
}

/** Every case against the fold of its changes; the number of cases. */
export function checkCases(store: Store): Result<number, 'journal-damaged'> {
  let count = 0;
  for (const row of store.iterate<CaseRow>('select * from cases')) {
    const folded = refold(
      store.all<ChangeRow>('select * from case_changes where case_id = ? order by revision', row.case_id),
    );
    const isSame =
      folded !== undefined &&
      folded.revision === row.revision &&
      folded.hash === row.hash &&
      sameState(folded.state, row.state);
    if (!isSame) return refuse('journal-damaged', { where: 'case-view-differs', sequence: row.revision });
    count += 1;
  }
  return ok(count);
}

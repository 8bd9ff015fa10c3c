import type { ActionId, CaseId, Iin } from '../../../core/kernel/index.ts';
import type { VaultOutput, VaultRequest } from '../../../contracts/vault-host/index.ts';
import type { Journal } from '../journal/journal.ts';
import type { Cases } from './cases.ts';

type ToldAct = {
  readonly action_id: ActionId;
  readonly case_id: CaseId;
  readonly event: string;
  readonly at_ms: number;
  readonly log_index: number | null;
};

// The expression is that of the index.
const by = "json_extract(event, '$.by')";

/** What a person did on cases of either kind, newest first. */
export function actsOfPerson(
  { journal, cases }: { readonly journal: Journal; readonly cases: Cases },
  { iin, offset, limit }: VaultRequest<'people.acts'>,
): VaultOutput<'people.acts'> {
  const { store, acts } = journal;
  const columns = "action_id, case_id, json_extract(event, '$.type') as event, received_at_ms as at_ms, log_index";
  const page = `select ${columns} from case_changes where ${by} = ? order by received_at_ms desc, action_id limit ? offset ?`;
  const total = store.get<{ total: number }>(`select count(*) as total from case_changes where ${by} = ?`, iin)?.total;
  const items = store.all<ToldAct>(page, iin, limit, offset).map((row) => {
    const own = acts.told(row.action_id);
    return {
      ...{ actionId: row.action_id, caseId: row.case_id, caseNumber: cases.numberOf(row.case_id), event: row.event },
      ...{ atMs: row.at_ms, state: own?.state ?? null, logIndex: own === undefined ? row.log_index : own.log_index },
    };
  });
  return { total: total ?? 0, items };
}

/** When everybody did something last. */
export function lastActs({ store }: Journal): VaultOutput<'people.lastActs'> {
  const sql = `select ${by} as iin, max(received_at_ms) as at_ms from case_changes group by 1`;
  return { items: store.all<{ iin: Iin; at_ms: number }>(sql).map(({ iin, at_ms: atMs }) => ({ iin, atMs })) };
}

import { evolveRegistration, type Registration, type RegistrationEvent } from '../../../core/actions/index.ts';
import { ok, refuse, type ActionId, type CaseId, type Result, type Sha256Hex } from '../../../core/kernel/index.ts';
import { canonicalize, nextCaseHash, type ActEnvelope, type Json } from '../../../core/signing/index.ts';
import type { Change } from '../../../contracts/http/index.ts';
import type { CaseHistoryItem, CaseSummary, VaultRequest, VaultOutput } from '../../../contracts/vault-host/index.ts';
import { sha256 } from '../hash.ts';
import type { EntryBodies } from '../../../core/journal/index.ts';
import type { Journal } from '../journal/journal.ts';
import type { ActRow } from '../journal/rows.ts';
import type { Store } from '../journal/store.ts';
import {
  absentCase,
  layOver,
  lineOf,
  type CaseLine,
  type ConfirmedCase,
  type LaidOver,
  type PendingAct,
} from './book.ts';
import { queryCases } from './query.ts';

type CaseRow = {
  readonly case_id: CaseId;
  readonly revision: number;
  readonly hash: Sha256Hex;
  readonly changed_at_ms: number;
  readonly state: string;
};

type ChangeRow = {
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

const positionName = 'cases-position';
const upsertCase = `insert into cases (case_id, revision, hash, changed_at_ms, state) values (?, ?, ?, ?, ?) on conflict (case_id)
  do update set revision = excluded.revision, hash = excluded.hash, changed_at_ms = excluded.changed_at_ms, state = excluded.state`;
const insertChange = `insert into case_changes (case_id, revision, position, hash, action_id, act_hash, actor_name, received_at_ms,
  log_index, event) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;
function confirmedOf(row: CaseRow): ConfirmedCase {
  return {
    state: JSON.parse(row.state) as Registration,
    revision: row.revision,
    hash: row.hash,
    changedAtMs: row.changed_at_ms,
  };
}

/** States in which an act may still change its case. */
const pendingStates: readonly ActRow['state'][] = ['recorded', 'promised', 'overdue'];

/** Cases as the server told them, folded by the same rule, with own pending acts laid over; what lists need is in memory. */
export class Cases {
  readonly #journal: Journal;
  readonly #store: Store;
  readonly #claimTtlMs: number;
  readonly #lines = new Map<CaseId, CaseLine>();
  /** Cases whose line is older than the journal; brought up to date by the next reader. */
  readonly #stale = new Set<CaseId>();

  constructor(journal: Journal, options: { readonly claimTtlMs: number }) {
    this.#journal = journal;
    this.#store = journal.store;
    this.#claimTtlMs = options.claimTtlMs;
    for (const row of this.#store.iterate<CaseRow>('select * from cases'))
      this.#note(row.case_id, { ...confirmedOf(row), pending: [] });
    for (const { case_id } of journal.acts.waiting()) this.#stale.add(case_id);
  }

  /** Own acts that may still change one of these cases, in the order in which they were signed. */
  #pending(cases: ReadonlySet<CaseId>): ReadonlyMap<CaseId, readonly PendingAct[]> {
    const byCase = new Map<CaseId, PendingAct[]>();
    for (const row of this.#journal.acts.waiting()) {
      if (!cases.has(row.case_id) || !pendingStates.includes(row.state) || this.#isTold(row)) continue;
      const acts = byCase.get(row.case_id) ?? [];
      byCase.set(row.case_id, [...acts, this.#pendingAct(row)]);
    }
    return byCase;
  }

  #isTold(row: ActRow): boolean {
    const sql = 'select 1 as told from case_changes where case_id = ? and action_id = ?';
    return this.#store.get<{ told: 1 }>(sql, row.case_id, row.action_id) !== undefined;
  }

  #pendingAct(row: ActRow): PendingAct {
    const entry = this.#store.get<{ body: string }>('select body from entries where sequence = ?', row.entry_sequence);
    const { envelope } = JSON.parse(entry?.body ?? '{}') as EntryBodies['act'];
    return { actionId: row.action_id, hash: row.hash, envelope: JSON.parse(envelope) as ActEnvelope };
  }

  #note(caseId: CaseId, laid: LaidOver): void {
    const line = lineOf(caseId, laid);
    if (line === undefined) this.#lines.delete(caseId);
    else this.#lines.set(caseId, line);
  }

  #confirmed(caseId: CaseId): ConfirmedCase {
    const row = this.#store.get<CaseRow>('select * from cases where case_id = ?', caseId);
    return row === undefined ? absentCase : confirmedOf(row);
  }

  #laid(caseId: CaseId): LaidOver {
    const pending = this.#pending(new Set([caseId])).get(caseId) ?? [];
    return layOver(this.#confirmed(caseId), pending, this.#claimTtlMs);
  }

  /** To be called after every commit that touched the case or an own act on it. */
  refresh(caseId: CaseId): void {
    this.#stale.add(caseId);
  }

  #freshLines(): ReadonlyMap<CaseId, CaseLine> {
    if (this.#stale.size === 0) return this.#lines;
    const pending = this.#pending(this.#stale);
    for (const caseId of this.#stale)
      this.#note(caseId, layOver(this.#confirmed(caseId), pending.get(caseId) ?? [], this.#claimTtlMs));
    this.#stale.clear();
    return this.#lines;
  }

  get position(): number {
    return Number(this.#store.meta(positionName) ?? 0);
  }

  numberOf(caseId: CaseId): string | null {
    return this.#freshLines().get(caseId)?.summary.number ?? null;
  }

  /** All changes or none. Each must continue its case by revision and hash; what is held already is passed over. */
  apply(input: {
    readonly position: number;
    readonly changes: readonly Change[];
  }): Result<VaultOutput<'cases.apply'>, 'changes-out-of-order'> {
    const held = this.position;
    const fresh = input.changes.filter(({ position }) => position > held);
    const folded = this.#fold(fresh);
    const isOrdered = fresh.every(
      ({ position }, i) => position > (fresh[i - 1]?.position ?? held) && position <= input.position,
    );
    if (folded === undefined || !isOrdered) return refuse('changes-out-of-order', { position: held });
    if (input.position <= held) return ok({ position: held, changed: [] });
    this.#store.write(() => {
      for (const [caseId, { revision, hash, changedAtMs, state }] of folded) {
        this.#store.run(upsertCase, caseId, revision, hash, changedAtMs, JSON.stringify(state));
      }
      for (const change of fresh) this.#insert(change);
      this.#store.setMeta(positionName, String(input.position));
    });
    for (const caseId of folded.keys()) this.refresh(caseId);
    return ok({ position: input.position, changed: [...folded.keys()] });
  }

  #fold(changes: readonly Change[]): ReadonlyMap<CaseId, ConfirmedCase> | undefined {
    const folded = new Map<CaseId, ConfirmedCase>();
    for (const change of changes) {
      const next = foldChange(folded.get(change.case) ?? this.#confirmed(change.case), change);
      if (next === undefined) return undefined;
      folded.set(change.case, next);
    }
    return folded;
  }

  #insert({ case: caseId, revision, position, hash, act, event }: Change): void {
    const text = canonicalize(event as unknown as Json);
    this.#store.run(
      insertChange,
      caseId,
      revision,
      position,
      hash,
      act.id,
      act.hash,
      act.actorName,
      act.receivedAtMs,
      act.leafIndex,
      text,
    );
  }

  list({ withState, ...query }: VaultRequest<'cases.list'>): VaultOutput<'cases.list'> {
    const lines = this.#freshLines();
    const { items, total } = queryCases(lines.values(), query);
    const byStatus = { submitted: 0, claimed: 0, returned: 0, approved: 0, refused: 0 };
    for (const { summary } of lines.values()) byStatus[summary.status] += 1;
    const filled = withState
      ? items.map((item): CaseSummary => ({ ...item, state: this.#laid(item.caseId).state }))
      : [...items];
    return { items: filled, total, byStatus };
  }

  get(caseId: CaseId): Result<VaultOutput<'cases.get'>, 'case-absent'> {
    const laid = this.#laid(caseId);
    if (laid.state.status === 'absent') return refuse('case-absent');
    const { state, revision, hash, pending } = laid;
    const confirmed = this.#confirmed(caseId);
    return ok({
      ...{ caseId, state, revision, hash },
      pending: pending.map(({ actionId }) => actionId),
      confirmed: { state: confirmed.state, revision: confirmed.revision, hash: confirmed.hash },
      history: this.#history(caseId, laid),
    });
  }

  #history(caseId: CaseId, laid: LaidOver): CaseHistoryItem[] {
    const told = this.#store
      .all<ChangeRow>('select * from case_changes where case_id = ? order by revision', caseId)
      .map((row): CaseHistoryItem => {
        const own = this.#ownAct(row.action_id);
        const event = JSON.parse(row.event) as RegistrationEvent;
        const logIndex = own?.log_index ?? row.log_index;
        return {
          ...{
            revision: row.revision,
            actionId: row.action_id,
            actHash: row.act_hash,
            actorName: row.actor_name,
            logIndex,
          },
          ...{ event: event as CaseHistoryItem['event'], isConfirmed: true, state: own?.state ?? null },
        };
      });
    const own = laid.pending.map(({ revision, actionId, hash, event }): CaseHistoryItem => ({
      ...{ revision, actionId, actHash: hash, actorName: null, logIndex: null },
      ...{ event: event as CaseHistoryItem['event'], isConfirmed: false, state: this.#ownAct(actionId)?.state ?? null },
    }));
    return [...told, ...own];
  }

  #ownAct(actionId: ActionId): ActRow | undefined {
    return this.#journal.acts.row(actionId);
  }
}

type Told = {
  readonly revision: number;
  readonly hash: Sha256Hex;
  readonly act: { readonly hash: Sha256Hex; readonly receivedAtMs: number };
  readonly event: RegistrationEvent;
};

/** The case after one more change, or `undefined` where it does not continue the case. */
function foldChange(before: ConfirmedCase, change: Told): ConfirmedCase | undefined {
  const { revision, hash, act, event } = change;
  if (revision !== before.revision + 1 || hash !== nextCaseHash(sha256, before.hash, act.hash)) return undefined;
  if ((event.type === 'submitted') === (before.state.status !== 'absent' && before.state.status !== 'returned'))
    return undefined;
  return { state: evolveRegistration(before.state, event), revision, hash, changedAtMs: act.receivedAtMs };
}

/** Every case against the fold of its changes; the number of cases. */
export function checkCases(store: Store): Result<number, 'journal-damaged'> {
  let count = 0;
  for (const row of store.iterate<CaseRow>('select * from cases')) {
    let folded: ConfirmedCase | undefined = absentCase;
    for (const change of store.all<ChangeRow>(
      'select * from case_changes where case_id = ? order by revision',
      row.case_id,
    )) {
      const event = JSON.parse(change.event) as RegistrationEvent;
      const act = { hash: change.act_hash, receivedAtMs: change.received_at_ms };
      folded =
        folded === undefined
          ? undefined
          : foldChange(folded, { revision: change.revision, hash: change.hash, act, event });
    }
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

function sameState(folded: Registration, kept: string): boolean {
  return canonicalize(folded as unknown as Json) === canonicalize(JSON.parse(kept) as Json);
}

import { isAccessCase, isRegistration, type Registration } from '../../../core/actions/index.ts';
import { ok, refuse, type ActionId, type CaseId, type Result } from '../../../core/kernel/index.ts';
import type { ActEnvelope } from '../../../core/signing/index.ts';
import type {
  CaseSummary,
  HeldChange,
  ToldChange,
  VaultRequest,
  VaultOutput,
} from '../../../contracts/vault-host/index.ts';
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
import { Feed } from './feed.ts';
import { LaterPolicies } from './policies.ts';
import { queryCases } from './query.ts';
import { confirmedOf, type CaseRow, type ChangeRow } from './rows.ts';
import { readSignature } from './signatures.ts';
import type { FeedName, FeedRule } from './told.ts';

/** States in which an act may still change its case. */
const pendingStates: readonly ActRow['state'][] = ['recorded', 'promised', 'overdue'];

/** The state of a case of the list of registrations. */
function registrationOf({ state }: ConfirmedCase): Registration {
  return isAccessCase(state) ? { status: 'absent' } : state;
}

type Item<Verb extends 'cases.get' | 'access.get'> = VaultOutput<Verb>['history'][number];

/** Cases as the server told them, folded by the same rule, with own pending acts laid over; what lists need is in memory. */
export class Cases {
  readonly #journal: Journal;
  readonly #store: Store;
  readonly #claimTtlMs: FeedRule['claimTtlMs'];
  readonly policies: LaterPolicies;
  readonly #feeds: Readonly<Record<FeedName, Feed>>;
  readonly #lines = new Map<CaseId, CaseLine>();
  /** Cases whose line is older than the journal; brought up to date by the next reader. */
  readonly #stale = new Set<CaseId>();
  /** Changes of rights that a feed told of, or that were begun here, by when they were touched last; those touched last stand last. */
  readonly #rights = new Map<CaseId, number>();
  #mark = 0;

  constructor(journal: Journal, rule: FeedRule) {
    this.#journal = journal;
    this.#store = journal.store;
    this.policies = new LaterPolicies(journal.store);
    this.#claimTtlMs = (version) => this.policies.claimTtlMs(version) ?? rule.claimTtlMs(version);
    const feed = (name: FeedName): Feed =>
      new Feed(
        journal.store,
        name,
        { ...rule, claimTtlMs: this.#claimTtlMs },
        (actionId) => this.#ownAct(actionId) !== undefined,
      );
    this.#feeds = { cases: feed('cases'), access: feed('access') };
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
    if (isAccessCase(laid.state)) {
      this.#mark += 1;
      this.#rights.delete(caseId);
      this.#rights.set(caseId, this.#mark);
    }
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

  position(feed: FeedName): number {
    return this.#feeds[feed].position;
  }

  numberOf(caseId: CaseId): string | null {
    return this.#freshLines().get(caseId)?.summary.number ?? null;
  }

  /** What the server tells, as far as it holds. */
  apply(feed: FeedName, changes: readonly ToldChange[]): Result<VaultOutput<'cases.apply'>, 'changes-out-of-order'> {
    const applied = this.#feeds[feed].apply(changes);
    if (applied.ok) for (const caseId of applied.value.changed) this.refresh(caseId);
    return applied;
  }

  list({ withState, ...query }: VaultRequest<'cases.list'>): VaultOutput<'cases.list'> {
    const lines = this.#freshLines();
    const { items, total } = queryCases(lines.values(), query);
    const byStatus = { submitted: 0, claimed: 0, returned: 0, approved: 0, refused: 0 };
    for (const { summary } of lines.values()) byStatus[summary.status] += 1;
    const filled = withState
      ? items.map((item): CaseSummary => ({ ...item, state: registrationOf(this.#laid(item.caseId)) }))
      : [...items];
    return { items: filled, total, byStatus };
  }

  get(caseId: CaseId): Result<VaultOutput<'cases.get'>, 'case-absent'> {
    const laid = this.#laid(caseId);
    if (!isRegistration(laid.state)) return refuse('case-absent');
    const { state, revision, hash, pending } = laid;
    const confirmed = this.#confirmed(caseId);
    return ok({
      ...{ caseId, state, revision, hash },
      pending: pending.map(({ actionId }) => actionId),
      confirmed: { state: registrationOf(confirmed), revision: confirmed.revision, hash: confirmed.hash },
      history: this.#history<'cases.get'>(caseId, laid),
    });
  }

  #change(caseId: CaseId, laid: LaidOver): HeldChange | undefined {
    const { state, revision, hash, pending } = laid;
    const sql = 'select max(position) as position from case_changes where case_id = ?';
    const position = this.#store.get<{ position: number | null }>(sql, caseId)?.position ?? null;
    const told = this.#confirmed(caseId).state;
    if (!isAccessCase(state)) return undefined;
    return {
      ...{ caseId, state, revision, hash, pending: pending.map(({ actionId }) => actionId) },
      told: position === null || !isAccessCase(told) ? null : { state: told, position },
    };
  }

  /** Changes of rights that were touched after a mark. */
  listChanges({ after, limit }: VaultRequest<'access.list'>): VaultOutput<'access.list'> {
    this.#freshLines();
    const touched = [...this.#rights].filter(([, mark]) => mark > after);
    const page = touched.slice(0, limit);
    const pending = this.#pending(new Set(page.map(([caseId]) => caseId)));
    const items = page.flatMap(([caseId]) => {
      const laid = layOver(this.#confirmed(caseId), pending.get(caseId) ?? [], this.#claimTtlMs);
      return this.#change(caseId, laid) ?? [];
    });
    return { items, mark: page.at(-1)?.[1] ?? after, hasMore: page.length < touched.length };
  }

  getChange(caseId: CaseId): Result<VaultOutput<'access.get'>, 'case-absent'> {
    const laid = this.#laid(caseId);
    const change = this.#change(caseId, laid);
    return change === undefined
      ? refuse('case-absent')
      : ok({ ...change, history: this.#history<'access.get'>(caseId, laid) });
  }

  /** The case of an own act, or of one that the feed told of. */
  ofAction(actionId: ActionId): CaseId | null {
    const own = this.#journal.acts.row(actionId)?.case_id;
    const sql = 'select case_id from case_changes where action_id = ?';
    return own ?? this.#store.get<{ case_id: CaseId }>(sql, actionId)?.case_id ?? null;
  }

  signature(wanted: VaultRequest<'cases.signature'>): ReturnType<typeof readSignature> {
    return readSignature(this.#journal, wanted);
  }

  /** Answers the events of the kind of the case. */
  #history<Verb extends 'cases.get' | 'access.get'>(caseId: CaseId, laid: LaidOver): Item<Verb>[] {
    const told = this.#store
      .all<ChangeRow>('select * from case_changes where case_id = ? order by revision', caseId)
      .map((row) => {
        const own = this.#journal.acts.told(row.action_id);
        const event = JSON.parse(row.event) as Item<Verb>['event'];
        // The place of an own act is known by its receipt alone.
        const logIndex = own === undefined ? row.log_index : own.log_index;
        return {
          ...{
            revision: row.revision,
            actionId: row.action_id,
            actHash: row.act_hash,
            actorName: row.actor_name,
            logIndex,
            attestation: own === undefined ? null : this.#journal.acts.attestation(own),
          },
          ...{ event, isConfirmed: true, state: own?.state ?? null },
        };
      });
    const own = laid.pending.map(({ revision, actionId, hash, event }) => ({
      ...{ revision, actionId, actHash: hash, actorName: null, logIndex: null, attestation: null },
      ...{ event: event as Item<Verb>['event'], isConfirmed: false, state: this.#ownAct(actionId)?.state ?? null },
    }));
    return [...told, ...own] as Item<Verb>[];
  }

  #ownAct(actionId: ActionId): ActRow | undefined {
    return this.#journal.acts.row(actionId);
  }
}

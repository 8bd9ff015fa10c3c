import type { Registration, RegistrationForm } from '../../core/actions/index.ts';
import { ok, refuse, type CaseId, type Iin, type Result } from '../../core/kernel/index.ts';
import type {
  CaseSummary as CaseRow,
  CaseView,
  HistoryItem,
  OperatorInput,
  OperatorOutput,
} from '../../contracts/ipc/index.ts';
import type { CaseHistoryItem, CaseSummary, VaultInput, VaultOutput } from '../../contracts/vault-host/index.ts';
import { actState } from './act-state.ts';
import { checksOf, flagsOf } from './checks.ts';
import type { Engine, Shift } from './context.ts';
import { allowedActs } from './registration-draft.ts';

type Filter = Omit<VaultInput<'cases.list'>, 'offset' | 'limit' | 'withState' | 'sort'>;
type ListInput = OperatorInput<'cases.list'>;

const pageMax = 500;
const views = ['needs-me', 'all', 'mine', 'decided'] as const;

function filterOf(
  shift: Shift,
  view: ListInput['view'],
  rest: Pick<ListInput, 'statuses' | 'query'>,
  nowMs: number,
): Filter {
  const none: Filter = { ...rest, claimedBy: null, decidedBy: null, notSubmittedBy: null, openFor: null };
  switch (view) {
    case 'needs-me':
      return { ...none, openFor: { iin: shift.iin, nowMs }, notSubmittedBy: shift.iin };
    case 'mine':
      return { ...none, claimedBy: shift.iin };
    case 'decided':
      return { ...none, statuses: rest.statuses.length > 0 ? rest.statuses : ['approved', 'refused', 'returned'] };
    case 'all':
      return none;
  }
}

function formOf(state: Registration | null): RegistrationForm | undefined {
  return state === null || state.status === 'absent' ? undefined : state.form;
}

/** Cases by the IIN that they name, for the check against double registration; dropped whenever a case changed. */
export class Duplicates {
  #byIin: Map<string, { readonly caseId: string; readonly number: string }[]> | undefined;

  forget(): void {
    this.#byIin = undefined;
  }

  async numberOfOther(engine: Engine, iin: Iin, caseId: string): Promise<string | undefined> {
    this.#byIin ??= await readAll(engine);
    return this.#byIin.get(iin)?.find((one) => one.caseId !== caseId)?.number;
  }
}

async function readAll(engine: Engine): Promise<Map<string, { caseId: string; number: string }[]>> {
  const byIin = new Map<string, { caseId: string; number: string }[]>();
  const filter = {
    statuses: [],
    query: '',
    claimedBy: null,
    decidedBy: null,
    notSubmittedBy: null,
    openFor: null,
    sort: 'number',
  } as const;
  for (let offset = 0; ; offset += pageMax) {
    const page = await engine.vault.call('cases.list', {
      ...filter,
      statuses: [],
      offset,
      limit: pageMax,
      withState: true,
    });
    if (!page.ok) return byIin;
    for (const item of page.value.items) {
      const iin = formOf(item.state)?.person.iin;
      if (iin !== undefined) byIin.set(iin, [...(byIin.get(iin) ?? []), { caseId: item.caseId, number: item.number }]);
    }
    if (page.value.items.length < pageMax) return byIin;
  }
}

/** Names of people of the operator as the history of a case tells them. */
async function holderName(engine: Engine, item: CaseSummary, shift: Shift): Promise<string> {
  if (item.claim === null) return '';
  if (item.claim.by === shift.iin) return shift.name;
  const found = await engine.vault.call('cases.get', { caseId: item.caseId });
  const name = found.ok
    ? found.value.history.findLast(({ event }) => event.by === item.claim?.by)?.actorName
    : undefined;
  return name ?? item.claim.by;
}

async function rowOf(engine: Engine, shift: Shift, item: CaseSummary, flags: number): Promise<CaseRow> {
  const claim = item.claim;
  return {
    id: item.caseId,
    number: item.number,
    kind: item.kind,
    name: item.name,
    status: item.status,
    submittedAtMs: item.submittedAtMs,
    changedAtMs: item.changedAtMs,
    claimedBy:
      claim === null
        ? null
        : { name: await holderName(engine, item, shift), isMe: claim.by === shift.iin, untilMs: claim.untilMs },
    flags,
    isPending: item.pending.length > 0,
  };
}

/** A page of the queue, with how many rows each of the other views would have. */
export async function listCases(
  engine: Engine,
  shift: Shift,
  duplicates: Duplicates,
  input: ListInput,
): Promise<Result<OperatorOutput<'cases.list'>>> {
  const nowMs = engine.serverClock.serverNowMs();
  const { sort, offset, limit } = input;
  const filter = filterOf(shift, input.view, input, nowMs);
  const page = await engine.vault.call('cases.list', { ...pick(filter), sort, offset, limit, withState: true });
  if (!page.ok) return page;
  const counts: Record<string, number> = { ...page.value.byStatus };
  for (const view of views) {
    const counted = await engine.vault.call('cases.list', {
      ...pick(filterOf(shift, view, { statuses: [], query: '' }, nowMs)),
      sort,
      offset: 0,
      limit: 1,
      withState: false,
    });
    if (!counted.ok) return counted;
    counts[view] = counted.value.total;
  }
  const items: CaseRow[] = [];
  for (const item of page.value.items) {
    const form = formOf(item.state);
    const duplicateNumber =
      form === undefined ? undefined : await duplicates.numberOfOther(engine, form.person.iin, item.caseId);
    const submission = { byName: '', isVerified: true, index: null };
    const flags = form === undefined ? 0 : flagsOf(checksOf(form, { nowMs, duplicateNumber, submission }));
    items.push(await rowOf(engine, shift, item, flags));
  }
  return ok({ total: page.value.total, items, counts });
}

function pick(filter: Filter): Filter {
  const { statuses, query, claimedBy, decidedBy, notSubmittedBy, openFor } = filter;
  return { statuses, query, claimedBy, decidedBy, notSubmittedBy, openFor };
}

/** The acts that events of a registration come from. */
export const typesOfEvents = {
  submitted: 'registration.submit',
  claimed: 'registration.claim',
  released: 'registration.release',
  returned: 'registration.return',
  approved: 'registration.approve',
  refused: 'registration.refuse',
} as const;

function historyItem(item: CaseHistoryItem, shift: Shift): HistoryItem {
  const { event } = item;
  const hasReasons = event.type === 'returned' || event.type === 'refused';
  return {
    actionId: item.actionId,
    type: typesOfEvents[event.type],
    byName: item.actorName ?? (event.by === shift.iin ? shift.name : event.by),
    byIin: event.by,
    atMs: event.atMs,
    reasons: hasReasons ? [...event.reasons] : [],
    note: hasReasons || event.type === 'approved' ? event.note : '',
    state: actState(item.state),
    logIndex: item.logIndex,
    attestation: item.attestation,
    hash: item.actHash,
  };
}

function summaryOf(found: VaultOutput<'cases.get'>): CaseSummary | undefined {
  const { state, caseId, revision, hash, pending, history } = found;
  if (state.status === 'absent') return undefined;
  const { form } = state;
  return {
    caseId,
    number: form.number,
    kind: form.kind,
    name:
      form.organisation?.name ??
      [form.person.surname, form.person.givenName, form.person.patronymic].filter((part) => part !== '').join(' '),
    status: state.status,
    submittedAtMs: state.submittedAtMs,
    changedAtMs: history.at(-1)?.event.atMs ?? state.submittedAtMs,
    submitters: [...state.submitters],
    claim: state.claim,
    revision,
    hash,
    pending,
    state,
  };
}

/** A case with its checks, its history and what this person may do with it now. */
export async function readCaseView(
  engine: Engine,
  shift: Shift,
  duplicates: Duplicates,
  id: string,
): Promise<Result<CaseView>> {
  const found = await engine.vault.call('cases.get', { caseId: id as CaseId });
  if (!found.ok) return found;
  const summary = summaryOf(found.value);
  if (summary === undefined || found.value.state.status === 'absent') return refuse('case-absent');
  const { form } = found.value.state;
  const submitted = found.value.history.findLast(({ event }) => event.type === 'submitted');
  // What the feed told was folded only with a verified signature; the place in the log is known here of own acts alone.
  const submission = {
    byName: submitted?.actorName ?? (submitted?.event.by === shift.iin ? shift.name : ''),
    isVerified: submitted?.isConfirmed === true || submitted?.state === 'logged',
    index: submitted?.state === 'logged' ? submitted.logIndex : null,
  };
  const duplicateNumber = await duplicates.numberOfOther(engine, form.person.iin, summary.caseId);
  const checks = checksOf(form, { nowMs: engine.serverClock.serverNowMs(), duplicateNumber, submission });
  return ok({
    summary: await rowOf(engine, shift, summary, flagsOf(checks)),
    form,
    checks,
    history: found.value.history.map((item) => historyItem(item, shift)),
    allowed: allowedActs(engine, shift, found.value.state).map(({ type, refusal }) => ({ type, refusal })),
    revision: summary.revision,
  });
}

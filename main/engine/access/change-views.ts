import {
  personHash,
  type AccessCase,
  type AccessChange,
  type AccessCommand,
  type AccessEvent,
} from '../../../core/access/index.ts';
import { ok, type CaseId, type Iin, type Json, type Result } from '../../../core/kernel/index.ts';
import { sha256 } from '../../../eds/index.ts';
import type {
  ChangeSummary,
  ChangeView,
  HistoryItem,
  ScreenInput,
  ScreenOutput,
} from '../../../contracts/ipc/index.ts';
import type { HeldChange, VaultOutput } from '../../../contracts/vault-host/index.ts';
import { actState } from '../act-state.ts';
import type { Engine, Shift } from '../context.ts';
import { readBlockedActs, shownBlockedAct, toldOf } from './blocked-acts.ts';
import { judgeHere, subjectOf } from './draft.ts';
import { openingView } from './openings.ts';
import { recentRegistry, type HeldRegistry } from './registry.ts';

type Begun = Exclude<AccessCase, { status: 'absent' }>;

/** A page of a list, with where the next one begins. */
export function pageOf<One>(
  all: readonly One[],
  { offset, limit }: { readonly offset: number; readonly limit: number },
): { total: number; next: number | null; items: One[] } {
  const end = offset + limit;
  return { total: all.length, next: end < all.length ? end : null, items: all.slice(offset, end) };
}

/** Somebody by the name that his record has; without one by his number. */
export function named({ state }: HeldRegistry, iin: Iin): { readonly iin: Iin; readonly name: string } {
  return { iin, name: state.people.get(iin)?.record.name ?? iin };
}

const states = {
  proposed: 'waiting',
  confirmed: 'confirmed',
  declined: 'declined',
  withdrawn: 'withdrawn',
  blocked: 'in-force',
} as const;

function whatOf(change: AccessChange): ChangeSummary['what'] {
  switch (change.kind) {
    case 'staff': {
      const { before, record } = change;
      if (before === null) return 'new';
      if (record.standing === 'dismissed') return 'dismissed';
      // A block is part of the hash: another hash than that of the record alone is that of a blocked person.
      return before.hash === personHash(sha256, before.record, null) ? 'changed' : 'unblocked';
    }
    case 'device':
      if (change.before === null) return 'new';
      return change.record.standing === 'retired' ? 'retired' : 'changed';
    case 'policy':
      return 'changed';
    case 'review':
      return 'reviewed';
    case 'release':
      return 'released';
    case 'alarm':
      return 'closed';
  }
}

/** Acts by which an open change ends. */
const endings: readonly AccessCommand[] = [
  { type: 'access.confirm', payload: {} },
  { type: 'access.decline', payload: { note: '' } },
  { type: 'access.withdraw', payload: { note: '' } },
];
const [, decline] = endings;

/** A change in a line. It is for whoever may be its second person, whatever has become of the record meanwhile. */
export function changeSummary(
  engine: Engine,
  shift: Shift,
  registry: HeldRegistry,
  { caseId, state }: Pick<HeldChange, 'caseId' | 'state'>,
): ChangeSummary {
  const isBlock = !('change' in state);
  const isMine = state.author === shift.iin;
  const isOpen = state.status === 'proposed' && decline !== undefined;
  return {
    caseId,
    kind: isBlock ? 'block' : state.change.kind,
    subject: subjectOf(state),
    what: isBlock ? 'blocked' : whatOf(state.change),
    state: states[state.status],
    author: named(registry, state.author),
    proposedAtMs: state.proposedAtMs,
    reason: state.reason,
    isMine,
    isForMe: isOpen && judgeHere(engine, shift, registry, { before: state, command: decline }) === undefined,
  };
}

const newestFirst = (one: ChangeSummary, other: ChangeSummary): number =>
  other.proposedAtMs - one.proposedAtMs || (one.caseId < other.caseId ? -1 : 1);

/** Every change in a line, newest first. */
export function changeSummaries(engine: Engine, shift: Shift, registry: HeldRegistry): readonly ChangeSummary[] {
  return registry.changes.map((change) => changeSummary(engine, shift, registry, change)).toSorted(newestFirst);
}

const views = {
  'for-me': ({ isForMe }: ChangeSummary) => isForMe,
  mine: ({ isMine }: ChangeSummary) => isMine,
  all: () => true,
} as const;

/** Changes of a view, newest first, with how many the others hold. */
export async function listChanges(
  engine: Engine,
  shift: Shift,
  { view, ...page }: ScreenInput<'changes.list'>,
): Promise<Result<ScreenOutput<'changes.list'>>> {
  const registry = await recentRegistry(engine, shift);
  if (!registry.ok) return registry;
  const all = changeSummaries(engine, shift, registry.value);
  const counts = Object.fromEntries(Object.entries(views).map(([name, isIn]) => [name, all.filter(isIn).length]));
  return ok({ ...pageOf(all.filter(views[view]), page), counts });
}

/** The acts that events of a change come from. */
export const actsOfEvents = {
  proposed: 'access.propose',
  confirmed: 'access.confirm',
  declined: 'access.decline',
  withdrawn: 'access.withdraw',
  blocked: 'access.block',
} as const satisfies Readonly<Record<AccessEvent['type'], string>>;

function historyItem(registry: HeldRegistry, item: VaultOutput<'access.get'>['history'][number]): HistoryItem {
  const { event, actionId, actorName, logIndex, attestation } = item;
  return {
    ...{ actionId, type: actsOfEvents[event.type], byIin: event.by, atMs: event.atMs, logIndex, attestation },
    byName: actorName ?? named(registry, event.by).name,
    reasons: [],
    note: 'note' in event ? event.note : '',
    state: actState(item.state),
    hash: item.actHash,
  };
}

const asJson = (record: unknown): Json => record as Json;

function sidesOf(state: Begun): Pick<ChangeView, 'before' | 'after' | 'opening' | 'people'> {
  const none = { before: null, after: null, opening: null, people: [] };
  if (!('change' in state)) return none;
  const { change } = state;
  if (change.kind === 'release') return none;
  if (change.kind === 'alarm') return { ...none, opening: openingView(change.leaf, change.record) };
  if (change.kind !== 'review')
    return { ...none, before: asJson(change.before?.record ?? null), after: asJson(change.record) };
  const people = change.people.map(({ iin, name, roles, decision }) => ({ iin, name, roles: [...roles], decision }));
  return { ...none, people };
}

/** The acts of a release, with what the server tells of each: whoever signs second sees what was verified at his own desk. */
async function actsOf(engine: Engine, shift: Shift, state: Begun): Promise<Result<ChangeView['acts']>> {
  if (!('change' in state) || state.change.kind !== 'release') return ok([]);
  const read = await readBlockedActs(engine, shift, state.change.iin);
  if (!read.ok) return read;
  const acts: ChangeView['acts'] = [];
  for (const act of state.change.acts) {
    const found = read.value.find((one) => one.act.hash === act.hash);
    acts.push({ ...shownBlockedAct(act), told: found === undefined ? null : await toldOf(engine, found) });
  }
  return ok(acts);
}

function allowedOf(engine: Engine, shift: Shift, registry: HeldRegistry, state: Begun): ChangeView['allowed'] {
  return endings
    .filter(({ type }) => type !== 'access.withdraw' || state.author === shift.iin)
    .map((command) => {
      const code = judgeHere(engine, shift, registry, { before: state, command });
      return {
        type: command.type as ChangeView['allowed'][number]['type'],
        refusal: code === undefined ? null : { code },
      };
    });
}

/** One change with its record before and after, its history, and what this person may do with it now. */
export async function readChange(engine: Engine, shift: Shift, id: string): Promise<Result<ChangeView>> {
  const registry = await recentRegistry(engine, shift);
  if (!registry.ok) return registry;
  const found = await engine.vault.call('access.get', { caseId: id as CaseId });
  if (!found.ok) return found;
  const { state, history } = found.value;
  const acts = await actsOf(engine, shift, state);
  if (!acts.ok) return acts;
  const end = 'end' in state ? state.end : null;
  return ok({
    summary: changeSummary(engine, shift, registry.value, found.value),
    ...sidesOf(state),
    acts: acts.value,
    basis: state.basis,
    end: end === null ? null : { by: named(registry.value, end.by), atMs: end.atMs, note: end.note },
    allowed: allowedOf(engine, shift, registry.value, state),
    policyVersion: shift.enrolment.policy.version,
    history: history.map((item) => historyItem(registry.value, item)),
  });
}

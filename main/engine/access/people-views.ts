import {
  endsSoon,
  findPeople,
  mayChange,
  outOfForce,
  peopleOf,
  standingOf,
  type ChangeKind,
  type Person,
  type TermRules,
} from '../../../core/access/index.ts';
import { ok, refuse, type Iin, type Result } from '../../../core/kernel/index.ts';
import type { PersonAct, PersonSummary, PersonView, ScreenInput, ScreenOutput } from '../../../contracts/ipc/index.ts';
import type { HeldAct, HeldChange } from '../../../contracts/vault-host/index.ts';
import { actState } from '../act-state.ts';
import { typesOfEvents } from '../case-views.ts';
import type { Engine, Shift } from '../context.ts';
import { actsOfEvents, changeSummaries, named, pageOf } from './change-views.ts';
import { judgeHere, subjectOf } from './draft.ts';
import { readHeldChanges } from './held-changes.ts';
import { readOwnPerson } from './own-account.ts';
import { readRegistry, type HeldRegistry } from './registry.ts';

/** What the list is made of beside the records. */
type Beside = {
  readonly nowMs: number;
  readonly me: Iin;
  readonly terms: TermRules | undefined;
  readonly lastActs: ReadonlyMap<Iin, number>;
  /** Whom the server has not seen for too long: it alone sees every sign-in. */
  readonly idle: ReadonlySet<Iin>;
};

const isAbout =
  (iin: Iin) =>
  ({ state }: Pick<HeldChange, 'state'>): boolean =>
    'change' in state ? peopleOf(state.change).includes(iin) : state.iin === iin;

function summaryOf(
  { changes, verified }: HeldRegistry,
  { record, block, hash, reviewedAtMs }: Person,
  { nowMs, me, terms, lastActs, idle }: Beside,
): PersonSummary {
  const { iin, name, employeeNumber, roles, contract, validUntilMs, certificates } = record;
  return {
    ...{ iin, name, employeeNumber, roles: [...roles], validUntilMs, hash, reviewedAtMs },
    standing: standingOf(record, { isBlocked: block !== null, isIdle: idle.has(iin) }, nowMs),
    contract: contract === null ? null : { number: contract.number, party: contract.party },
    endsSoon: endsSoon(record, terms, nowMs),
    certificates: certificates.length,
    isMe: iin === me,
    isVerified: verified.people.has(iin),
    lastActMs: lastActs.get(iin) ?? null,
    waiting: changes.filter((change) => change.state.status === 'proposed' && isAbout(iin)(change)).length,
  };
}

async function readBeside(engine: Engine, shift: Shift, { view }: HeldRegistry): Promise<Result<Beside>> {
  const last = await engine.vault.call('people.lastActs', null);
  if (!last.ok) return last;
  const lastActs = new Map(last.value.items.map(({ iin, atMs }) => [iin, atMs]));
  const idle = new Set(view.people.filter(({ isIdle }) => isIdle).map(({ record }) => record.iin));
  const { terms } = shift.enrolment.policy;
  return ok({ nowMs: engine.serverClock.serverNowMs(), me: shift.iin, terms, lastActs, idle });
}

/** The people whom a quest finds. */
export async function listPeople(
  engine: Engine,
  shift: Shift,
  { offset, limit, ...quest }: ScreenInput<'people.list'>,
): Promise<Result<ScreenOutput<'people.list'>>> {
  const registry = await readRegistry(engine, shift);
  if (!registry.ok) return registry;
  const beside = await readBeside(engine, shift, registry.value);
  if (!beside.ok) return beside;
  const people = [...registry.value.state.people.values()];
  const all = people.map((person) => summaryOf(registry.value, person, beside.value));
  const { review } = registry.value.view;
  const waiting = review.state === 'unruled' ? {} : { 'review-due': review.due, 'review-overdue': review.overdue };
  return ok({ ...pageOf(findPeople(all, quest), { offset, limit }), counts: { all: all.length, ...waiting } });
}

type Whether = { readonly code: string } | null;

/** Why the person of this shift may propose no change of this kind about somebody, whatever it would say; `null` where he may. */
export function mayPropose(
  engine: Engine,
  shift: Shift,
  { state }: HeldRegistry,
  { about, kind }: { readonly about: Iin; readonly kind: ChangeKind },
): Whether {
  const nowMs = engine.serverClock.serverNowMs();
  const { policy } = shift.enrolment;
  const person = state.people.get(shift.iin);
  const out = outOfForce(person, nowMs);
  if (out !== undefined) return { code: out };
  if (about === shift.iin) return { code: 'change-own-record' };
  return mayChange(policy, person, { kind, part: 'propose', nowMs }) ? null : { code: 'change-not-allowed' };
}

function mayBlock(engine: Engine, shift: Shift, registry: HeldRegistry, { iin, name }: Person['record']): Whether {
  const command = { type: 'access.block', payload: { iin, name, reason: '—', basis: '—' } } as const;
  const code = judgeHere(engine, shift, registry, { before: { status: 'absent' }, command });
  return code === undefined ? null : { code };
}

/** Changes of one person that are shown, newest first. */
const changesMax = 512;

/** One person with his record, his block, and every change of it. Who reads no rights reads himself, and nobody else. */
export async function readPerson(engine: Engine, shift: Shift, iin: string): Promise<Result<PersonView>> {
  const registry = await readRegistry(engine, shift);
  if (!registry.ok) {
    const isOwnOnly = registry.refusal.code === 'read-not-allowed' && iin === shift.iin;
    return isOwnOnly ? readOwnPerson(engine, shift) : registry;
  }
  const person = registry.value.state.people.get(iin as Iin);
  if (person === undefined) return refuse('person-unknown');
  const beside = await readBeside(engine, shift, registry.value);
  if (!beside.ok) return beside;
  const { record, block } = person;
  const about = registry.value.changes.filter(isAbout(record.iin));
  const { roles, certificates, contract } = record;
  return ok({
    summary: summaryOf(registry.value, person, beside.value),
    record: {
      ...record,
      roles: [...roles],
      certificates: [...certificates],
      contract: contract === null ? null : { ...contract },
    },
    block: block === null ? null : { by: named(registry.value, block.by), atMs: block.atMs, reason: block.reason },
    changes: changeSummaries(engine, shift, { ...registry.value, changes: about }).slice(0, changesMax),
    policyVersion: shift.enrolment.policy.version,
    propose: mayPropose(engine, shift, registry.value, { about: record.iin, kind: 'staff' }),
    blocking: mayBlock(engine, shift, registry.value, record),
  });
}

const typesOfAll: Readonly<Record<string, string>> = { ...typesOfEvents, ...actsOfEvents };

function actView(act: HeldAct, changes: readonly HeldChange[]): PersonAct {
  const { actionId, caseId, caseNumber, event, atMs, state, logIndex } = act;
  const change = changes.find((one) => one.caseId === caseId)?.state;
  return {
    ...{ actionId, caseId, atMs, logIndex },
    type: typesOfAll[event] ?? event,
    subject: caseNumber ?? (change === undefined ? '' : subjectOf(change)),
    state: actState(state),
  };
}

/** What a person did, newest first, as this desk has verified it. */
export async function listActsOf(
  engine: Engine,
  shift: Shift,
  { iin, offset, limit }: ScreenInput<'people.acts'>,
): Promise<Result<ScreenOutput<'people.acts'>>> {
  const acts = await engine.vault.call('people.acts', { iin: iin as Iin, offset, limit });
  if (!acts.ok) return acts;
  const held = await readHeldChanges(engine, shift);
  if (!held.ok) return held;
  const { total, items } = acts.value;
  const next = offset + items.length < total ? offset + items.length : null;
  return ok({ total, next, items: items.map((act) => actView(act, held.value.changes)) });
}

import { evolveRegistry, type PolicyDocument, type RegistryState } from '../../core/access/index.ts';
import { assert, refuse, ok, type Result, type Sha256Hex } from '../../core/kernel/index.ts';
import { caseStart, type CaseFold } from '../../core/replay/index.ts';
import { sha256 } from '../../eds/index.ts';
import { sourceOfAct } from '../accounts/index.ts';
import type { DataKey } from '../keys/index.ts';
import type { Platform } from '../platform/index.ts';
import {
  insertActs,
  insertCaseNumbers,
  insertChanges,
  leafStatements,
  readKnownActs,
  writeCases,
  writeTogether,
  type ChainPlace,
  type KeyDraft,
  type Row,
} from '../store/index.ts';
import type { Admission, IntakeContext } from './admission.ts';
import { foldRow, headName, loadCases, loadHeads, loadNumbers, scopeOf, type IntakeMemory } from './case-store.ts';
import { decideAct, type Decision } from './decision.ts';
import type { FoldRegister } from './fold-register.ts';
import type { ActRefusalCode } from './refusal-code.ts';
import { isShutOut } from './shut-out.ts';
import { purposes, rowsOf, subjectOf, type ActRows } from './rows.ts';

/** What the device reads: the stored act, or why nothing was kept. */
export type BatchAnswer = Result<Row<'act'>, ActRefusalCode>;

type Decided = { readonly admission: Admission; readonly decision: Decision };

/** The state that the acts of one batch are decided on, one after the other; nothing of it counts before the commit. */
type Draft = {
  readonly heads: Map<string, ChainPlace>;
  readonly cases: Map<string, CaseFold>;
  readonly numbers: Map<string, string>;
  /** Numbers that were taken before this batch. */
  readonly takenBefore: ReadonlySet<string>;
  /** Those of its acts that are stored already. */
  readonly stored: readonly Row<'act'>[];
  readonly keys: KeyDraft;
  /** What everybody may do after the acts so far; absent before the platform is founded. */
  rights: RegistryState | undefined;
  /** Acts that this batch decided, by device, epoch and id. */
  readonly decided: Map<string, Decided>;
};

function nameOf({ device, item }: Admission): string {
  return headName(device.record.device, item.epoch);
}

/** Where an act stands in the chain of its device: next, known, or out of place. */
function placeOf(admission: Admission, head: ChainPlace, known: Row<'act'> | undefined): 'next' | BatchAnswer {
  const { item, envelopeHash, cmsHash } = admission;
  if (known !== undefined)
    return known.envelope_hash === envelopeHash && known.cms_hash === cmsHash ? ok(known) : refuse('id-reused');
  if (item.sequence <= head.sequence) return refuse('act-replayed');
  return item.sequence === head.sequence + 1 ? 'next' : refuse('act-out-of-order', { expected: head.sequence + 1 });
}

function sourceOf({ device, item }: Admission): string {
  const { epoch, sequence } = item;
  return sourceOfAct({ device: device.record.device, epoch, sequence });
}

function idOf(admission: Admission): string {
  return `${nameOf(admission)}/${admission.item.actionId}`;
}

/** The policy that the act names: a replay decides by the same one. It was in force when the act came. */
function policyOf({ registry }: IntakeContext, { envelope }: Admission): PolicyDocument {
  const named = envelope === undefined ? undefined : registry.policyOf(envelope.policy);
  return named ?? registry.policy().policy;
}

function decideNext(context: IntakeContext, draft: Draft, admission: Admission, head: ChainPlace): void {
  const caseId = admission.envelope?.subject.case;
  const fold = (caseId === undefined ? undefined : draft.cases.get(caseId)) ?? caseStart;
  const decided = decideAct({
    admission,
    fold,
    previous: head.hash as Sha256Hex,
    isNumberTaken: (number) => (draft.numbers.get(number) ?? caseId) !== caseId,
    policy: policyOf(context, admission),
    rights: draft.rights,
  });
  const decision: Decision =
    decided.accepted !== undefined && isShutOut(context, admission, fold.state)
      ? { outcome: 'refused:policy-shuts-out-signer', accepted: undefined }
      : decided;
  draft.heads.set(nameOf(admission), { sequence: admission.item.sequence, hash: admission.envelopeHash });
  draft.decided.set(idOf(admission), { admission, decision });
  if (decision.accepted === undefined || caseId === undefined) return;
  draft.cases.set(caseId, decision.accepted.fold);
  const { effect } = decision.accepted;
  if (effect !== undefined && draft.rights !== undefined)
    draft.rights = evolveRegistry(draft.rights, effect, { source: sourceOf(admission), sha256 });
  if (decision.accepted.event.type === 'submitted') draft.numbers.set(decision.accepted.event.form.number, caseId);
}

function numberOf({ envelope }: Admission): string[] {
  return envelope?.type === 'registration.submit' ? [envelope.payload.form.number] : [];
}

function pick<T>(from: ReadonlyMap<string, T>, names: readonly string[]): Map<string, T> {
  const found = new Map<string, T>();
  for (const name of names) {
    const value = from.get(name);
    if (value !== undefined) found.set(name, value);
  }
  return found;
}

/** Reads all that the batch is decided on, at once: the questions do not depend on each other. */
async function openDraft(
  { platform, registry }: IntakeContext,
  memory: IntakeMemory,
  batch: readonly Admission[],
): Promise<Draft> {
  const caseIds = batch.flatMap(({ envelope }) => (envelope === undefined ? [] : [envelope.subject.case]));
  const acts = batch.map(({ device, item }) => ({
    device: device.record.device,
    epoch: item.epoch,
    actionId: item.actionId,
    start: device.hash,
  }));
  const keys = platform.subjectKeys.draft();
  const [stored, numbers] = await Promise.all([
    readKnownActs(platform.database, acts),
    loadNumbers(platform, memory.register, batch.flatMap(numberOf)),
    loadCases(platform, memory, caseIds),
    loadHeads(platform, memory, acts),
    keys.read(caseIds.map((caseId) => `case:${caseId}`)),
  ]);
  return {
    heads: pick(memory.heads, batch.map(nameOf)),
    cases: pick(memory.cases, caseIds),
    numbers,
    takenBefore: new Set(numbers.keys()),
    stored,
    keys,
    rights: registry.rights(),
    decided: new Map(),
  };
}

type Accepted = NonNullable<Decision['accepted']>;
type AcceptedRows = {
  readonly admission: Admission;
  readonly accepted: Accepted;
  readonly rows: ActRows;
  readonly key: DataKey;
};

function changeRow({ admission, accepted, rows, key }: AcceptedRows): Omit<Row<'change'>, 'position'> {
  const { envelope, actor } = accepted.authorised;
  const sealed = key.seal(
    purposes.change,
    JSON.stringify({
      hash: accepted.fold.hash,
      act: {
        id: envelope.id,
        type: envelope.type,
        hash: admission.envelopeHash,
        device: envelope.device,
        actorName: actor.name,
        claimedAtMs: envelope.claimedAtMs,
        receivedAtMs: admission.receivedAtMs,
      },
    }),
  );
  return {
    case_id: envelope.subject.case,
    revision: accepted.fold.revision,
    scope: scopeOf(accepted.fold.state),
    leaf_id: rows.leaf.leaf_id,
    sealed,
    at_ms: admission.receivedAtMs,
  };
}

/** One transaction for the whole batch: leaves, acts, changes and cases become true together. */
async function store(
  platform: Platform,
  register: FoldRegister,
  { numbers, takenBefore, keys }: Draft,
  all: readonly ActRows[],
  accepted: readonly AcceptedRows[],
): Promise<void> {
  const folds = new Map(
    accepted.map(({ accepted: { authorised, fold }, key }) => [authorised.envelope.subject.case, { fold, key }]),
  );
  const cases = [...folds].map(([caseId, { fold, key }]) => foldRow(caseId, fold, key));
  // A case that was returned may come back under another number, which is then taken too.
  const taken = [...numbers].filter(([number]) => !takenBefore.has(number));
  register.expect(cases);
  await writeTogether(platform.database, [
    ...keys.statements(),
    ...leafStatements(all.map(({ leaf }) => leaf)),
    ...insertActs(all.map(({ act }) => act)),
    ...insertChanges(accepted.map(changeRow)),
    ...writeCases(cases),
    ...insertCaseNumbers(taken.map(([number, caseId]) => ({ number, case_id: caseId }))),
  ]);
  keys.keep();
  for (const row of cases) register.keep(row);
  for (const [number, caseId] of taken) register.takeNumber(number, caseId);
}

/** Decides each act in the order of the batch; answers at once for those that are known or out of place. */
function decideAll(
  context: IntakeContext,
  draft: Draft,
  batch: readonly Admission[],
): readonly (BatchAnswer | 'decided')[] {
  const known = new Map(draft.stored.map((row) => [`${headName(row.device, row.epoch)}/${row.action_id}`, row]));
  return batch.map((admission) => {
    const head = draft.heads.get(nameOf(admission)) ?? { sequence: 0, hash: admission.device.hash };
    // A second copy within one batch has no row to answer by yet: it is sent again.
    if (draft.decided.has(idOf(admission))) return refuse('act-out-of-order', { expected: head.sequence + 1 });
    const place = placeOf(admission, head, known.get(idOf(admission)));
    if (place !== 'next') return place;
    decideNext(context, draft, admission, head);
    return 'decided';
  });
}

function isOfDevice(subject: string): boolean {
  return subject.startsWith('device:');
}

async function buildRows(
  context: IntakeContext,
  draft: Draft,
): Promise<{ readonly all: ReadonlyMap<Admission, ActRows>; readonly accepted: readonly AcceptedRows[] }> {
  const { platform, registry } = context;
  const { promiseDeadlineMs } = registry.policy().policy.sync;
  const decided = [...draft.decided.values()];
  // Those of cases were read with the rest; what was refused is sealed for its device.
  await draft.keys.read(decided.map(({ admission, decision }) => subjectOf(admission, decision)).filter(isOfDevice));
  const all = new Map<Admission, ActRows>();
  const accepted: AcceptedRows[] = [];
  for (const { admission, decision } of decided) {
    const key = draft.keys.keyOf(subjectOf(admission, decision));
    const rows = rowsOf(platform, admission, {
      decision,
      key,
      deadlineMs: platform.surroundings.nowMs() + promiseDeadlineMs,
    });
    all.set(admission, rows);
    if (decision.accepted !== undefined) accepted.push({ admission, accepted: decision.accepted, rows, key });
  }
  return { all, accepted };
}

function caseOf({ accepted }: AcceptedRows): string {
  return accepted.authorised.envelope.subject.case;
}

/** A commit whose answer was lost may have changed rights: its case says whether it did, before anything else is decided. */
async function settleRights({ platform, registry }: IntakeContext, memory: IntakeMemory): Promise<void> {
  if (memory.unsettled === undefined) return;
  const { caseId, fold, rights } = memory.unsettled;
  await loadCases(platform, memory, [caseId]);
  if (memory.cases.get(caseId)?.hash === fold.hash) registry.keepRights(rights);
  memory.unsettled = undefined;
}

/**
 * Decides a batch in order and commits it as one transaction; the acts are durable on return. A throw means that
 * nothing is known to be kept: the caller clears the memory, and the devices send again.
 */
export async function processBatch(
  context: IntakeContext,
  memory: IntakeMemory,
  batch: readonly Admission[],
): Promise<readonly BatchAnswer[]> {
  const { platform, registry } = context;
  await settleRights(context, memory);
  const draft = await openDraft(context, memory, batch);
  const answers = decideAll(context, draft, batch);
  const { all, accepted } = await buildRows(context, draft);
  const changing = accepted.findLast((one) => one.accepted.effect !== undefined);
  if (changing !== undefined && draft.rights !== undefined)
    memory.unsettled = { fold: changing.accepted.fold, caseId: caseOf(changing), rights: draft.rights };
  if (all.size > 0) await store(platform, memory.register, draft, [...all.values()], accepted);
  // Memory changes after the commit only.
  if (memory.unsettled !== undefined) registry.keepRights(memory.unsettled.rights);
  memory.unsettled = undefined;
  for (const [name, head] of draft.heads) memory.heads.set(name, head);
  for (const [caseId, fold] of draft.cases) memory.cases.set(caseId, fold);
  return batch.map((admission, i) => {
    const answer = answers[i];
    const act = all.get(admission)?.act;
    if (answer !== undefined && answer !== 'decided') return answer;
    assert(act !== undefined, 'intake: a decided act has its rows');
    return ok(act);
  });
}

import { ok, refuse, type ActionId, type CaseId, type Result } from '../../../core/kernel/index.ts';
import { parseOpening, parseProof } from '../../../core/log/index.ts';
import type { LogItem } from '../../../contracts/ipc/index.ts';
import type { ActView } from '../../../contracts/vault-host/index.ts';
import type { Engine, Shift } from '../context.ts';
import { readCheckpoint } from '../sync/tree-head.ts';
import { outcomeOf, readEntry, type ReadEntry } from './search.ts';
import type { OwnHead } from './tiles.ts';

const pageSize = 500;
/** Pages of own acts that one look goes through: ten thousand acts. */
const pagesMax = 20;

/** The newest head that this workstation verified; before its first contact, that of the enrolment. */
export function ownHead({ state }: Engine, shift: Shift): Result<OwnHead & { readonly checkedAtMs: number | null }> {
  const head = state.head ?? readCheckpoint(shift.enrolment, shift.enrolment.bundle.checkpoint);
  if ('ok' in head && !head.ok) return head;
  const { size, root } = 'ok' in head ? head.value : head;
  return ok({ size, root, checkedAtMs: state.log.checkedAtMs });
}

/** Own acts that the log holds, by their index, from the newest down to `lowest`. */
export async function ownActs(engine: Engine, lowest: number): Promise<Result<ReadonlyMap<number, ActView>>> {
  const acts = new Map<number, ActView>();
  let before: number | null = null;
  for (let page = 0; page < pagesMax; page += 1) {
    const read: Result<{ items: ActView[] }> = await engine.vault.call('acts.list', { before, limit: pageSize });
    if (!read.ok) return read;
    for (const act of read.value.items) if (act.logIndex !== null) acts.set(act.logIndex, act);
    const last = read.value.items.at(-1);
    const isDone = last === undefined || read.value.items.length < pageSize;
    if (isDone || (last.logIndex !== null && last.logIndex < lowest)) break;
    before = last.sequence;
  }
  return ok(acts);
}

/** The entry of an own act out of its receipt, which was verified before it was journalled. */
export type OwnEntry = ReadEntry & {
  readonly proof: { readonly treeSize: number; readonly root: string; readonly pathLength: number };
};

export async function ownEntry(engine: Engine, shift: Shift, actionId: ActionId): Promise<Result<OwnEntry>> {
  const detail = await engine.vault.call('acts.get', { actionId });
  if (!detail.ok) return detail;
  const proof = detail.value.receipt === null ? undefined : parseProof(detail.value.receipt);
  if (proof?.ok !== true) return refuse('receipt-absent');
  const opening = parseOpening(proof.value.extra ?? new Uint8Array());
  const head = readCheckpoint(shift.enrolment, proof.value.checkpoint);
  if (!opening.ok || !head.ok) return refuse('receipt-absent');
  const entry = readEntry(proof.value.index, opening.value.opening.leaf);
  if (entry === undefined) return refuse('receipt-absent');
  const root = Buffer.from(head.value.root).toString('base64');
  return ok({ ...entry, proof: { treeSize: head.value.size, root, pathLength: proof.value.path.length } });
}

/** The case of this workstation that an act belongs to; `null` where none is known here. */
export async function knownCase(
  engine: Engine,
  actionId: string,
  act: ActView | undefined,
): Promise<{ readonly caseId: string; readonly caseNumber: string | null } | null> {
  if (act !== undefined) return { caseId: act.caseId, caseNumber: act.caseNumber };
  const found = await engine.vault.call('cases.ofAction', { actionId: actionId as ActionId });
  if (!found.ok || found.value.caseId === null) return null;
  const { caseId } = found.value;
  const held = await engine.vault.call('cases.get', { caseId: caseId as CaseId });
  const state = held.ok ? held.value.state : undefined;
  return { caseId, caseNumber: state === undefined || state.status === 'absent' ? null : state.form.number };
}

export function itemOf(shift: Shift, { index, leaf }: ReadEntry, act: ActView | undefined): LogItem {
  return {
    index,
    kind: leaf.kind,
    actionId: leaf.actionId,
    device: leaf.device,
    isThisDevice: leaf.device === shift.enrolment.device,
    outcome: outcomeOf(leaf.outcome),
    receivedAtMs: leaf.receivedAtMs,
    act:
      act === undefined || act.actionId !== leaf.actionId
        ? null
        : { type: act.type, caseId: act.caseId, caseNumber: act.caseNumber, sequence: act.entrySequence },
  };
}

import { ok, type ActionId, type Result } from '../../../core/kernel/index.ts';
import { parseProof } from '../../../core/log/index.ts';
import { batchItemsMax } from '../../../contracts/http/index.ts';
import type { ActView, VaultOutput } from '../../../contracts/vault-host/index.ts';
import type { Engine, Shift } from '../context.ts';
import { raiseAlarm, takeUpAlarms } from './alarm.ts';
import { isByPosture } from '../posture.ts';
import { isOffline } from '../sign-in.ts';
import { pullFeeds } from './changes.ts';
import { raiseLogAlarm } from './log-alarm.ts';
import { isOneLog, type TreeHead } from './tree-head.ts';

/** Half of the server's limit for one body: envelopes are measured in characters, of which some take three bytes. */
const batchSizeMax = 400_000;
/** A promise that is not kept this long after its deadline is an alarm; less is two clocks and a slow line. */
const promiseGraceMs = 3_000;

type Outbox = VaultOutput<'outbox.next'>;

async function readOutbox(engine: Engine): Promise<Result<Outbox>> {
  const outbox = await engine.vault.call('outbox.next', { limit: batchItemsMax });
  if (!outbox.ok) return outbox;
  const { waiting, overdue } = outbox.value;
  const before = engine.state.outbox;
  engine.state.outbox = { waiting, overdue };
  if (before.waiting !== waiting || before.overdue !== overdue) engine.emit('app.changed');
  return outbox;
}

function batchOf(items: Outbox['toSend']): Outbox['toSend'] {
  let size = 0;
  const batch = items.filter((item, i) => {
    size += item.envelope.length + item.cms.length;
    return i === 0 || size <= batchSizeMax;
  });
  return batch.slice(0, batchItemsMax);
}

/** Acts that the server turned away without keeping anything, with the last reason, so that a repetition is not journalled again. */
export type Turned = Map<ActionId, string>;

/** Sends what waits, batch by batch. An act is off the list only when the vault holds a verified promise for it. */
export async function sendActs(engine: Engine, shift: Shift, turned: Turned): Promise<Result<Outbox>> {
  for (;;) {
    const outbox = await readOutbox(engine);
    if (!outbox.ok || outbox.value.toSend.length === 0) return outbox;
    const batch = batchOf(outbox.value.toSend);
    const askedAtMs = engine.options.clock.nowMs();
    const answer = await shift.client.call('acts', { body: { items: batch } });
    if (!answer.ok) {
      if (!isByPosture(answer.refusal.code)) return answer;
      // They wait here; what may be read is read.
      shift.restriction = answer.refusal;
      return outbox;
    }
    engine.serverClock.learn(answer.value.serverTimeMs, askedAtMs);
    let isProgress = false;
    for (const result of answer.value.results) {
      const atMs = engine.options.clock.nowMs();
      if ('promise' in result) {
        const entry = { kind: 'promise', body: { actionId: result.actionId, document: result.promise } } as const;
        const kept = await engine.vault.call('entries.append', { entry, atMs });
        if (kept.ok) isProgress = true;
        else if (kept.refusal.code === 'promise-invalid' || kept.refusal.code === 'document-signature-invalid')
          await raiseAlarm(engine, kept.refusal.code, result.actionId);
        else return kept;
      } else if (turned.get(result.actionId) !== result.refusal.code) {
        turned.set(result.actionId, result.refusal.code);
        const entry = { kind: 'outcome', body: { actionId: result.actionId, refusal: result.refusal.code } } as const;
        const kept = await engine.vault.call('entries.append', { entry, atMs });
        if (!kept.ok) return kept;
      }
    }
    engine.emit('journal.changed');
    if (!isProgress) return readOutbox(engine);
  }
}

/**
 * Asks for the receipts of what was promised, checks each against the tree seen so far, and journals it; the vault verifies
 * signature, path and opening once more before it lets the act go. Answers the newest tree head and whether something is still open.
 */
export async function collectReceipts(
  engine: Engine,
  shift: Shift,
  outbox: Outbox,
  known: TreeHead,
): Promise<Result<{ readonly head: TreeHead; readonly isOpen: boolean }>> {
  const wanted = outbox.toProve.slice(0, batchItemsMax);
  if (wanted.length === 0) return ok({ head: known, isOpen: false });
  const open = new Set(wanted.map(({ actionId }) => actionId));
  const head = await proveWanted(engine, shift, open, known);
  // A server that answers, and with whatever it answers keeps back the receipt, has not kept its promise.
  if (head.ok || !isOffline(head.refusal.code)) await noteOverdue(engine, outbox, open);
  if (!head.ok) return head;
  if (open.size < wanted.length) {
    engine.emit('journal.changed');
    // The vault itself alarms about a receipt that says something else than was promised.
    await takeUpAlarms(engine);
  }
  await readOutbox(engine);
  return ok({ head: head.value, isOpen: open.size > 0 });
}

type Taken = { readonly head: TreeHead; readonly isKept: boolean; readonly act: ActView | null };

/**
 * Checks the head of a receipt against the tree seen so far and gives it to the vault, which verifies all the rest. A receipt that does not
 * hold is an alarm and not kept. `proven` holds the heads that were checked with this answer: many receipts stand on one.
 */
export async function takeReceipt(
  engine: Engine,
  shift: Shift,
  given: {
    readonly actionId: ActionId;
    readonly receipt: string;
    readonly known: TreeHead;
    readonly proven: Set<string>;
  },
): Promise<Result<Taken>> {
  const { actionId, receipt, known, proven } = given;
  const proof = parseProof(receipt);
  if (!proof.ok) {
    await raiseAlarm(engine, 'receipt-invalid', actionId);
    return ok({ head: known, isKept: false, act: null });
  }
  const { checkpoint } = proof.value;
  const newer = proven.has(checkpoint) ? ok(known) : await isOneLog(shift, known, checkpoint);
  if (!newer.ok) {
    const heads = { own: known.note, other: checkpoint };
    if (newer.refusal.code === 'log-forked') await raiseLogAlarm(engine, 'log-forked', { heads });
    return newer;
  }
  proven.add(checkpoint);
  const entry = { kind: 'receipt', body: { actionId, proof: receipt } } as const;
  const kept = await engine.vault.call('entries.append', { entry, atMs: engine.options.clock.nowMs() });
  if (kept.ok) return ok({ head: newer.value, isKept: true, act: kept.value.act });
  await raiseAlarm(engine, kept.refusal.code, actionId);
  return kept.refusal.code === 'receipt-invalid' ? ok({ head: newer.value, isKept: false, act: null }) : kept;
}

/** Takes out of `open` what was proven. A receipt that does not hold is an alarm, and keeps no other act from being proven. */
async function proveWanted(
  engine: Engine,
  shift: Shift,
  open: Set<ActionId>,
  known: TreeHead,
): Promise<Result<TreeHead>> {
  const answer = await shift.client.call('receipts', { query: { ids: [...open].join(',') } });
  if (!answer.ok) return answer;
  // What the server made of the act is read before the act counts as done: in between, the case would look as if nobody had acted.
  // A feed that cannot be read or is poisoned has its own alarm, and keeps no receipt away.
  if (answer.value.receipts.some(({ receipt }) => receipt !== null) && shift.client.hasSession)
    await pullFeeds(engine, shift);
  let head = known;
  const proven = new Set<string>();
  for (const { actionId, receipt } of answer.value.receipts) {
    if (receipt === null) continue;
    const taken = await takeReceipt(engine, shift, { actionId, receipt, known: head, proven });
    if (!taken.ok) return taken;
    head = taken.value.head;
    if (!taken.value.isKept) continue;
    open.delete(actionId);
    const index = taken.value.act?.logIndex ?? null;
    engine.state.log = {
      ...engine.state.log,
      lastIndex: index ?? engine.state.log.lastIndex,
      treeSize: head.size,
      checkedAtMs: engine.options.clock.nowMs(),
    };
  }
  return ok(head);
}

async function noteOverdue(engine: Engine, outbox: Outbox, open: ReadonlySet<ActionId>): Promise<void> {
  // Both by the clock of this machine: neither the server's clock nor the date in its promise puts the alarm off.
  const nowMs = engine.options.clock.nowMs();
  for (const { actionId, deadlineMs, state } of outbox.toProve) {
    if (open.has(actionId) && state !== 'overdue' && nowMs > deadlineMs + promiseGraceMs)
      await raiseAlarm(engine, 'promise-overdue', actionId);
  }
}

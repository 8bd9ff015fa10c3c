import { ok, type Result } from '../../../core/kernel/index.ts';
import { isHigherLevel } from '../../../core/log/index.ts';
import type { VaultOutput } from '../../../contracts/vault-host/index.ts';
import type { Engine, Shift } from '../context.ts';
import { takeUpAlarms } from './alarm.ts';
import { takeReceipt } from './outbox.ts';
import type { TreeHead } from './tree-head.ts';

/** Receipts that one round asks for again: half a batch, so that an act that was just signed waits for no more than that. */
export const refreshMax = 32;
/** Witnesses are asked at most once a second, so that nothing is gained by asking sooner. */
const askFirstMs = 1_000;
/** While no witness answers; when one does, its cosignature covers all that is older. */
const askMaxMs = 60_000;
/** So long acts that wait for anything have the line for themselves; one that the server never takes keeps no receipt waiting for ever. */
const giveWayMs = 60_000;

type Item = VaultOutput<'receipts.unwitnessed'>['items'][number];

/**
 * Asks again for the receipts that have fewer witnesses than the pinned policy asks for, the oldest first and after all of them from the
 * start, and gives way to acts that wait. The vault keeps what is better; what is of another leaf is an alarm. Where a round
 * gained nothing, the next one waits longer.
 */
export class ReceiptRefresh {
  /** Sequence of the act that was asked about last. */
  #after = 0;
  #waitMs = askFirstMs;
  #dueAtMs: number | undefined;

  /** Answers the newest tree head, and how long to wait at the most until there is something to ask again; `undefined` where nothing is open. */
  async round(
    engine: Engine,
    shift: Shift,
    known: TreeHead,
  ): Promise<Result<{ readonly head: TreeHead; readonly waitMs: number | undefined }>> {
    const nowMs = engine.options.clock.monotonicMs();
    this.#dueAtMs ??= nowMs;
    const leftMs = this.#dueAtMs + (engine.state.outbox.waiting > 0 ? giveWayMs : 0) - nowMs;
    if (leftMs > 0) return ok({ head: known, waitMs: leftMs });
    const open = await engine.vault.call('receipts.unwitnessed', { after: this.#after, limit: refreshMax });
    if (!open.ok) return open;
    const { items } = open.value;
    this.#dueAtMs = nowMs;
    if (items.length === 0 && this.#after === 0) return ok({ head: known, waitMs: undefined });
    this.#after = items.length < refreshMax ? 0 : (items.at(-1)?.sequence ?? 0);
    const asked = items.length === 0 ? ok({ head: known, gained: 0 }) : await ask(engine, shift, items, known);
    const hasGained = asked.ok && asked.value.gained > 0;
    this.#waitMs = hasGained ? askFirstMs : Math.min(this.#waitMs * 2, askMaxMs);
    this.#dueAtMs = nowMs + this.#waitMs;
    return asked.ok ? ok({ head: asked.value.head, waitMs: this.#waitMs }) : asked;
  }
}

async function ask(
  engine: Engine,
  shift: Shift,
  items: readonly Item[],
  known: TreeHead,
): Promise<Result<{ readonly head: TreeHead; readonly gained: number }>> {
  const ids = items.map(({ actionId }) => actionId).join(',');
  const answer = await shift.client.call('receipts', { query: { ids } });
  if (!answer.ok) return answer;
  const proven = new Set<string>();
  let head = known;
  let gained = 0;
  for (const { actionId, receipt } of answer.value.receipts) {
    const item = items.find((one) => one.actionId === actionId);
    // What was not asked for is not looked at.
    if (item === undefined || receipt === null) continue;
    const taken = await takeReceipt(engine, shift, { actionId, receipt, known: head, proven });
    if (!taken.ok) return taken;
    head = taken.value.head;
    if (isHigherLevel(taken.value.act?.attestation?.level ?? item.level, item.level)) gained += 1;
  }
  if (gained > 0) engine.emit('journal.changed');
  await takeUpAlarms(engine);
  return ok({ head, gained });
}

import { assert } from '../../../core/kernel/index.ts';
import { copyContent, moveIntoPlace, removeLeftover, syncPath } from '../disk.ts';
import { Cases } from '../cases/index.ts';
import { openStore, type Store } from '../journal/store.ts';
import type { GenerationKey, Slot } from '../slots/index.ts';
import { newDataKey } from './create.ts';
import { feedRuleOf } from './enrolment.ts';
import { noteSlots, writeSlots, type Opened, type VaultContext } from './opened.ts';

function open(context: VaultContext, file: string, key: GenerationKey): Store {
  const store = openStore({ file, key: key.dataKey, durability: context.durability, mustExist: true });
  assert(store.ok, 'vault: its own journal opens by its own key');
  return store.value;
}

/** A copy of the closed journal under the next key, complete but not yet in place. */
function copyUnder(context: VaultContext, keys: { readonly now: GenerationKey; readonly next: GenerationKey }): void {
  const { files } = context;
  removeLeftover(files.journalNext);
  copyContent(files.journal, files.journalNext);
  const copy = open(context, files.journalNext, keys.now);
  copy.rekey(keys.next.dataKey);
  copy.close();
  open(context, files.journalNext, keys.next).close();
  syncPath(files.journalNext, context.durability);
}

/**
 * Moves the journal to a new data key in five durable steps, so that a power cut after any of them leaves a vault that
 * opens: (1) a complete copy under the new key; (2) slots that open both keys; (3) the copy takes the journal's name;
 * (4) slots that open the new key alone; (5) the journal notes the slots. Opening carries (3) to (5) to the end.
 */
export function rotate(
  context: VaultContext,
  opened: Opened,
  change: {
    readonly slots: readonly Slot[];
    readonly why: 'rotated' | 'removed';
    readonly slotId: string | null;
    readonly nowMs: number;
  },
): void {
  const { files, durability } = context;
  const now = opened.key;
  const next = newDataKey(context, now.generation + 1);
  opened.store.close();
  durability.syncFolder(files.directory);
  copyUnder(context, { now, next });
  const { version } = opened.slots.body;
  writeSlots(context, { version: version + 1, slots: change.slots, keys: [now, next] });
  moveIntoPlace({ from: files.journalNext, to: files.journal, durability });
  opened.store = open(context, files.journal, next);
  opened.key = next;
  opened.slots = writeSlots(context, { version: version + 2, slots: change.slots, keys: [next] });
  now.dataKey.wipe();
  rebind(opened);
  noteSlots(opened, { change: change.why, slotId: change.slotId }, change.nowMs);
}

/** Journal and cases go on over the new connection; what they say is the same. */
function rebind(opened: Opened): void {
  if (opened.bound === undefined) return;
  const { enrolment, drafts } = opened.bound;
  const journal = opened.bound.journal.over(opened.store);
  const cases = new Cases(journal, feedRuleOf(enrolment));
  opened.bound = { enrolment, journal, cases, drafts };
}

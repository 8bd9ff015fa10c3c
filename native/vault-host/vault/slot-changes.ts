import { ok, refuse, type Result } from '../../../core/kernel/index.ts';
import type { NewSlot, SlotChallenge, SlotKey, SlotRewrap, SlotSummary } from '../../../contracts/vault-host/index.ts';
import {
  makeSlot,
  openSlot,
  rewrapSlot,
  slotsMax,
  type Slot,
  type SlotFactors,
  type SlotsFile,
} from '../slots/index.ts';
import { noteSlots, writeSlots, type Opened, type VaultContext } from './opened.ts';
import { rotate } from './rotate.ts';

/** What anybody may read of a slot. */
export function summaryOf(slot: Slot): SlotSummary {
  const { id, kind, label, card, kdf, version } = slot;
  const shownKdf =
    kdf === null ? null : { name: kdf.name, memoryKib: kdf.memoryKib, passes: kdf.passes, lanes: kdf.lanes };
  return { id, kind, label, certificate: card?.certificate ?? null, kdf: shownKdf, version };
}

/** What the card of a slot has to decrypt or agree on. */
export function challengeOf(
  file: SlotsFile,
  slotId: string,
): Result<SlotChallenge, 'slot-absent' | 'slot-kind-differs'> {
  const slot = file.body.slots.find(({ id }) => id === slotId);
  if (slot === undefined) return refuse('slot-absent');
  const { card } = slot;
  if (card === null) return refuse('slot-kind-differs');
  if (card.mechanism === 'ecdh') return ok({ mechanism: 'ecdh', curve: card.curve, point: bytes(card.point) });
  return ok({ mechanism: 'rsa-oaep', oaepHash: card.oaepHash, ciphertext: bytes(card.ciphertext) });
}

function bytes(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(Buffer.from(text, 'base64'));
}

/** Slots first, journal second: after a cut between them the journal catches up at the next opening. */
function replaceSlots(
  context: VaultContext,
  opened: Opened,
  change: {
    readonly slots: readonly Slot[];
    readonly what: 'added' | 'rewrapped';
    readonly slotId: string;
    readonly nowMs: number;
  },
): void {
  const version = opened.slots.body.version + 1;
  opened.slots = writeSlots(context, { version, slots: change.slots, keys: [opened.key] });
  noteSlots(opened, { change: change.what, slotId: change.slotId }, change.nowMs);
}

export function addSlot(
  context: VaultContext,
  opened: Opened,
  input: { readonly slot: NewSlot; readonly nowMs: number },
): Result<SlotSummary, 'slot-key-unsupported' | 'slots-too-many'> {
  const { slots } = opened.slots.body;
  if (slots.length >= slotsMax) return refuse('slots-too-many', { slotsMax });
  const slot = makeSlot(input.slot, context.tools);
  if (!slot.ok) return slot;
  replaceSlots(context, opened, {
    slots: [...slots, slot.value],
    what: 'added',
    slotId: slot.value.id,
    nowMs: input.nowMs,
  });
  return ok(summaryOf(slot.value));
}

/** Takes a slot away and changes the data key, so that an old file of slots opens nothing that is written from now on. */
export function removeSlot(
  context: VaultContext,
  opened: Opened,
  input: { readonly slotId: string; readonly nowMs: number },
): Result<null, 'slot-absent' | 'slot-last'> {
  const { slots } = opened.slots.body;
  const left = slots.filter(({ id }) => id !== input.slotId);
  if (left.length === slots.length) return refuse('slot-absent');
  if (left.length === 0) return refuse('slot-last');
  rotate(context, opened, { slots: left, why: 'removed', slotId: input.slotId, nowMs: input.nowMs });
  return ok(null);
}

/** Whether somebody has what opens a slot, without opening anything by it. */
export function checkSlotKey(
  opened: Opened,
  key: SlotKey,
): Result<null, 'slot-absent' | 'slot-kind-differs' | 'slot-key-wrong'> {
  const slot = opened.slots.body.slots.find(({ id }) => id === key.slotId);
  if (slot === undefined) return refuse('slot-absent');
  const half = openSlot(slot, key);
  return half.ok ? ok(null) : half;
}

export function changePassword(
  context: VaultContext,
  opened: Opened,
  input: SlotRewrap,
): Result<SlotSummary, 'slot-absent' | 'slot-kind-differs' | 'slot-key-wrong'> {
  const { slots } = opened.slots.body;
  const slot = slots.find(({ id }) => id === input.slotId);
  if (slot === undefined) return refuse('slot-absent');
  const next = rewrapSlot(slot, factorsOf(input), context.tools);
  if (!next.ok) return next;
  const changed = slots.map((each) => (each.id === slot.id ? next.value : each));
  replaceSlots(context, opened, { slots: changed, what: 'rewrapped', slotId: slot.id, nowMs: input.nowMs });
  return ok(summaryOf(next.value));
}

function factorsOf(input: SlotRewrap): { readonly from: SlotFactors; readonly to: SlotFactors } {
  if (input.kind === 'passphrase') {
    return {
      from: { kind: 'passphrase', passphrase: input.passphrase },
      to: { kind: 'passphrase', passphrase: input.newPassphrase },
    };
  }
  const { cardSecret } = input;
  return {
    from: { kind: 'card', cardSecret, password: input.password },
    to: { kind: 'card', cardSecret, password: input.newPassword },
  };
}

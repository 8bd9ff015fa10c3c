import { ok, refuse, type Result } from '../../core/kernel/index.ts';
import type { SlotKey, SlotSummary } from '../../contracts/vault-host/index.ts';
import { answerSlotChallenge } from './card-use.ts';
import type { CardSigner } from './cards.ts';
import type { Engine } from './context.ts';
import type { PromptAnswer } from './ports.ts';

/** The slot of the vault that this card, or the password of its holder, opens. */
export function slotOf(signer: CardSigner, slots: readonly SlotSummary[]): SlotSummary | undefined {
  const byCard = slots.find(
    (slot) => slot.kind === 'card' && signer.slotKeys.some(({ certificate }) => certificate === slot.certificate),
  );
  return (
    byCard ??
    slots.find((slot) => slot.kind === 'passphrase' && slot.label === `sign-only ${signer.sha256.slice(0, 16)}`)
  );
}

/** What this card and this password make of the slot; the caller wipes it. */
export async function slotKeyFor(
  engine: Engine,
  signer: CardSigner,
  slot: SlotSummary,
  answer: Pick<PromptAnswer, 'pin' | 'password'>,
): Promise<Result<SlotKey>> {
  if (answer.password === null) return refuse('password-missing');
  if (slot.kind === 'passphrase') {
    // A card that only signs has no part in its slot: it is asked here, or the password alone would start a shift without the server.
    const pin = answer.pin === null ? {} : { pin: answer.pin.reveal() };
    const checked = await engine.devices.call('login.check', { token: signer.token.reference, ...pin });
    if (!checked.ok) return checked;
    return ok({ kind: 'passphrase', slotId: slot.id, passphrase: Uint8Array.from(answer.password.reveal()) });
  }
  const slotKey = signer.slotKeys.find(({ certificate }) => certificate === slot.certificate);
  if (slotKey === undefined) return refuse('slot-absent');
  const challenge = await engine.vault.call('vault.slotChallenge', { slotId: slot.id });
  if (!challenge.ok) return challenge;
  const secret = await answerSlotChallenge({
    devices: engine.devices,
    signer,
    slotKey,
    challenge: challenge.value,
    pin: answer.pin,
  });
  if (!secret.ok) return secret;
  return ok({
    kind: 'card',
    slotId: slot.id,
    cardSecret: Uint8Array.from(secret.value),
    password: Uint8Array.from(answer.password.reveal()),
  });
}

export function wipeKey(key: SlotKey): void {
  if (key.kind === 'card') for (const bytes of [key.cardSecret, key.password]) bytes.fill(0);
  if (key.kind === 'passphrase') key.passphrase.fill(0);
}

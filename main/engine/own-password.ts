import { passwordRulesDefault } from '../../core/access/index.ts';
import { refuse, ok, type Result, type Secret } from '../../core/kernel/index.ts';
import type { SlotKey, SlotSummary } from '../../contracts/vault-host/index.ts';
import { endpoints } from '../../contracts/http/index.ts';
import { cardOfShift, type CardSigner } from './cards.ts';
import type { Engine, Shift } from './context.ts';
import { checkNewPassword } from './new-password.ts';
import type { PromptAnswer } from './ports.ts';
import { promptView } from './prompt-view.ts';
import { nextPasswordRequest, signIn, type Asked } from './sign-in.ts';
import { slotKeyFor, slotOf, wipeKey } from './slot-keys.ts';

/** The slot under another password, by the key that opens it now. */
async function rewrap(engine: Engine, key: SlotKey, next: Secret<'password'>): Promise<Result<unknown>> {
  if (key.kind === 'recovery') return refuse('slot-kind-differs');
  const { slotId } = key;
  const nowMs = engine.options.clock.nowMs();
  const word = Uint8Array.from(next.reveal());
  try {
    return await engine.vault.call(
      'slots.rewrap',
      key.kind === 'card'
        ? { kind: 'card', slotId, cardSecret: key.cardSecret, password: key.password, newPassword: word, nowMs }
        : { kind: 'passphrase', slotId, passphrase: key.passphrase, newPassphrase: word, nowMs },
    );
  } finally {
    word.fill(0);
  }
}

/** What of the card and this password opens the slot at this moment; refused where they do not. The caller wipes it. */
async function keyThatOpens(
  engine: Engine,
  signer: CardSigner,
  slot: SlotSummary,
  answer: Pick<PromptAnswer, 'pin' | 'password'>,
): Promise<Result<SlotKey>> {
  const key = await slotKeyFor(engine, signer, slot, answer);
  if (!key.ok) return key;
  const opens = await engine.vault.call('slots.check', { key: key.value });
  if (opens.ok) return key;
  wipeKey(key.value);
  return opens;
}

/**
 * After the server took the password: gives the vault the same one where only the one before opens it, because a change was cut off
 * here or made at another workstation. Does nothing in a shift without the server.
 */
export async function settlePassword(
  engine: Engine,
  { client, signer }: Shift,
  slot: SlotSummary,
  { pin, password, formerPassword }: PromptAnswer,
): Promise<Result<null>> {
  if (!client.hasSession || password === null) return ok(null);
  if (formerPassword !== null) {
    const present = await keyThatOpens(engine, signer, slot, { pin, password });
    if (present.ok) wipeKey(present.value);
    if (!present.ok && present.refusal.code !== 'slot-key-wrong') return present;
    const former = present.ok ? undefined : await keyThatOpens(engine, signer, slot, { pin, password: formerPassword });
    if (former?.ok === false) return former;
    const rewrapped = former === undefined ? ok(null) : await rewrap(engine, former.value, password);
    if (former !== undefined) wipeKey(former.value);
    if (!rewrapped.ok) return rewrapped;
  }
  engine.files.setPasswordUnsettled(slot.id, false);
  return ok(null);
}

/**
 * After the server refused a new password whose setting was cut off: asks it for the one before. Where that one stands, nothing was changed,
 * and the person reads so (`password-unchanged`).
 */
export async function tellUnchanged(
  engine: Engine,
  { enrolment, client, signer }: Shift,
  asked: { readonly slot: SlotSummary; readonly answer: PromptAnswer; readonly refused: Result<null> },
): Promise<Result<null>> {
  const { slot, answer, refused } = asked;
  const { pin, formerPassword: password } = answer;
  const isUnsettled = engine.files.isPasswordUnsettled(slot.id) && password !== null;
  if (refused.ok || refused.refusal.code !== 'sign-in-refused' || !isUnsettled) return refused;
  const signedIn = await signIn({ engine, enrolment, client, signer, pin, password });
  if (!signedIn.ok) return refused;
  await client.call('signOut');
  engine.files.setPasswordUnsettled(slot.id, false);
  return refuse('password-unchanged');
}

/** Refusals of the server by which it says that it kept nothing; after any other answer nobody knows. */
const keptNothing = new Set<string>([...endpoints.password.refusals, 'server-busy', 'too-many-requests']);

type Change = { readonly asked: Asked; readonly slot: SlotSummary; readonly key: SlotKey };

/**
 * Server first: it judges the new password, and what it refused is nowhere. From just before until the vault has it too, a mark stands
 * beside the vault, so that whoever starts a shift after a cut is asked for both.
 */
async function changeBoth(
  engine: Engine,
  { asked, slot, key }: Change,
  { former, next }: { readonly former: Secret<'password'>; readonly next: Secret<'password'> },
): Promise<Result<null>> {
  const body = await nextPasswordRequest(asked, former, next);
  if (!body.ok) return body;
  const wasUnsettled = engine.files.isPasswordUnsettled(slot.id);
  engine.files.setPasswordUnsettled(slot.id, true);
  const set = await asked.client.call('password', { body: body.value });
  if (!set.ok) {
    const isSettled = !wasUnsettled && keptNothing.has(set.refusal.code);
    if (isSettled) engine.files.setPasswordUnsettled(slot.id, false);
    return isSettled ? set : refuse('password-unsettled');
  }
  const rewrapped = await rewrap(engine, key, next);
  if (!rewrapped.ok) return refuse('password-unsettled');
  engine.files.setPasswordUnsettled(slot.id, false);
  return ok(null);
}

async function attemptChange(
  engine: Engine,
  shift: Shift,
  signer: CardSigner,
  answer: PromptAnswer,
): Promise<Result<null>> {
  const { pin, password: next, formerPassword: former } = answer;
  if (next === null || former === null) return refuse('password-missing');
  const isGood = checkNewPassword(signer, next, shift.enrolment.policy.passwords, former);
  if (!isGood.ok) return isGood;
  const status = await engine.vault.call('vault.status', null);
  if (!status.ok) return status;
  const slot = slotOf(signer, status.value.slots);
  if (slot === undefined) return refuse('slot-absent');
  const key = await keyThatOpens(engine, signer, slot, { pin, password: former });
  if (!key.ok) return key;
  const { enrolment, client } = shift;
  const asked = { engine, enrolment, client, signer, pin, password: former };
  const changed = await changeBoth(engine, { asked, slot, key: key.value }, { former, next });
  wipeKey(key.value);
  if (changed.ok) shift.passwordAtMs = engine.options.clock.monotonicMs();
  return changed;
}

/**
 * Lets the person of this shift choose another password, at the server and for the vault. `password-unsettled`: nobody can say whether the server
 * took it, or
 * the vault could not; the next start asks for both. After every other refusal nothing was changed.
 */
export async function changePassword(engine: Engine, shift: Shift): Promise<Result<null>> {
  const signer = await cardOfShift(engine, shift);
  if (!signer.ok) return signer;
  const identity = await engine.vault.call('identity.get', { iin: shift.iin });
  if (!identity.ok) return identity;
  return engine.options.prompt.ask({
    view: () =>
      promptView(engine, signer.value, {
        kind: 'change-password',
        title: { id: 'title.change-password', values: {} },
        text: null,
        textHash: null,
        recognitionPhrase: identity.value.recognitionPhrase,
        passwordRules: shift.enrolment.policy.passwords ?? passwordRulesDefault,
        asks: { password: true, formerPassword: 'asked', newRecognitionPhrase: false, activationCode: false },
      }),
    attempt: (answer) => attemptChange(engine, shift, signer.value, answer),
  });
}

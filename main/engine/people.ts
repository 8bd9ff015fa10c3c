import { passwordRulesDefault } from '../../core/access/index.ts';
import { ok, refuse, type Result } from '../../core/kernel/index.ts';
import { findSigner } from './cards.ts';
import type { Engine, Shift } from './context.ts';
import { slotFor } from './enrol.ts';
import { checkNewPassword } from './new-password.ts';
import { promptView } from './prompt-view.ts';
import { slotOf } from './slot-keys.ts';
import { setFirstPassword } from './sign-in.ts';

/**
 * Gives a second person a way into the open vault: his own card and a password that he chooses now. Who may sign in is still for the
 * server to say; this only lets the journal of this workstation be opened by one more card.
 */
export async function addPerson(engine: Engine, shift: Shift, certificateId: string): Promise<Result<null>> {
  const { clock, prompt } = engine.options;
  const signer = await findSigner(engine, certificateId);
  if (!signer.ok) return signer;
  const status = await engine.vault.call('vault.status', null);
  if (!status.ok) return status;
  if (slotOf(signer.value, status.value.slots) !== undefined) return ok(null);
  return prompt.ask({
    view: () =>
      promptView(engine, signer.value, {
        kind: 'enrol',
        title: { id: 'title.enrol', values: { workstation: shift.enrolment.deviceName } },
        text: null,
        textHash: null,
        recognitionPhrase: null,
        passwordRules: shift.enrolment.policy.passwords ?? passwordRulesDefault,
        asks: { password: true, formerPassword: 'no', newRecognitionPhrase: true, activationCode: true },
      }),
    attempt: async (answer) => {
      if (answer.password === null || signer.value.iin === undefined) return refuse('password-missing');
      const isGood = checkNewPassword(signer.value, answer.password, shift.enrolment.policy.passwords);
      if (!isGood.ok) return isGood;
      const pin = answer.pin === null ? {} : { pin: answer.pin.reveal() };
      const checked = await engine.devices.call('login.check', { token: signer.value.token.reference, ...pin });
      if (!checked.ok) return checked;
      const { enrolment, client } = shift;
      const { pin: typedPin, password } = answer;
      const asked = { engine, enrolment, client, signer: signer.value, pin: typedPin, password };
      const set = await setFirstPassword(asked, answer.activationCode);
      if (!set.ok) return set;
      const slot = answer.password.use((bytes) => slotFor(signer.value, bytes));
      const added = await engine.vault.call('slots.add', { slot, nowMs: clock.nowMs() });
      if (!added.ok) return added;
      const phrase = { iin: signer.value.iin, recognitionPhrase: answer.newRecognitionPhrase, preferences: null };
      const kept = await engine.vault.call('identity.set', phrase);
      return kept.ok ? ok(null) : kept;
    },
  });
}

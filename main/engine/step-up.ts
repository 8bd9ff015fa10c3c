import type { ActType } from '../../core/actions/index.ts';
import { ok, refuse, toBase64, type Result } from '../../core/kernel/index.ts';
import type { CardSigner } from './cards.ts';
import type { Engine, Shift } from './context.ts';
import { sessionRulesOf } from './locking.ts';
import type { PromptAnswer } from './ports.ts';
import { isOffline } from './sign-in.ts';
import { slotKeyFor, slotOf, wipeKey } from './slot-keys.ts';

/** True where the policy wants the password for this act, and it was entered too long ago. */
export function wantsPassword(engine: Engine, shift: Shift, type: ActType): boolean {
  const { stepUp, stepUpMs } = sessionRulesOf(shift);
  return stepUp.includes(type) && engine.options.clock.monotonicMs() - shift.passwordAtMs >= stepUpMs;
}

/** The server wants it fresh, too. Where nobody is there the act waits here, until its person signs in with the server. */
async function tellServer({ client }: Shift, { password }: PromptAnswer): Promise<Result<null>> {
  if (!client.hasSession || password === null) return ok(null);
  const renewed = await client.call('stepUp', { body: { password: password.use(toBase64) } });
  return renewed.ok || isOffline(renewed.refusal.code) ? ok(null) : renewed;
}

/** Asks the vault whether this card and password open it, where the policy wants that before the act; nothing is signed otherwise. */
export async function confirmPassword(
  engine: Engine,
  shift: Shift,
  signer: CardSigner,
  { type, answer }: { readonly type: ActType; readonly answer: PromptAnswer },
): Promise<Result<null>> {
  if (!wantsPassword(engine, shift, type)) return ok(null);
  const status = await engine.vault.call('vault.status', null);
  if (!status.ok) return status;
  const slot = slotOf(signer, status.value.slots);
  if (slot === undefined) return refuse('slot-absent');
  const key = await slotKeyFor(engine, signer, slot, answer);
  if (!key.ok) return key;
  const checked = await engine.vault.call('slots.check', { key: key.value });
  wipeKey(key.value);
  const told = checked.ok ? await tellServer(shift, answer) : checked;
  if (told.ok) shift.passwordAtMs = engine.options.clock.monotonicMs();
  return told;
}

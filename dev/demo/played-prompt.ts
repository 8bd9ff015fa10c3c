import { Secret } from '../../core/kernel/index.ts';
import type { PromptView } from '../../contracts/ipc/index.ts';
import type { PromptPort } from '../../main/engine/index.ts';

/** Codes that were handed out, by IIN: whoever is asked at a played prompt types his own, once. */
export const activationCodes = new Map<string, string>();

export type Typed = {
  readonly pin: string;
  readonly password: string;
  readonly former?: string;
  readonly phrase?: string;
};

/** A person at the prompt who types what the test says, once, and reads what was shown. */
export type PlayedPrompt = PromptPort & { type(typed: Typed): void; readonly shown: readonly PromptView[] };

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

export function playedPrompt(first: Typed): PlayedPrompt {
  let typed = first;
  const shown: PromptView[] = [];
  return {
    shown,
    type(next) {
      typed = next;
    },
    async ask(question) {
      const view = await question.view();
      shown.push(view);
      const pin = view.asks.pin ? new Secret('pin', bytes(typed.pin)) : null;
      const password = view.asks.password ? new Secret('password', bytes(typed.password)) : null;
      const former = view.asks.formerPassword === 'no' ? undefined : typed.former;
      const formerPassword = former === undefined ? null : new Secret('password', bytes(former));
      const newRecognitionPhrase = view.asks.newRecognitionPhrase ? (typed.phrase ?? 'test phrase') : null;
      const iin = view.signer.iin ?? '';
      const activationCode = view.asks.activationCode ? (activationCodes.get(iin) ?? null) : null;
      const result = await question.attempt({ pin, password, formerPassword, newRecognitionPhrase, activationCode });
      if (result.ok && activationCode !== null) activationCodes.delete(iin);
      pin?.wipe();
      password?.wipe();
      formerPassword?.wipe();
      return result;
    },
  };
}

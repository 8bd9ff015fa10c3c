import { useCallback, useState, type RefObject } from 'react';
import type { PromptBridge, PromptView } from '../../contracts/ipc/index.ts';
import type { Refusal } from '../../core/kernel/index.ts';
import type { PromptWordId } from '../words/index.ts';
import { areSame, takeSecret, wipe } from './secrets.ts';

type Field = RefObject<HTMLInputElement | null>;
export type Fields = {
  readonly pin: Field;
  readonly password: Field;
  readonly repeat: Field;
  readonly former: Field;
};

type Taken = {
  readonly pin: Uint8Array<ArrayBuffer> | null;
  readonly password: Uint8Array<ArrayBuffer> | null;
  readonly repeat: Uint8Array<ArrayBuffer> | null;
  readonly former: Uint8Array<ArrayBuffer> | null;
};

/** True where the person chooses a password, and so types it twice. */
export function setsPassword({ kind }: Pick<PromptView, 'kind'>): boolean {
  return kind === 'enrol' || kind === 'change-password';
}

/** What the person forgot, before anything is sent. */
export function lackOf(view: Pick<PromptView, 'kind' | 'asks'>, taken: Taken, phrase: string): PromptWordId | null {
  if (view.asks.pin && taken.pin === null) return 'empty.pin';
  // A change names the former one first, as its fields stand.
  if (view.kind === 'change-password' && taken.former === null) return 'empty.password.former';
  if (view.asks.password && taken.password === null) return 'empty.password';
  if (view.asks.password && setsPassword(view) && !areSame(taken.password, taken.repeat)) return 'password.differs';
  if (view.asks.newRecognitionPhrase && phrase.trim() === '') return 'empty.phrase';
  return null;
}

export type Submit = {
  readonly isBusy: boolean;
  readonly refusal: Refusal | null;
  readonly lack: PromptWordId | null;
  readonly submit: () => Promise<void>;
  readonly cancel: () => void;
  readonly forget: () => void;
};

/** Hands the secrets to main as bytes and wipes them here; a refusal stays in the window, success is closed by main. */
export function useSubmit(
  bridge: PromptBridge,
  view: PromptView,
  fields: Fields,
  { phrase, code }: { readonly phrase: string; readonly code: string },
): Submit {
  const [isBusy, setIsBusy] = useState(false);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const [lack, setLack] = useState<PromptWordId | null>(null);
  const forget = useCallback(() => setRefusal(null), []);
  const submit = async (): Promise<void> => {
    if (isBusy) return;
    const taken = {
      pin: takeSecret(fields.pin.current),
      password: takeSecret(fields.password.current),
      repeat: takeSecret(fields.repeat.current),
      former: takeSecret(fields.former.current),
    };
    const missing = lackOf(view, taken, phrase);
    setLack(missing);
    setRefusal(null);
    try {
      if (missing !== null) return;
      setIsBusy(true);
      const newRecognitionPhrase = view.asks.newRecognitionPhrase ? phrase.trim() : null;
      const result = await bridge.call('prompt.submit', {
        pin: taken.pin,
        password: taken.password,
        formerPassword: view.asks.formerPassword === 'no' ? null : taken.former,
        newRecognitionPhrase,
        activationCode: view.asks.activationCode && code.trim() !== '' ? code.trim() : null,
      });
      if (!result.ok) setRefusal(result.refusal);
    } catch {
      setRefusal({ code: 'internal' });
    } finally {
      wipe(taken.pin, taken.password, taken.repeat, taken.former);
      setIsBusy(false);
    }
  };
  return { isBusy, refusal, lack, submit, cancel: () => void bridge.call('prompt.cancel', null), forget };
}

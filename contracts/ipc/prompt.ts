import * as z from 'zod';
import { nothing, verb } from './common.ts';
import { promptViewSchema } from './views.ts';

const secretBytes = z
  .instanceof(Uint8Array)
  .refine((bytes) => bytes.length > 0 && bytes.length <= 256, 'secret length');

/** Verbs of the sealed prompt. A refusal of `prompt.submit` stays in the window; success closes it from main. */
export const promptVerbs = {
  'prompt.get': verb(nothing, promptViewSchema),
  'prompt.submit': verb(
    z.strictObject({
      pin: secretBytes.nullable(),
      password: secretBytes.nullable(),
      newRecognitionPhrase: z.string().max(120).nullable(),
      /** As it was typed; main reads it as `parseActivationCode` does. */
      activationCode: z.string().max(40).nullable(),
    }),
    nothing,
  ),
  'prompt.cancel': verb(nothing, nothing),
} as const;

/** `prompt.changed`: attempts left or the card changed, or it came or went; ask `prompt.get` again. */
export const promptEvents = ['prompt.changed'] as const;

export type PromptVerbs = typeof promptVerbs;
export type PromptVerb = keyof PromptVerbs;
export type PromptInput<V extends PromptVerb> = z.input<PromptVerbs[V]['input']>;
export type PromptOutput<V extends PromptVerb> = z.output<PromptVerbs[V]['output']>;
export type PromptEvent = (typeof promptEvents)[number];

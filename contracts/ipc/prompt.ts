import * as z from 'zod';
import { localeSchema, nothing, sha256HexSchema, verb } from './common.ts';
import { certificateViewSchema } from './views.ts';

export const promptViewSchema = z.strictObject({
  kind: z.enum(['sign-act', 'start-shift', 'enrol', 'change-password']),
  /** Message id in locales/prompt and its values: the act as a sentence. */
  title: z.strictObject({ id: z.string(), values: z.record(z.string(), z.string()) }),
  locale: localeSchema,
  colourScheme: z.enum(['light', 'dark', 'auto']),
  /** The exact text whose hash is signed, or null where nothing is signed but a challenge. */
  text: z.string().nullable(),
  textHash: sha256HexSchema.nullable(),
  signer: certificateViewSchema,
  /** What the person chose and only the vault holds; null before the vault is open. */
  recognitionPhrase: z.string().nullable(),
  asks: z.strictObject({
    pin: z.boolean(),
    password: z.boolean(),
    /** The password before the one above: `offered` to whoever needs both, `asked` of everybody. */
    formerPassword: z.enum(['no', 'offered', 'asked']),
    newRecognitionPhrase: z.boolean(),
    /** The code by which a person sets his password at the server, where he was given one. */
    activationCode: z.boolean(),
  }),
  /** What is asked of a password that is chosen here, told while it is typed; `null` where none is. */
  passwordRules: z.strictObject({ lengthMin: z.int().positive(), ownCharactersMin: z.int().positive() }).nullable(),
  demoHint: z.strictObject({ pin: z.string(), password: z.string() }).nullable(),
});

export type PromptView = z.infer<typeof promptViewSchema>;

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
      /** The one before, beside a new one. */
      formerPassword: secretBytes.nullable(),
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
